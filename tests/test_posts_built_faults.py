"""Pages of thirteen real builds that were once read wrongly, each cut down to its fault."""

import pytest

from tests.reading import post_of
from tests.test_check import lay
from tests.test_posts_built_site import posts

REAL = "<title>The real title | S</title>"
SECTION = "<article><p>Intro.</p><h2 id=a>First section</h2>Text</article>"
BANNER = f"<header><h1>The real title</h1></header><main>{SECTION}</main>"


@pytest.mark.parametrize(
    ("html", "title"),
    [
        (f"{REAL}<meta property=og:title content='The real title'>{BANNER}", "The real title"),
        (f"{REAL}{BANNER}", "The real title"),
        (f"{REAL}<meta property=og:title content='The real title'><main>{SECTION}</main>", "The real title"),
        (
            f"{REAL}<script type=application/ld+json>"
            f'{{"@type":"Article","headline":"The real title"}}</script>{SECTION}',
            "The real title",
        ),
        (f"{REAL}<h1>S</h1><main><h2>The real title</h2>Text</main>", "The real title"),
        ("<main><h1>T <a class=header-anchor href='#t'>&#8203;</a></h1>x</main>", "T"),
        ("<main><h1>T<a class=headerlink href='#t'>&#xf0c1;</a></h1>x</main>", "T"),
        ("<main><h1>T<a class=headerlink href='#t'>¶</a></h1>x</main>", "T"),
        ("<main><h1>T<a class=hash-link href='#t'>&#8203;</a></h1>x</main>", "T"),
    ],
)
def test_a_title_is_whole_and_without_signs(html, title):
    assert post_of(html, "a.html").title == title


@pytest.mark.parametrize(
    ("html", "code", "language"),
    [
        (
            "<pre><code><div class=ec-line>ls -la</div><div class=ec-line>rm old</div></code></pre>",
            "ls -la\nrm old",
            "",
        ),
        (
            "<table><tr><td class=lntd><pre><code><span class=lnt>1\n</span><span class=lnt>2\n</span></code>"
            "</pre></td><td class=lntd><pre class=chroma><code class=language-go>a\nb</code></pre></td></table>",
            "a\nb",
            "go",
        ),
        (
            "<pre class=chroma><code><span class=ln>1</span>func a()\n<span class=ln>2</span>b</code></pre>",
            "func a()\nb",
            "",
        ),
        (
            "<pre><code><i style='user-select:none'>1</i>func a()\n<i style='user-select:none'>2</i>b</code></pre>",
            "func a()\nb",
            "",
        ),
        ("<pre data-language=python><code>a</code></pre>", "a", "python"),
        ("<figure class='highlight rust'><pre>a</pre></figure>", "a", "rust"),
    ],
)
def test_code_has_its_lines_without_their_numbers_and_its_language(html, code, language):
    post = post_of(f"<main><h1>T</h1>{html}</main>", "a.html")
    assert [(post.text[each.start : each.end], each.language) for each in post.code] == [(code, language)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<meta property=article:tag content=one><meta property=article:tag content=two>", ("", "", ("one", "two"))),
        (
            '<script type=application/ld+json>{"@graph":[{"@type":"WebSite"},{"@type":"Article","author":{"name":"Ada"}'
            ',"datePublished":"2026-01-31","keywords":["one","two"]}]}</script>',
            ("2026-01-31", "Ada", ("one", "two")),
        ),
        ("<main><time datetime=2026-01-31>31 January</time><h1>T</h1>x</main>", ("2026-01-31", "", ())),
        ("<main><abbr class=published title=2026-01-31>then</abbr><h1>T</h1>x</main>", ("2026-01-31", "", ())),
        (
            "<main><h1>T</h1>x<a rel=tag href=/t/one>one</a><a rel=tag href=/t/two>two</a></main>",
            ("", "", ("one", "two")),
        ),
    ],
)
def test_metadata_is_read_wherever_a_page_has_it(html, expected):
    post = post_of(f"<title>T</title>{html}", "a.html")
    assert (f"{post.date:%Y-%m-%d}" if post.date else "", post.author, post.tags) == expected


