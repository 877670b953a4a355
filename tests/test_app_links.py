"""Links and pictures of a post lead where they mean to, and to nothing that readers must not find."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from backmatter.app import create_app
from backmatter.app.rendering.links import Links
from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.build import apply, post
from tests.conftest import make_journal

CONTENT = Path(__file__).parent.parent / "content"
HERE = post("blog/2026/here.md")
OTHERS = {
    "top.md": "/articles/top",
    "blog/2026/beside.md": "/articles/blog/2026/beside",
    "blog/2025/old.html": "/articles/blog/2025/old",
    "blog/2026/bundle/index.md": "/articles/blog/2026/bundle",
    "blog/2026/with space é.md": "/articles/blog/2026/with-space-%C3%A9",
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The posts that the links lead to."""
    engine = WhooshEngine(tmp_path_factory.mktemp("links"))
    slugs = {path: url.removeprefix("/articles/") for path, url in OTHERS.items()}
    apply(engine, [post(path, slug=slug, url=OTHERS[path]) for path, slug in slugs.items()])
    return engine.snapshot()


def here(known: Snapshot) -> Links:
    """The links of a post where the articles are shown here."""
    return Links(post(HERE.path, url="/articles/blog/2026/here"), known, has_own_site=False)


def there(known: Snapshot) -> Links:
    """The links of a post where the author has a site."""
    return Links(post(HERE.path, url="https://me.example/2026/here/"), known, has_own_site=True)


ANYWHERE = [
    ("https://example.org/beside.md", "https://example.org/beside.md"),
    ("//example.org/top.md", "//example.org/top.md"),
    ("mailto:a@b.example", "mailto:a@b.example"),
    ("javascript:alert(1)", "javascript:alert(1)"),
    ("#section", "#section"),
    ("?q=a", "?q=a"),
    ("http://[broken", "http://[broken"),
    ("beside.md", "/articles/blog/2026/beside"),
    ("beside.md#a-b", "/articles/blog/2026/beside#a-b"),
    ("beside.md?plain=1#a", "/articles/blog/2026/beside#a"),
    ("./beside.md", "/articles/blog/2026/beside"),
    ("../2025/old.html", "/articles/blog/2025/old"),
    ("../../top.md", "/articles/top"),
    ("/top.md", "/articles/top"),
    ("@/top.md#b", "/articles/top#b"),
    ("/top/#b", "/articles/top#b"),
    ("/top.html", "/articles/top"),
    ("../beside/", "/articles/blog/2026/beside"),
    ("../bundle/", "/articles/blog/2026/bundle"),
    ("bundle/index.md", "/articles/blog/2026/bundle"),
    ("with%20space%20%C3%A9.md", "/articles/blog/2026/with-space-%C3%A9"),
    ("with space é.md", "/articles/blog/2026/with-space-%C3%A9"),
    ("draft.md", None),
    ("beside.md.md", None),
    ("../../../top.md", None),
    ("..%2f..%2f..%2f..%2fetc/passwd.md", None),
    ("a\0.md", None),
    ("", None),
    ("pic.png", "/media/blog/2026/pic.png"),
    ("pic%20%23.PNG#x", "/media/blog/2026/pic%20%23.PNG#x"),
]
ONLY_HERE = [
    ("/about/", None),
    ("/about.html", None),
    ("notes.pdf", None),
    ("../../../x/", None),
    ("/pic.png", "/media/pic.png"),
]
ONLY_THERE = [
    ("/about/", "https://me.example/about/"),
    ("/about.html", "https://me.example/about.html"),
    ("notes.pdf?a=1#p", "https://me.example/2026/here/notes.pdf?a=1#p"),
    ("/pic.png", "https://me.example/pic.png"),
]  # fmt: skip


@pytest.mark.parametrize(("address", "expected"), ANYWHERE + ONLY_HERE)
def test_a_link_leads_to_the_article_that_it_means_or_nowhere(known, address, expected):
    assert here(known).link(address) == expected


