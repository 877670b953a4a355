"""An export of Ghost is read as posts: what is public and when, by whom, and one bad post never stops the others."""

import json
from pathlib import Path
from typing import Any

import pytest

from backmatter.index.engines import open_engine
from backmatter.index.errors import SettingsError
from backmatter.index.model import Post
from backmatter.index.posts import discover, read_post
from backmatter.index.posts.exports import ghost
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.report import SyncReport
from backmatter.index.sync.sync import sync
from backmatter.index.tools.init import recognize
from tests.serving import ask, running
from tests.test_cli import run

Row = dict[str, Any]


def row(name: str, **values: Any) -> Row:
    """Give a post as Ghost 5 exports it."""
    published = {
        "id": f"id-{name}",
        "title": name.title(),
        "slug": name,
        "html": f'<p>A word about {name}.</p><h2 id="more">More</h2><p>See <a href="__GHOST_URL__/b/">b</a>.</p>',
        "lexical": "{}",
        "type": "post",
        "status": "published",
        "visibility": "public",
        "locale": None,
        "published_at": "2026-01-31T10:00:00.000Z",
        "updated_at": "2026-02-01T10:00:00.000Z",
        "custom_excerpt": None,
    }
    return {**published, **values}


def write(folder: Path, *posts: Row, **tables: list[Row]) -> Path:
    export = folder / "site.ghost.2026-02-03-10-00-00.json"
    data = {"posts": posts, **tables}
    export.write_text(json.dumps({"db": [{"meta": {"version": "5.80.0"}, "data": data}]}), "utf-8")
    return export


def settings_of(export: Path) -> Settings:
    return Settings(content=(export,), index=export.parent / "index")


def one(folder: Path, post: Row, **tables: list[Row]) -> Post:
    settings = settings_of(write(folder, post, **tables))
    (source,) = discover(settings)
    assert not isinstance(source, Exception)
    return read_post(source, settings)


def index(folder: Path, *posts: Row) -> SyncReport:
    settings = settings_of(write(folder, *posts))
    return sync(open_engine(settings), settings)


def test_a_post_has_its_title_dates_authors_tags_and_excerpt(tmp_path):
    post = one(
        tmp_path,
        row("garden", custom_excerpt="In short."),
        tags=[{"id": "t1", "name": "Soil"}, {"id": "t2", "name": "#internal"}, {"id": "t3", "name": "Rain"}],
        posts_tags=[
            {"post_id": "id-garden", "tag_id": "t1", "sort_order": 1},
            {"post_id": "id-garden", "tag_id": "t2", "sort_order": 2},
            {"post_id": "id-garden", "tag_id": "t3", "sort_order": 0},
        ],
        users=[{"id": "u1", "name": "Mara Lindqvist"}],
        posts_authors=[{"post_id": "id-garden", "author_id": "u1", "sort_order": 0}],
    )
    assert (post.path, post.slug, post.title, post.summary) == ("garden.html", "garden", "Garden", "In short.")
    assert (post.tags, post.author) == (("Rain", "Soil"), "Mara Lindqvist")
    assert post.date
    assert post.updated
    assert (post.date.isoformat(), post.updated.day) == ("2026-01-31T10:00:00+00:00", 1)
    assert [(section.title, section.anchor) for section in post.sections] == [("", ""), ("More", "more")]


