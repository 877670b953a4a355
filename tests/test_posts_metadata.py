"""The front matter of every generator means what it means there, without configuration."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from backmatter.index.posts.front_matter.dates import parse_date
from backmatter.index.posts.front_matter.language_tags import language_in_path, normal_language
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
        ("2026-01-02 12:30:00 UTC+01:00", datetime(2026, 1, 2, 12, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("20260102", DAY),
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


@pytest.mark.parametrize(
    ("front", "path", "date", "updated", "warning"),
    [
        ("updated: soon", "post.md", None, None, (2, "updated: 'soon' is no date; it is left out; ")),
        ("a: b\nlastmod: 7", "post.md", None, None, (3, "lastmod: 7 is no date; it is left out; ")),
        ("expires: soon", "post.md", None, None, (2, "expires: 'soon' is no date; none is used; ")),
        ("date: 2026-13-45", "2026-01-02-a.md", DAY, None, (2, "date: '2026-13-45' is no date; the date of its name")),
        ("date: 2026-01-02\nupdated: 2026-02-30", "a.md", DAY, None, (3, "updated: '2026-02-30' is no date; ")),
    ],
)
def test_a_date_that_hides_nothing_costs_no_post_but_is_a_warning(front, path, date, updated, warning):
    post = post_of(f"---\n{front}\n---\nText.", path)
    [(line, reason)] = post.warnings
    assert (post.date, post.updated, line) == (date, updated, warning[0])
    assert reason.startswith(warning[1])


def test_what_may_hide_a_post_never_shows_it():
    assert post_of("---\nexpires: 2020-13-45\n---\nText.").expires == datetime(2020, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert "is no date" in error_of("---\ndate: 2999-13-45\n---\nText.", "2026-01-02-a.md")
    assert "is no date" in error_of("---\ndate: 9/3/2024\n---\nText.")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02 23:30:00 UTC", DAY + timedelta(hours=23.5)),
        ("2026-01-02 23:30:00 EST", DAY + timedelta(hours=28.5)),
        ("2026-01-02 23:30:00 +0000 UTC", DAY + timedelta(hours=23.5)),
        ("2026-01-02 1:02", DAY + timedelta(minutes=62)),
        ("2026-01-02 09:00:00 +9", DAY),
        ("2026-01-02 9:05 PM", DAY + timedelta(hours=21, minutes=5)),
        ("2026-01-02 12:05 am", DAY + timedelta(minutes=5)),
        ("January 2nd, 2026", DAY),
        ("Jan 2 2026", DAY),
        ("2 January 2026", DAY),
        ("January 2, 2026 9:05pm", DAY + timedelta(hours=21, minutes=5)),
        ("Friday, January 2, 2026", DAY),
        ("2026.01.02", DAY),
        ("2026-1-2", DAY),
        ("1767312000", DAY),
        (1767312000, DAY),
        (1767312000000, DAY),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_dates_are_taken_as_generators_take_them(text, moment):
    assert parse_date(text) == moment


def test_a_date_may_have_two_parts():
    check("date:\n  created: 2026-01-02\n  updated: 2026-01-03", date=DAY, updated=DAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("front", "held"),
    [
        ("isDraft: true", "draft"),
        ("wip: true", "draft"),
        ("publish: false", "draft"),
        ("published: no", "draft"),
        ("draft: yes", "draft"),
        ("nosearch: true", "unlisted"),
        ("searchHidden: true", "unlisted"),
        ("excludeSearch: true", "unlisted"),
        ("exclude_search: true", "unlisted"),
        ("bookSearchExclude: true", "unlisted"),
        ("params: {robotsNoIndex: true}", "unlisted"),
        ("extra: {hidden: true}", "unlisted"),
        ("robots: [noindex, nofollow]", "unlisted"),
        ("pagefind: false", "unlisted"),
        ("password: abc", "unlisted"),
        ("visibility: members", "unlisted"),
    ],
)
def test_a_post_that_is_not_for_everybody_is_held_back(front, held):
    check(front, draft=held == "draft", unlisted=held == "unlisted")
    check(f"visibility: public\nwip: false\npublish: true\n# {front}", draft=False, unlisted=False)


def test_a_bad_date_is_reported_with_its_line_in_the_file():
    assert error_of("---\ntitle: A\n\nDate: 2026-02-30\n---\nText.") == (
        "post.md:4: date: '2026-02-30' is no date; write it as 2026-01-31"
    )


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("date: 2026-01-01\npublishDate: 2026-01-02", "post.md", DAY),
        ("pubdate: 2026-01-02", "post.md", DAY),
        ("pubDatetime: 2026-01-02T00:00:00Z", "post.md", DAY),
        ("dateCreated: 2026-01-02", "post.md", DAY),
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
    "front",
    ["lastmod: 2026-01-02", "lastUpdated: 2026-01-02", "last_modified_at: 2026-01-02", "modDatetime: 2026-01-02 00:00"],
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
        ("tags: one, and more; two", "a.md", ("one, and more", "two")),
        ("tags: R&D;x", "a.md", ("R&D;x",)),
        ("tags: one two", "_posts/2026-01-01-a.md", ("one", "two")),
        ("category: one two", "_posts/2026-01-01-a.md", ("one two",)),
        ("taxonomies: {tags: [a], categories: [b]}", "a.md", ("a", "b")),
        ("tags: [post, all, nav, go]", "a.md", ("go",)),
        ("tags: [2026, {a: b}, [c], null, true]", "a.md", ("2026", "c")),
        ("categories: [[Dev, Go], [Life]]", "a.md", ("Dev", "Go", "Life")),
        ("tags: [on, yes, 12:30]", "a.md", ("on", "yes", "12:30")),
        ("tags: [{name: a}, {label: b}, {x: c}]", "a.md", ("a", "b")),
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
        ("series: Go Memory", {"series": ("Go Memory",)}),
        ("series: [A, a, {name: B}, [c], null]", {"series": ("A", "B")}),
        ("Rating: 4.5", {"rating": ("4.5",)}),
        ("rating: [3, true]", {"rating": ("3", "true")}),
        ("last_seen: 2026-01-31", {"last-seen": ("2026-01-31",)}),
        ("authors: [Mara, Jon]\nauthor: Mara", {"author": ("Mara", "Jon")}),
        ("series:\nother: x", {}),
        ("extra: {rating: 4}\ntaxonomies: {series: [A]}", {"series": ("A",), "rating": ("4",)}),
        ("params: {rating: 4}\nrating: 3", {"rating": ("3",)}),
        ("series: " + json.dumps([str(number) for number in range(500)]), {"series": tuple(map(str, range(100)))}),
    ],
)
def test_keys_that_the_settings_name_have_values(front, expected):
    post = post_of(f"---\n{front}\n---\nText.\n", facets=("series", "rating", "last-seen", "author"))
    assert post.facets == expected


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("search: {boost: 2}", 2.0),
        ("search:\n  boost: 0.5", 0.5),
        ("search: {boost: 100}", 1.0),
        ("search: {boost: true}", 1.0),
        ("search: {boost: much}", 1.0),
        ("search: true", 1.0),
    ],
)
def test_a_post_may_weigh_more_or_less(front, expected):
    check(front, boost=expected)


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
        "build: {render: link}",
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


@pytest.mark.parametrize(
    ("head", "supersedes", "superseded_by"),
    [
        ("superseded_by: /new/", (), ("/new/",)),
        ("superseded-by: [a.md, A title]", (), ("a.md", "A title")),
        ("supersedes:\n  - old.md\n  - OLD.md\n  - title: Older", ("old.md", "Older"), ()),
        ("supersedes: true\nsuperseded_by:", (), ()),
    ],
)
def test_successors_and_predecessors_are_one_or_a_list(head, supersedes, superseded_by):
    found = post_of(f"---\n{head}\n---\n")
    assert (found.supersedes, found.superseded_by) == (supersedes, superseded_by)