@pytest.mark.parametrize(("address", "expected"), ANYWHERE + ONLY_THERE)
def test_where_the_author_has_a_site_other_links_lead_there(known, address, expected):
    assert there(known).link(address) == expected


@pytest.mark.parametrize(
    ("address", "expected_here", "expected_there"),
    [
        ("pic.png", "/media/blog/2026/pic.png", "/media/blog/2026/pic.png"),
        ("../img/a.svg", "/media/blog/img/a.svg", "/media/blog/img/a.svg"),
        ("/img/a.webp", "/media/img/a.webp", "https://me.example/img/a.webp"),
        ("../../../a.png", None, "https://me.example/a.png"),
        ("https://example.org/a.png", "https://example.org/a.png", "https://example.org/a.png"),
        ("beside.md", None, "https://me.example/2026/here/beside.md"),
        ("movie.mp4", None, "https://me.example/2026/here/movie.mp4"),
        ("", None, None),
    ],
)
def test_a_picture_comes_from_beside_the_post_or_from_the_authors_site(known, address, expected_here, expected_there):
    assert here(known).picture(address) == expected_here
    assert there(known).picture(address) == expected_there


@given(
    start=st.text(st.sampled_from("./@%2fe#?:\\h\0 [é"), max_size=12) | st.text(max_size=8),
    end=st.sampled_from(["", ".md", ".png"]),
)
def test_any_address_leads_somewhere_or_nowhere(known, start, end):
    for lead in (here(known).link, here(known).picture):
        found = lead(start + end)
        assert found is None or found == start + end or found.startswith(("/articles/", "/media/"))
        assert found is None or "/../" not in found.removesuffix(end) or found == start + end


POSTS = {
    "here.md": "# Here\n\n[One](sub/one.md#part), [secret](plan.md), [missing](no.md).\n\n![A plan](pic.png)\n",
    "sub/one.md": "# One\n\nThe other one.\n\n## Part\n\n[Back](../here.md)\n",
    "plan.md": "---\ndraft: true\n---\n# Plan\n",
}


def body(client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).text, "html.parser").select_one(".body")


def test_articles_link_to_each_other_and_what_is_held_back_is_text(tmp_path):
    made = make_journal(tmp_path, POSTS)
    made.index()
    client = create_app(made.settings, made.engine).test_client()
    shown = body(client, "/articles/here")
    assert [(a["href"], a.get_text()) for a in shown.select("p a")] == [("/articles/sub/one#part", "One")]
    assert shown.p.get_text() == "One, secret, missing."
    assert shown.img["src"] == "/media/pic.png"
    assert body(client, "/articles/sub/one").select_one("p a[href='/articles/here']")
    assert "plan.md" not in client.get("/articles/here").text


def test_a_link_leads_on_as_soon_as_its_post_is_in_the_index(tmp_path):
    made = make_journal(tmp_path, POSTS)
    made.index()
    client = create_app(made.settings, made.engine).test_client()
    before = client.get("/articles/here").headers["ETag"]
    made.write(plan="# Plan\n\nNow it is out.\n")
    response = client.get("/articles/here", headers={"If-None-Match": before})
    assert response.status_code == 200
    assert 'href="/articles/plan"' in response.text


def test_the_posts_of_the_journal_lead_to_each_other(tmp_path):
    settings = Settings(content=(CONTENT,), index=tmp_path / "index")
    engine = open_engine(settings)
    sync(engine, settings)
    client = create_app(settings, engine).test_client()
    for path, holding in engine.snapshot().holdings().items():
        written = re.findall(r"\]\(([\w-]+)\.md\)", (CONTENT / path).read_text("utf-8"))
        shown = body(client, f"/articles/{holding.slug}")
        assert [f"/articles/{name}" for name in written] == [a["href"] for a in shown.select("a[href^='/']")], path
        assert {client.get(f"/articles/{name}").status_code for name in written} <= {200}, path