def test_exports_of_the_first_versions_have_one_author_and_count_milliseconds(tmp_path):
    old = row("garden", published_at=1769853600000, updated_at=1769940000000, author_id=1)
    post = one(tmp_path, old, users=[{"id": 1, "name": "Mara Lindqvist"}])
    assert (post.author, post.date and post.date.isoformat()) == ("Mara Lindqvist", "2026-01-31T10:00:00+00:00")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "published"}, None),
        ({"type": "page"}, None),
        ({"status": "draft", "published_at": None}, "a draft"),
        ({"status": "scheduled", "published_at": "2999-01-31T10:00:00.000Z"}, "dated 2999-01-31 10:00, in the future"),
        ({"status": "scheduled", "published_at": "2026-01-31 10:00:00"}, None),
        ({"status": "scheduled", "published_at": None}, "a draft"),
        ({"status": "sent"}, "unlisted"),
        ({"visibility": "members"}, "unlisted"),
        ({"visibility": "paid"}, "unlisted"),
        ({"visibility": "tiers"}, "unlisted"),
    ],
)
def test_readers_find_what_is_public(tmp_path, values, reason):
    assert [held.reason for held in index(tmp_path, row("garden", **values)).held_back] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"html": None}, "what the editor keeps is damaged"),
        ({"slug": None}, "has no slug"),
        ({"slug": "../etc"}, "has no slug"),
        ({"html": None, "lexical": None}, "has no text that can be read (none of html, lexical, mobiledoc)"),
        ({"slug": "a"}, "has the slug of a.html"),
        ({"published_at": "yesterday"}, "is no date"),
        ({"html": "<div>" * 5000}, "nested too deep"),
        ({"custom_excerpt": json.loads("[" * 900 + "]" * 900)}, "nested deeper than 100"),
        (
            {"html": {}, "id": {}, "status": [], "author_id": []},
            "what the editor keeps is damaged",
        ),
    ],
)
def test_a_bad_post_is_reported_and_the_others_are_read(tmp_path, values, reason):
    report = index(tmp_path, row("a"), row("bad", **values), row("b"))
    assert report.added == ["a.html", "b.html"]
    assert [reason in failure.reason for failure in report.failed] == [True]


def test_a_document_of_the_editor_becomes_html_when_it_is_read_and_not_when_posts_are_listed(tmp_path, monkeypatch):
    """Reading is bounded for each post; listing is not."""
    converted: list[str] = []
    monkeypatch.setitem(ghost.TEXT_COLUMNS, "lexical", lambda text: converted.append(text) or "<p>A word.</p>")
    settings = settings_of(write(tmp_path, row("a", html=None)))
    (source,) = discover(settings)
    assert converted == []
    assert read_post(source, settings).text == "A word."
    assert converted == ["{}"]


def test_another_export_costs_what_changed(tmp_path):
    index(tmp_path, row("a"), row("b"), row("c"))
    report = index(tmp_path, row("b", title="Better"), row("c"), row("d"))
    assert (report.added, report.updated, report.deleted, report.unchanged) == (["d.html"], ["b.html"], ["a.html"], 1)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"db": []}', '{"db": [{"data": {"posts": 1}}]}', '"db"'])
def test_what_is_no_whole_export_is_refused_and_the_index_stays(tmp_path, text):
    index(tmp_path, row("a"))
    settings = settings_of(write(tmp_path))
    settings.content[0].write_text(text, "utf-8")
    with pytest.raises(SettingsError, match="is no whole export of Ghost; export it again"):
        sync(open_engine(settings), settings)
    assert search(open_engine(settings).snapshot(), analyse("word")).total == 1


def test_a_reader_finds_and_reads_a_post_of_an_export(tmp_path):
    export = write(tmp_path, row("a"), row("b"), row("secret", status="draft"))
    (tmp_path / "content").mkdir()
    with running(tmp_path, "--content", str(export), workers=1) as (_, port):
        assert json.loads(ask(port, "/api/v1/search?q=word")[1])["total"] == 2
        response, page = ask(port, "/articles/a")
        assert (response.status, "A word about a." in page, 'href="/articles/b"' in page) == (200, True, True)
        assert ask(port, "/articles/secret")[0].status == 404


