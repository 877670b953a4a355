"""The front matter of every generator means what it means there, without configuration."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from index.posts.dates import parse_date
from index.posts.languages import language_in_path, normal_language
from tests.reading import error_of, post_of


def check(front: str, path: str = "post.md", **expected: object) -> None:
    post = post_of(f"---\n{front}\n---\nText.", path)
    assert {name: getattr(post, name) for name in expected} == expected


DAY = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02", DAY),
        ("2026-01-02T00:00:00Z", DAY),
        ("2026-01-02 03:00:00 +0300", datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=3)))),
        ("2026-01-02T03:00:00+03:00", datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=3)))),
        ("2026-01-02 12:30", datetime(2026, 1, 2, 12, 30, tzinfo=UTC)),
        ("2026-1-2 9:05", datetime(2026, 1, 2, 9, 5, tzinfo=UTC)),
        ("2026-01-02-12:30:00Z", datetime(2026, 1, 2, 12, 30, tzinfo=UTC)),
        ("2026-1-2", DAY),
        ("2026/01/02", DAY),
        ("2 January 2026", DAY),
        ("January 2, 2026", DAY),
        ("Jan 2, 2026", DAY),
        ("02.01.2026", DAY),
        ("Fri, 02 Jan 2026 00:00:00 GMT", DAY),
        ("0001-01-01T00:00:00Z", None),
        ("Last Modified", None),
        ("", None),
    ],
)
def test_dates_are_read_as_authors_write_them(text, moment):
    assert parse_date(text) == moment


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-13-01", "03/04/2026", "0001", "9999-12-31T23:59-05"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"is no date|out of range"):
        parse_date(text)


def test_a_bad_date_is_reported_with_its_line_in_the_file():
    assert error_of("---\ntitle: A\n\nDate: 2026-02-30\n---\nText.") == (
        "post.md:4: date: '2026-02-30' is no date; write it as 2026-01-31"
    )
    assert error_of("+++\ntitle = 'A'\nlastmod = 7\n+++\nText.") == (
        "post.md:3: lastmod: 7 is no date; write it as 2026-01-31"
    )


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("date: 2026-01-01\npublishDate: 2026-01-02", "post.md", DAY),
        ("pubdate: 2026-01-02", "post.md", DAY),
        ("published: 2026-01-02", "post.md", DAY),
        ("published: true", "_posts/2026-01-02-a.md", DAY),
        ("title: A", "blog/2026-01-02-a/index.md", DAY),
        ("title: A", "2026-13-45-a.md", None),
        ("date: 2026-01-02", "2025-01-01-a.md", DAY),
        ("title: A", "post.md", None),
    ],
)
def test_the_date_is_the_publishing_date(front, path, expected):
    check(front, path, date=expected)


@pytest.mark.parametrize(
    "front", ["lastmod: 2026-01-02", "modified: 2026-01-02", "last_modified_at: 2026-01-02", "updated: 2026-01-02"]
)
def test_the_date_of_the_last_change_has_many_names(front):
    check(front, updated=DAY)


@pytest.mark.parametrize("front", ["expiryDate: 2026-01-02", "unpublishdate: 2026-01-02", "expires: 2026-01-02"])
def test_a_post_may_expire(front):
    check(front, expires=DAY)


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("tags: [Go, go, Caches]\ncategories: [caches, perf]", "a.md", ("Go", "Caches", "perf")),
        ("tags: machine learning", "a.md", ("machine learning",)),
        ("tags: one, two words", "a.md", ("one", "two words")),
        ("tags: one two", "_posts/2026-01-01-a.md", ("one", "two")),
        ("category: one two", "_posts/2026-01-01-a.md", ("one two",)),
        ("taxonomies: {tags: [a], categories: [b]}", "a.md", ("a", "b")),
        ("tags: [post, all, nav, go]", "a.md", ("go",)),
        ("tags: [2026, {a: b}, [c], null, true]", "a.md", ("2026",)),
        ("tags: [{name: a}, {label: b}]", "a.md", ("a",)),
        ("tags: {a: b}", "a.md", ()),
        ("tags:", "a.md", ()),
        ('tags: ["a\\u0000b", "\\u0007"]', "a.md", ("a b",)),
    ],
)
def test_tags_and_categories_are_one_list_without_doubles(front, path, expected):
    check(front, path, tags=expected)


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("author: Mara", "Mara"),
        ("authors: [Mara, Jon]", "Mara, Jon"),
        ("by: [Mara]", "Mara"),
        ("authors: [{name: Mara, url: x}, jon]", "Mara, jon"),
        ("author: {name: Mara}", "Mara"),
        ("author: Lindqvist, Mara", "Lindqvist, Mara"),
        ("author: >\n  Mara\n  Lindqvist (Red Hat)\n", "Mara Lindqvist (Red Hat)"),
    ],
)
def test_authors_are_named(front, expected):
    check(front, author=expected)


@pytest.mark.parametrize("key", ["description", "summary", "excerpt"])
def test_the_summary_has_many_names(key):
    check(f"{key}: |\n  In\n  short.", summary="In short.")


@pytest.mark.parametrize(
    "front", ["draft: true", "draft: 'yes'", "published: false", "status: draft", "Status: skip", "status: private"]
)
def test_a_draft_is_a_draft_in_every_dialect(front):
    check(front, draft=True, unlisted=False)


def test_everything_in_jekylls_drafts_is_a_draft():
    check("title: A", "_drafts/a.md", draft=True)


def test_a_draft_that_is_neither_true_nor_false_is_reported():
    assert error_of("---\ndraft: maybe\n---\nText.") == (
        "post.md:2: draft: 'maybe' is neither true nor false; write one of them"
    )


@pytest.mark.parametrize(
    "front",
    [
        "status: hidden",
        "unlisted: true",
        "search: {exclude: true}",
        "search: false",
        "in_search_index: false",
        "render: false",
        "render: never",
        "build: {list: never}",
        "_build: {render: false}",
        "headless: true",
        "permalink: false",
        "noindex: true",
        "robots: noindex, follow",
        "excludeFromSearch: true",
        "redirect_to: /elsewhere",
    ],
)
def test_an_unlisted_post_is_unlisted_in_every_dialect(front):
    check(front, unlisted=True, draft=False)


@pytest.mark.parametrize(
    "front",
    [
        "draft: false",
        "published: true",
        "status: published",
        "search: {boost: 2}",
        "search: true",
        "build: {list: always}",
        "permalink: /a/",
        "robots: index",
        "weight: 0",
    ],
)
def test_an_ordinary_post_is_neither_draft_nor_unlisted(front):
    check(front, draft=False, unlisted=False)


@pytest.mark.parametrize(
    ("front", "text", "path", "expected"),
    [
        ("title: In front", "# In text", "a.md", "In front"),
        ("title: 2026", "# In text", "a.md", "2026"),
        ("title:", "## Second\n\n# First", "a.md", "First"),
        ("a: b", "## Only", "a.md", "Only"),
        ("a: b", "Text", "my-first_post.md", "My first post"),
        ("a: b", "Text", "2026-01-02-go-time.md", "Go time"),
        ("a: b", "Text", "go-time/index.md", "Go time"),
        ("a: b", "Text", "index.md", "Index"),
    ],
)
def test_a_title_is_found_somewhere(front, text, path, expected):
    assert post_of(f"---\n{front}\n---\n{text}", path).title == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.de.md", "de"),
        ("a.pt-br.html", "pt-BR"),
        ("a.ko.euc-kr.html", "ko"),
        ("zh-cn/a.md", "zh-CN"),
        ("zh_Hant/a.md", "zh-Hant"),
        ("a.min.md", ""),
        ("node.js.md", ""),
        ("go/a.md", ""),
        ("docs/de/a.md", ""),
        ("de.md", ""),
    ],
)
def test_a_language_is_found_in_the_path(path, expected):
    assert language_in_path(path) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("EN", "en"), ("pt_br", "pt-BR"), ("en_US.UTF-8", "en-US"), ("English!", ""), ("", "")]
)
def test_a_language_is_written_the_usual_way(text, expected):
    assert normal_language(text) == expected


def test_the_language_of_the_front_matter_comes_first_and_the_settings_last():
    assert post_of("---\nlang: fr\n---\nTexte.", "a.de.md").language == "fr"
    assert post_of("Text.", "a.de.md").language == "de"
    assert post_of("Tekst.", language="nl").language == "nl"
