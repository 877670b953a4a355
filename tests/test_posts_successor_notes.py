"""Notes at the beginning of a post that another one supersedes it."""

import pytest

from tests.reading import post_of


def successors(text: str) -> tuple[str, ...]:
    return post_of(f"# Old\n\n{text}\n").superseded_by


@pytest.mark.parametrize(
    "note",
    [
        "This post has moved on: see [the new one](/new/).",
        "This article is superseded by [another](/new/).",
        "_**Update**: There is a [newer version](/new/) of this article available._",
        "> **Note:** this page was replaced by [New](/new/).",
        "An updated version of this guide is [here](/new/).",
        "Superseded by [New](/new/).",
        "**Deprecated**: replaced by [New](/new/).",
        "This tutorial is out of date, read [the new one](/new/) instead.",
        "The document has been deprecated in favour of [New](/new/).",
        "This blog post is no longer maintained. [New](/new/)",
        "First a line.\n\nThis old post is obsolete; [New](/new/), or [again](/new/), says more.",
        '<p class="note">This page has moved to <a href="/new/">New</a>.</p>',
    ],
)
def test_a_note_with_one_link_names_the_successor(note):
    assert successors(note) == ("/new/",)


@pytest.mark.parametrize(
    "text",
    [
        "This post has moved on.",
        "This post is about [deprecated](/new/) APIs.",
        "The API was superseded by [another](/new/).",
        "PodSecurityPolicy was [deprecated](/new/) in v1.21, and removed in v1.25.",
        "This post is outdated. See [one](/one/) or [two](/two/).",
        "If this document is out of date, [file an issue](/new/).",
        "A newer version of [Go](/new/) is out.",
        f"This post is outdated, {'and so on ' * 40}[New](/new/).",
        f"{'It goes on. ' * 200}\n\nThis post is superseded by [New](/new/).",
        "```\nThis post is superseded by [New](/new/).\n```",
        "In this article we have moved [everything](/new/).",
    ],
)
def test_what_is_said_of_something_else_or_later_or_of_several_is_no_note(text):
    assert successors(text) == ()


def test_what_the_front_matter_names_comes_first():
    text = "---\ntitle: Old\nsuperseded_by: /newer/\n---\nThis post is superseded by [New](/new/).\n"
    assert post_of(text).superseded_by == ("/newer/", "/new/")
