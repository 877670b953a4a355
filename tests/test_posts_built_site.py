"""What the pages of a built site say of each other: redirects, sitemaps, and what all share."""

from pathlib import Path

import pytest

from backmatter.index.model import Post, Source
from backmatter.index.posts import discover, read_post
from backmatter.index.settings import Settings
from tests.test_check import lay

HOME = "https://journal.example.org"
PAGE = "<html><head><title>{title}</title></head><body><main><p>A text of some words.</p></main></body></html>"
REFRESH = "<html><head><meta http-equiv=refresh content='0; url={}'></head></html>"
SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>"


def sources(root: Path, files: dict[str, str], **values: object) -> dict[str, Source]:
    """Lay files and return the posts among them by path."""
    lay(root, files)
    settings = Settings(content=(root,), **{"generator": "html", "base_url": HOME, **values})
    return {source.path: source for source in discover(settings) if isinstance(source, Source)}


def posts(root: Path, files: dict[str, str], **values: object) -> dict[str, Post]:
    settings = Settings(content=(root,), **{"generator": "html", "base_url": HOME, **values})
    return {path: read_post(source, settings) for path, source in sources(root, files, **values).items()}


def sitemap(*addresses: str) -> str:
    return SITEMAP.format("".join(f"<url><loc>{address}</loc></url>" for address in addresses))


@pytest.mark.parametrize(
    ("old", "target"),
    [
        ("old/index.html", f"{HOME}/posts/new/"),
        ("old/index.html", "/posts/new/"),
        ("old/index.html", "../posts/new/"),
        ("old/index.html", "/posts/new/index.html#part"),
        ("old.html", "posts/new/"),
        ("old.html", "/posts/new"),
    ],
)
def test_a_page_that_redirects_is_an_old_address_of_the_one_that_it_leads_to(tmp_path, old, target):
    files = {"posts/new/index.html": PAGE.format(title="T"), old: REFRESH.format(target)}
    assert posts(tmp_path, files)["posts/new/index.html"].aliases == ("old",)


@pytest.mark.parametrize("target", ["https://elsewhere.example/none/", "/none/", "mailto:a@b.c", "http://[", ""])
def test_a_redirect_to_elsewhere_is_no_old_address(tmp_path, target):
    files = {"a.html": PAGE.format(title="T"), "old.html": REFRESH.format(target)}
    assert posts(tmp_path, files)["a.html"].aliases == ()


def test_redirects_that_follow_each_other_lead_to_the_last_one_and_those_in_a_circle_nowhere(tmp_path):
    moves = {"a.html": "b.html", "b.html": "c.html", "x.html": "y.html", "y.html": "x.html"}
    files = {path: REFRESH.format(target) for path, target in moves.items()} | {"c.html": PAGE.format(title="T")}
    assert {path: post.aliases for path, post in posts(tmp_path, files).items() if post.aliases} == {
        "c.html": ("a", "b")
    }


def test_addresses_below_a_folder_of_the_site_are_those_of_its_pages(tmp_path):
    files = {"new.html": PAGE.format(title="T"), "old.html": REFRESH.format("https://ex.org/blog/new.html")}
    assert posts(tmp_path, files, base_url="https://ex.org/blog/")["new.html"].aliases == ("old",)


def test_a_page_is_read_again_when_a_redirect_to_it_appears(tmp_path):
    before = sources(tmp_path, {"new.html": PAGE.format(title="T")})["new.html"].stamp
    after = sources(tmp_path, {"old.html": REFRESH.format("/new.html")})["new.html"].stamp
    assert before != after


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        (["/", "/a/", "/b/", "/c/"], {"d/index.html"}),
        ([f"{HOME}/", f"{HOME}/a/index.html", f"{HOME}/b", f"{HOME}/c/?x=1"], {"d/index.html"}),
        (["/a/", "/b/", "/c/", "/d/"], {"index.html"}),
        (["/", "/a/", "/b/", "/c/", "/d/", "/e/"], set()),
        (["/a/"], set()),
        (["/x/", "/y/", "/z/"], set()),
        ([], set()),
    ],
)
def test_a_page_that_the_sitemap_leaves_out_among_others_is_no_article(tmp_path, lists, expected):
    files = {path: PAGE.format(title="T") for path in ("index.html", *(f"{name}/index.html" for name in "abcd"))}
    found = posts(tmp_path, {**files, "sitemap.xml": sitemap(*lists)})
    assert {path for path, post in found.items() if post.no_article} == expected


def test_pages_of_a_folder_that_the_sitemap_leaves_out_are_articles(tmp_path):
    files = {f"{name}.html": PAGE.format(title="T") for name in ("a", "b", "c", "notes/d", "notes/e")}
    found = posts(tmp_path, {**files, "sitemap.xml": sitemap("/a.html", "/b.html", "/c.html")})
    assert not any(post.no_article for post in found.values())