def test_init_recognizes_an_export_and_its_settings_work(tmp_path):
    settings = [{"key": "title", "value": "Soil and Rain"}, {"key": "locale", "value": "de"}]
    export = write(tmp_path, row("a"), settings=settings)
    found = recognize(tmp_path)
    assert found
    assert (found.generator, found.content, found.permalink) == ("ghost", (export.name,), None)
    assert (found.title, found.language) == ("Soil and Rain", "de")
    assert run(tmp_path, "init").returncode == 0
    done = run(tmp_path, "index", BACKMATTER_CONTENT="")
    assert (done.returncode, done.stdout.startswith("1 added")) == (0, True), done


def test_a_table_that_is_none_is_as_if_it_were_not_there(tmp_path):
    assert one(tmp_path, row("a"), tags=7, users=[7, {"name": 7}], posts_tags=[{"tag_id": {}}]).tags == ()


def test_posts_are_named_by_their_slugs(tmp_path):
    assert list(ghost.posts_by_path(write(tmp_path, row("a"), row("b")))) == ["a.html", "b.html"]


def node(kind: str, *children: object, **values: object) -> dict[str, object]:
    return {"type": kind, "children": list(children), **values}


def text(words: str, form: int = 0) -> dict[str, object]:
    return {"type": "extended-text", "text": words, "format": form}


LEXICAL = {
    "root": node(
        "root",
        node("paragraph", text("A <walrus> calls "), text("swim()", 16), text(".")),
        node("extended-heading", text("Tusks"), tag="h3"),
        node("list", node("listitem", text("one"))),
        node("paragraph", node("link", text("more"), url="__GHOST_URL__/b/")),
        {"type": "codeblock", "code": "a < b", "language": "go"},
        {"type": "image", "src": "/i.png", "alt": 'A "tusk"', "caption": "So long"},
        {"type": "html", "html": "<p>raw</p>"},
        {"type": "markdown", "markdown": "*marked*"},
        {"type": "toggle", "heading": "Ask", "content": "<p>Told</p>"},
        {"type": "callout", "calloutText": "Mind it"},
        {"type": "of tomorrow", "x": 1},
    )
}
MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [["code", {"code": "a < b", "language": "go"}], ["image", {"src": "/i.png", "alt": 'A "tusk"'}]],
    "markups": [["code"], ["a", ["href", "__GHOST_URL__/b/"]], ["strong"]],
    "sections": [
        [1, "p", [[0, [2], 1, "A <walrus> calls "], [0, [0], 1, "swim()"], [1, [], 0, 0], [0, [1], 1, "more"]]],
        [1, "h3", [[0, [], 0, "Tusks"]]],
        [3, "ul", [[[0, [], 0, "one"]]]],
        [10, 0],
        [10, 1],
    ],
}


@pytest.mark.parametrize(
    ("form", "document", "expected"),
    [
        (
            "lexical",
            LEXICAL,
            ["A <walrus> calls swim().", "one", "more", "a < b", 'A "tusk"', "So long", "raw", "marked", "Told"],
        ),
        ("mobiledoc", MOBILEDOC, ["A <walrus> calls swim()", "more", "one", "a < b", 'A "tusk"']),
    ],
)
def test_a_post_without_html_is_read_as_its_editor_keeps_it(tmp_path, form, document, expected):
    post = one(tmp_path, row("garden", **{"html": None, "lexical": None, form: json.dumps(document)}))
    assert [line for line in expected if line not in post.text.split("\n")] == []
    assert post.sections[1].title == "Tusks"
    assert [(post.text[code.start : code.end], code.language) for code in post.code] == [("a < b", "go")]


@pytest.mark.parametrize(
    "broken", ["", "[]", "{}", '{"root": 1}', '{"sections": [[10, 7]]}', '{"root": {"children": [1]}}']
)
def test_what_no_editor_of_ghost_wrote_is_a_post_that_cannot_be_read(tmp_path, broken):
    report = index(
        tmp_path, row("a"), row("b", html=None, lexical=broken), row("c", html=None, lexical=None, mobiledoc=broken)
    )
    assert (report.added, [failure.path for failure in report.failed]) == (["a.html"], ["b.html", "c.html"])