@pytest.mark.parametrize(
    "noise",
    [
        "<span class=sr-only>Section titled x</span>",
        "<span class=visually-hidden>Terminal window</span>",
        "<div class=toc><ul><li><a href='#a'>A</a></ul></div>",
        "<details class=toc><summary>Contents</summary></details>",
        "<ul class=links-nextprev><li>Previous: <a href=/b/>B</a></ul>",
        "<div class=edit-link><a href=/edit>Suggest changes</a></div>",
        "<a class=theme-edit-this-page href=/edit>Edit this page</a>",
        "<div class=comments>Comments powered by Disqus</div>",
        "<div data-pagefind-ignore>Terminal window</div>",
        "<p class=post-meta>By Ada</p>",
    ],
)
def test_what_a_theme_puts_beside_a_text_is_not_read(noise):
    assert post_of(f"<main><h1>T</h1><p>Text</p>{noise}</main>", "a.html").text == "Text"


@pytest.mark.parametrize(
    "page",
    [
        "<article><h1>T</h1><div class=post-content>Text</div><a href=/b/>B</a></article>",
        "<article><h1>T</h1><div itemprop=articleBody>Text</div><p>Related</p></article>",
        "<article><h1>T</h1><p>Text</p></article><section><article><a href=/b/>B</a></article></section>",
        "<div><div data-pagefind-body>Text</div><p>Related</p></div>",
    ],
)
def test_the_text_is_found_in_what_is_around_it(page):
    assert post_of(f"<title>T</title>{page}", "a.html").text == "Text"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("_modules/pkg/mod.html", "https://a.example/_modules/pkg/mod.html"),
        ("about.htm", "https://a.example/about.htm"),
        ("blog/x/index.html", "https://a.example/blog/x/"),
        ("index.html", "https://a.example/"),
    ],
)
def test_the_address_of_a_page_is_that_of_its_file(tmp_path, path, url):
    settings = {"base_url": "https://a.example", "generator": "html"}
    lay(tmp_path, {})
    found = posts(tmp_path, {path: "<title>T</title><main>Text of a page</main>"}, **settings)
    assert found[path].url == url


def test_no_heading_has_an_id_that_the_page_does_not_have():
    post = post_of("<main><h1>T</h1><h2>A</h2>x<h2 id=b>B</h2>y</main>", "a.html", base_url="https://a.example")
    assert [section.anchor for section in post.sections if section.title] == ["", "b"]


@pytest.mark.parametrize(
    ("path", "html"),
    [
        ("posts/page/1/index.html", "<title>/posts/</title><meta http-equiv=refresh content='0; url=/posts/'>"),
        ("drafts/secret.html", "<main><h1>Secret</h1>Text</main>"),
        ("tags/one/index.html", "<main><h1>one</h1><a href=/a/>A title of a post</a></main>"),
        ("404.html", "<main><h1>Not found</h1></main>"),
        ("genindex.html", "<main><h1>Index</h1></main>"),
        ("index-all.html", "<main><h1>Index</h1><dl><dt>fire - Method<dd>Fires.</dl></main>"),
    ],
)
def test_what_is_no_article_is_none(path, html):
    assert post_of(html, path).no_article


@pytest.mark.parametrize(
    ("robots", "is_unlisted"),
    [("noindex, follow", True), ("NONE", True), ("index, follow", False), ("max-snippet:0, noimageindex", False)],
)
def test_a_page_that_asks_not_to_be_indexed_is_unlisted(robots, is_unlisted):
    assert post_of(f"<meta name=ROBOTS content='{robots}'><main>Text</main>", "a.html").unlisted is is_unlisted
    assert post_of(f"<meta name=googlebot content='{robots}'><main>Text</main>", "a.html").unlisted is is_unlisted


def test_a_german_post_in_an_english_theme_is_german():
    text = "Der Speicher wächst, und niemand weiß, warum die Verbindung nicht mehr geschlossen wird. " * 3
    assert post_of(f"<html lang=en><main><h1>Abschied</h1>{text}</main>", "a.html").language == "de"


def test_a_heading_that_repeats_the_title_at_the_beginning_is_no_section():
    header = "<title>T</title><header><h1>T</h1></header>"
    post = post_of(f"{header}<main class=e-content><h3>T</h3>a<h3>T</h3>b</main>", "a.html")
    assert [(section.title, section.level) for section in post.sections] == [("", 0), ("T", 3)]