@pytest.mark.parametrize(
    "said",
    [
        "<meta property=article:published_time content=2026-01-31>",
        "<meta name=date content=2026-01-31>",
        '<script type=application/ld+json>{"@type": "BlogPosting", "headline": "T"}</script>',
    ],
)
def test_what_says_that_it_is_an_article_is_one_without_the_sitemap(tmp_path, said):
    files = {f"{name}.html": PAGE.format(title="T") for name in "abc"} | {"d.html": f"{said}<main>A text.</main>"}
    found = posts(tmp_path, {**files, "sitemap.xml": sitemap("/a.html", "/b.html", "/c.html")})
    assert not found["d.html"].no_article


def test_a_sitemap_may_be_in_parts(tmp_path):
    part = "<sitemap><loc>{}</loc></sitemap>"
    index = f"<sitemapindex>{part.format(HOME + '/sitemap-0.xml')}{part.format('/../x.xml')}</sitemapindex>"
    files = {f"{name}.html": PAGE.format(title="T") for name in "abcd"}
    parts = {
        "sitemap-index.xml": index,
        "sitemap-0.xml": sitemap("/a.html", "/b.html", "/c.html"),
    }
    assert sources(tmp_path, files | parts)["d.html"].is_unlisted


@pytest.mark.parametrize("broken", ["<urlset", "", "<html></html>"])
def test_a_broken_sitemap_judges_nothing(tmp_path, broken):
    files = {f"{name}.html": PAGE.format(title="T") for name in "abcd"}
    assert not any(source.is_unlisted for source in sources(tmp_path, {**files, "sitemap.xml": broken}).values())


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["A | Dc", "B | Dc", "Blog | Dc", "C - D | Dc"], ["A", "B", "Blog", "C - D"]),
        (["A - Blog - Dc", "B - Blog - Dc", "C - Blog - Dc"], ["A", "B", "C"]),
        (["Dc: A &amp; B", "Dc: B", "Dc: C"], ["Dc: A & B", "Dc: B", "Dc: C"]),
        (["Dc » A", "Dc » B", "Dc » C"], ["A", "B", "C"]),
        (["A | Dc", "B | Ec", "C | Fc"], ["A | Dc", "B | Ec", "C | Fc"]),
        (["A | Dc", "B | Dc"], ["A | Dc", "B | Dc"]),
        (["Dc", "A | Dc", "B | Dc", "C | Dc", "D | Dc"], ["Dc", "A", "B", "C", "D"]),
    ],
)
def test_what_all_titles_begin_or_end_with_is_the_sites(tmp_path, titles, expected):
    files = {f"{number}.html": PAGE.format(title=title) for number, title in enumerate(titles)}
    assert [post.title for _, post in sorted(posts(tmp_path, files).items())] == expected


LETTER = "<p>Subscribe to our letter about deep water.</p>"


@pytest.mark.parametrize(
    ("number", "block", "expected"),
    [
        (6, LETTER, "Own text {}.\nMore."),
        (6, "<aside><div>Subscribe to our letter <b>about</b> deep water.</div></aside>", "Own text {}.\nMore."),
        (4, LETTER, "Own text {}.\nSubscribe to our letter about deep water.\nMore."),
        (6, "<p>Parameters</p>", "Own text {}.\nParameters\nMore."),
        (6, "<pre>import numpy as the_usual_name</pre>", "Own text {}.\nimport numpy as the_usual_name\nMore."),
    ],
)
def test_a_block_of_text_that_all_articles_have_is_the_themes(tmp_path, number, block, expected):
    page = "<title>T</title><main><h1>T</h1><p>Own text {}.</p>{}<p>More.</p></main>"
    files = {f"{n}.html": page.format(n, block) for n in range(number)}
    links = "".join(f"<a href=/{n}.html>The article with number {n}</a><br>" for n in range(number))
    found = posts(tmp_path, {**files, **{f"tags/{n}.html": f"<main>{links}</main>" for n in range(9)}})
    assert [found[path].text for path in files] == [expected.format(n) for n in range(number)]


def test_text_that_some_articles_share_is_theirs(tmp_path):
    page = "<title>T</title><main><h1>T</h1>{}Own text</main>"
    files = {f"{n}.html": page.format(LETTER if n % 2 else "") for n in range(9)}
    assert "Subscribe to our letter about deep water." in posts(tmp_path, files)["1.html"].text


def test_where_pages_mark_their_articles_for_pagefind_those_without_a_mark_are_none(tmp_path):
    marked = "<title>T</title><div data-pagefind-body>Text</div>"
    found = posts(tmp_path, {"a.html": marked, "b.html": PAGE.format(title="T")})
    assert {path: post.no_article for path, post in found.items()} == {
        "a.html": "",
        "b.html": "a page without data-pagefind-body, which others have",
    }


@pytest.mark.parametrize(
    "about",
    [
        "<pre>&lt;main data-pagefind-body&gt;</pre>",
        "<script>'<main data-pagefind-body>'</script>",
        "<!-- <p data-pagefind-body> -->",
    ],
)
def test_a_page_about_pagefind_marks_nothing(tmp_path, about):
    found = posts(tmp_path, {"a.html": f"<main>Text {about}</main>", "b.html": PAGE.format(title="T")})
    assert not any(post.no_article for post in found.values())
