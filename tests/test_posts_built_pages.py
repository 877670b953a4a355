"""Of a page that a generator built, the article is read, and nothing that its theme has put around it."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from tests.reading import body_of, post_of

OWN_SITE = {"base_url": "https://journal.example.org"}


@pytest.mark.parametrize(
    "content",
    [
        "<article>theme<div itemprop='articleBody text'>All of the text</div></article>",
        "<article><div class='e-content post-content'>All of the text</div><p>theme</article>",
        "<article>theme</article><article>theme</article><div class='prose x'>All of the text</div>",
        "<main>theme<div data-pagefind-body>All of the text</div></main>",
        "<article>theme<div class=gh-content>All of the text</div></article>",
        "<div id=doc-content>All of the text</div>",
        "<article><div>theme</div><section class=article-content>All of the text</section></article>",
        "<main><div data-pagefind-body><b data-pagefind-body>All of the text</b></div>theme</main>",
    ],
)
def test_the_element_that_holds_the_text_is_read(content):
    assert post_of(f"<body>theme{content}theme</body>", "page.html").text == "All of the text"


def test_every_part_that_is_marked_for_pagefind_is_read():
    assert post_of("<p data-pagefind-body>a</p>theme<p data-pagefind-body>b</p>", "page.html").text == "a\nb"


def test_a_class_alone_does_not_make_a_small_part_of_a_page_the_article():
    page = "<main><div class=prose>An intro.</div><p>All of the text, which is much longer than that.</main>"
    assert post_of(page, "page.html").text == "An intro.\nAll of the text, which is much longer than that."


@pytest.mark.parametrize(
    "noise",
    [
        "<footer>x</footer>",
        "<div class='toc'>x</div>",
        "<span class='visually-hidden'>x</span>",
        "<ul class='links-nextprev'><li>x</ul>",
        "<div class='post-meta'>x</div>",
        "<div><time datetime=2026-01-31>x</time></div>",
        "<a class='edit-link' href=/edit>x</a>",
        "<section class=comments><h2>x</h2></section>",
        "<div data-pagefind-ignore>x</div>",
        "<a class='src' data-nosnippet href=/src>x</a>",
        "<div class='d-print-none'><h2>x</h2></div>",
        "<div class='subscription-widget-wrap'>x</div>",
        "<ul><li><a href=/tags/x>x</a></ul>",
        "<div class=tags><a href=/tags/x>x</a></div>",
        "<div role=doc-toc><h2>x</h2></div>",
        "<section class=page__share><h4>x</h4></section>",
        "<div class=quarto-appendix-citeas>x</div>",
        "<div class=last-updated-on>x</div>",
        "<header><h1>Page</h1><p>Posted on a Monday in <a href=/category/x.html>x</a></p></header>",
        "<header><h1>Page</h1><p>x</p></header>",
        "<header><h1>Page</h1><div>x</div><p><time datetime=2026-01-31>x</time></p></header>",
    ],
)
def test_what_a_theme_puts_into_an_article_is_left_out(noise):
    page = f"<title>Page</title><main>{noise}Text</main>"
    assert post_of(page, "page.html").text == "Text"
    assert ">x<" not in body_of(page, "page.html")


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("<p>On <time datetime=2026-01-31>31 January</time>.</p>", "On 31 January."),
        ("<aside>Mind</aside>", "Mind"),
        ("<blockquote><p>Said.</p><footer>Mara</footer></blockquote>", "Said.\nMara"),
        ("<header><h2>A</h2><p>b</header>", "b"),
        ("<header><h1>T</h1><p>A subtitle of the article.</p></header>", "A subtitle of the article."),
        ("<ul><li><a href=/tags/a>a</a> is a tag</ul>", "a is a tag"),
        ("a<div class=share>x</div>b<h2 data-pagefind-ignore>x</h2>c<i data-pagefind-ignore>x</i>d", "a\nb\ncd"),
        ("<div role=tabpanel>npm</div><div role=tabpanel hidden>yarn</div><p hidden>x</p>", "npm\nyarn"),
    ],
)
def test_what_is_part_of_the_text_is_kept(kept, text):
    assert post_of(f"<title>T</title><main>{kept}</main>", "page.html").text == text


@pytest.mark.parametrize(
    ("head", "main", "title"),
    [
        ("<title>The real title | S</title>", "<h2>First</h2>", "The real title"),
        ("<title>SEO | S</title>", "<h1>In the article</h1>", "In the article"),
        ("<title>x</title><meta property=og:title content='Open graph'>", "<h2>First</h2>", "Open graph"),
        ("<title>S: Post</title>", "<h3 class='post-title entry-title'>Post</h3>", "Post"),
        ("<title>x</title><meta name=twitter:title content='Of a card'>", "<h2>First</h2>", "Of a card"),
        (
            "<title>x</title><script type=application/ld+json>"
            '{"@type": "BlogPosting", "headline": "Linked data"}</script>',
            "<h2>First</h2>",
            "Linked data",
        ),
        ("<title>Post - S</title>", "<h2>Post</h2><h3>First</h3>", "Post"),
        ("<title>S - Post</title>", "<h2><a href=/post>Post</a></h2><h3>First</h3>", "Post"),
        ("<title>Post - S</title>", "<h2>First</h2>", "Post"),
        ("<title>S | Post</title><meta property=og:site_name content=S>", "<h2>First</h2>", "Post"),
        ("<title>Post - S</title><meta property=og:title content=Post>", "<h2>S</h2><h3>First</h3>", "Post"),
        ("<title>Go modules | S</title>", "<h1>Modules in Go</h1><h2>Go</h2>", "Modules in Go"),
        ("", "<h2>First</h2>", "First"),
        ("<title>A</title>", "<h1>T\u200b <a class=header-anchor href=#t>\u200b</a></h1>", "T"),
        ("<title>A</title>", "<h1>T<a class=headerlink href=#t>\uf0c1</a></h1>", "T"),
        ("<title>A</title>", "<h1>T<i>\uf0c1</i></h1>", "T"),
    ],
)
def test_a_title_is_the_pages_own(head, main, title):
    banner = "<h1><a href=/>S</a></h1><header><h1>The real title</h1></header>"
    page = f"<html><head>{head}</head><body>{banner}<article>{main}<p>Text</article></body></html>"
    assert post_of(page, "page.html").title == title


@pytest.mark.parametrize(
    ("html", "code", "language"),
    [
        ("<pre><code><div class=ec-line>a</div><div class=ec-line>b</div></code></pre>", "a\nb", ""),
        ("<pre><div>a</div><div>\n</div><div>b</div></pre>", "a\n\nb", ""),
        ("<pre><div>a</div>\n<div>b</div></pre>", "a\nb", ""),
        ("<pre><ol><li>a<li>b</ol></pre>", "a\nb", ""),
        ("<pre><span class=line>a</span>\n<span class=line>b</span></pre>", "a\nb", ""),
        ("<td class=lntd><pre><span class=lnt>1\n</span></pre><td class=lntd><pre>a</pre>", "a", ""),
        ("<pre><span class=ln>1</span>a</pre>", "a", ""),
        ("<pre><span style='-webkit-user-select:none;user-select:none'>1</span>a</pre>", "a", ""),
        (
            "<pre class=highlight><code><table><td class='rouge-gutter gl'><pre class=lineno>1\n</pre>"
            "<td class=rouge-code><pre>a</pre></table></code></pre>",
            "a",
            "",
        ),
        ("<pre class='astro-code' data-language=python>a</pre>", "a", "python"),
        ("<figure class='highlight rust'><td class=code><pre>a</pre></figure>", "a", "rust"),
        ("<pre><code class='hljs python'>a</code></pre>", "a", "python"),
        ("<pre class='sourceCode r code-with-copy'><code class='sourceCode r'>a</code></pre>", "a", "r"),
        ("<pre class='code go literal-block'>a</pre>", "a", "go"),
        ("<pre class='src src-sh'><span class=linenr>1: </span>a</pre>", "a", "sh"),
        ("<pre data-linenos><code><table><tr><td>1<td>a<tr><td>2<td>3</table></code></pre>", "a\n3", ""),
        ("<pre class=giallo><span class=giallo-l><span class=giallo-ln>1</span>a</span></pre>", "a", ""),
        ("<pre>a <b class=conum>(1)</b></pre>", "a", ""),
        ("<div class='language-go'><span class=lang>go</span><pre>a</pre></div>", "a", "go"),
        ("<div class='highlight-default notranslate'><pre>a</pre></div>", "a", ""),
        ("<pre><code class=language-text>a</code></pre>", "a", ""),
    ],
)
def test_code_has_the_lines_and_the_language_of_its_highlighter(html, code, language):
    post = post_of(f"<article>{html}</article>", "page.html")
    assert [(each.language, post.text[each.start : each.end]) for each in post.code] == [(language, code)]
    assert body_of(f"<article>{html}</article>", "page.html").count("<code") == 1


def test_on_the_authors_site_a_heading_without_an_id_has_no_anchor():
    page = "<article><h2>A</h2>a<h2 id=b>B</h2>b</article>"
    assert [section.anchor for section in post_of(page, "page.html", **OWN_SITE).sections] == ["", "b"]
    assert [section.anchor for section in post_of(page, "page.html").sections] == ["a", "b"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<meta property=article:tag content=a><meta property=article:tag content=b>", {"tags": ("a", "b")}),
        ("<article><ul><li><a rel=tag href=/t/a>a</a><li><a rel=tag href=/t/b>#b</a></ul>", {"tags": ("a", "b")}),
        ("<article><footer><a href=/tag/a.html>a</a> <a href=/other>x</a></footer>", {"tags": ("a",)}),
        ("<article><p>See <a href=/tags/a/>all</a></p>", {"tags": ()}),
        (
            "<header><h1>T</h1><time datetime=2026-01-02>2</time> <a rel=tag href=/t/a>a</a></header><main>",
            {"date": datetime(2026, 1, 2, tzinfo=UTC), "tags": ("a",)},
        ),
        ("<header><h1><a href=/>Site</a></h1><a rel=tag href=/t/a>a</a></header><main>", {"tags": ()}),
        ("<aside><a rel=tag href=/tags/b/>b</a></aside><article>", {"tags": ()}),
        ("<article><time datetime=2026-01-31>x</time><h2>A</h2>", {"date": datetime(2026, 1, 31, tzinfo=UTC)}),
        ("<article><h2>A</h2><time datetime=2026-01-31>x</time>", {"date": None}),
        (
            "<article><h2>A</h2><time class=dt-published datetime=2026-01-31>x</time>",
            {"date": datetime(2026, 1, 31, tzinfo=UTC)},
        ),
        ("<article><abbr class=published title=2026-01-31>x</abbr>", {"date": datetime(2026, 1, 31, tzinfo=UTC)}),
        (
            "<main><time datetime=2026-01-31>x</time><article>text</article></main>",
            {"date": datetime(2026, 1, 31, tzinfo=UTC)},
        ),
        (
            "<article><p class=last-updated>Last updated <time datetime=2026-01-31>x</time></p>",
            {"date": None, "updated": datetime(2026, 1, 31, tzinfo=UTC)},
        ),
        (
            "<article><h2>A</h2>a<footer><time datetime=2026-01-31>x</time><address>By <a>Mara</a></address></footer>",
            {"date": datetime(2026, 1, 31, tzinfo=UTC), "author": "Mara"},
        ),
        ("<meta name=tags content=a><meta name=tags content=b><article>", {"tags": ("a", "b")}),
        ("<article><time datetime=2026-99-99>x</time>", {"date": None}),
        ("<article><time>31 January</time><time>2026-01-31</time>", {"date": datetime(2026, 1, 31, tzinfo=UTC)}),
        (
            "<meta name=generator content='Asciidoctor 2.0.26'><span id=revdate>2026-01-31</span><div id=content>",
            {"date": datetime(2026, 1, 31, tzinfo=UTC)},
        ),
        ("<main><div class=tags><a href=/tags/a/>#a</a></div>", {"tags": ("a",)}),
        ("<main><header><h1>T</h1><p class=quarto-category>a</p></header>", {"tags": ("a",)}),
        ("<article><address>By <a class='url fn'>Mara</a></address>", {"author": "Mara"}),
        ("<article><span itemprop=author>Mara</span>", {"author": "Mara"}),
        ("<article><p class='byline vcard'>By <b class=fn>Mara</b></p>", {"author": "Mara"}),
        ("<main><h1>T</h1><div class=wp-block-post-author-name><a href=/a>Mara</a></div>", {"author": "Mara"}),
        ("<article><p>A note<sup class=fn data-fn=a><a href=#a>1</a></sup></p>", {"author": ""}),
        ("<article><ul><li><a class=fn href=fn.cool.html>cool</a></ul>", {"author": ""}),
        ("<meta name=dcterms.date content=2026-01-31><main>", {"date": datetime(2026, 1, 31, tzinfo=UTC)}),
        (
            "<main><nav class=md-tags><span class=md-tag>a</span><a class=md-tag href=/t/>b</a></nav>",
            {"tags": ("a", "b")},
        ),
        (
            "<div><div class=hentry><div class=post-body>a</div><p>By <i class=fn itemprop=author>Mara</i> on "
            "<abbr class=published title=2026-01-31>x</abbr> <a rel=tag href=/l/a>a</a></p></div></div>",
            {"author": "Mara", "date": datetime(2026, 1, 31, tzinfo=UTC), "tags": ("a",)},
        ),
        ("<meta property=article:author content=https://social.example/mara><article>", {"author": ""}),
        ("<article><p class=author>A long text about somebody who wrote</p>", {"author": ""}),
    ],
)
def test_a_byline_is_read(page, expected):
    post = post_of(f"<body>{page}Text", "page.html")
    assert {name: getattr(post, name) for name in expected} == expected


LINKED = '{"@type": "%s", "datePublished": "2026-01-31", "author": %s, "keywords": %s}'


@pytest.mark.parametrize(
    ("json_ld", "author", "tags"),
    [
        (LINKED % ("BlogPosting", '{"name": "Mara"}', '["a", "b"]'), "Mara", ("a", "b")),
        (LINKED % ("TechArticle", '[{"name": "Mara"}, "Jon"]', '"a, b"'), "Mara, Jon", ("a", "b")),
        ('{"@graph": [{"@type": "WebSite"}, %s]}' % (LINKED % ("Article", '"Mara"', '"a"')), "Mara", ("a",)),
        ("[%s]" % (LINKED % ("https://schema.org/Article", '"Mara"', "[]")), "Mara", ()),
        (
            '{"@graph": [%s, {"@type": "Person", "@id": "#m", "name": "Mara"}]}'
            % (LINKED % ("Article", '{"@id": "#m"}', "null")),
            "Mara",
            (),
        ),
        (LINKED.replace("31", '31", "description": "two\nlines') % ("Article", '"Mara"', "[]"), "Mara", ()),
        ('{"@type": "Article", "author": 7, "keywords": {"x": 1}, "datePublished": "2026-01-31"}', "", ()),
    ],
)
def test_linked_data_is_read(json_ld, author, tags):
    post = post_of(f"<script type=application/ld+json>{json_ld}</script><article>Text", "page.html")
    assert (post.date, post.author, post.tags) == (datetime(2026, 1, 31, tzinfo=UTC), author, tags)


def test_linked_data_of_several_articles_is_not_the_pages():
    several = f"[{LINKED % ('Article', '1', '1')}, {LINKED % ('Article', '1', '1')}]"
    assert post_of(f"<script type=application/ld+json>{several}</script>Text", "page.html").date is None


GERMAN = "Das ist ein Text, der nicht in der Sprache ist, die das Thema der Seite für alle Seiten angibt. " * 3


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-US", GERMAN, "de"),
        ("de-AT", GERMAN, "de-AT"),
        ("en-US", "Text", "en-US"),
        ("sk", GERMAN, "sk"),
        ("", GERMAN, "de"),
    ],
)
def test_the_language_of_a_text_is_surer_than_that_of_its_theme(declared, text, language):
    assert post_of(f"<html lang='{declared}'><article>{text}", "page.html").language == language


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p data-pagefind-filter=series>Go <b>Memory</b></p>", {"series": ("Go Memory",)}),
        ("<p data-pagefind-filter='series:Go, Memory'>x</p>", {"series": ("Go, Memory",)}),
        ("<p data-pagefind-filter='series[data-s], level:9' data-s=Go>x</p>", {"series": ("Go",), "level": ("9",)}),
        ("<nav><a data-pagefind-filter=series>A</a><a data-pagefind-filter=series>B</a></nav>", {"series": ("A", "B")}),
        ("<p data-pagefind-sort='level:3'>x</p>", {"level": ("3",)}),
        ("<p data-pagefind-filter='series[data-s]'>x</p>", {}),
        ("<p data-pagefind-filter='date:soon, draft:perhaps'>x</p>", {}),
        ("<p data-pagefind-filter=''>x</p>", {}),
    ],
)
def test_values_that_a_page_has_for_pagefind_are_those_of_its_keys(page, expected):
    post = post_of(f"<title>T</title><main><h1>T</h1>{page}</main>", "a.html", facets=("series", "level"))
    assert post.facets == expected
    assert post.date is None


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        (
            "<table class=highlighttable><tr><td class=linenos><pre>1\n2</pre></td><td><pre>a\nb</pre></td></table>",
            "a\nb",
        ),
        ("<table><tr><td class=gutter><pre>1\n2</pre></td><td class=code><pre>a\nb</pre></td></table>", "a\nb"),
        ("<table><tr><td><pre><span class=lnt>1\n</span></pre></td><td><pre>a\nb</pre></td></table>", "a\nb"),
        ("<div><pre>a\nb</pre><div class=line-numbers-wrapper>1<br>2</div></div>", "a\nb"),
        ("<pre><span style='user-select:none'>1</span>a\n<span style='user-select:none'>2</span>b</pre>", "a\nb"),
        ("<h2 id=s>Setup<a hidden class=anchor aria-hidden=true href=#s>#</a></h2>", "Setup"),
        ("<h2 id=s>Setup <a class=zola-anchor href=#s>\u00a7</a></h2>", "Setup"),
        ("<h2 id=s><a href=/other>#</a></h2>", ""),
        ("<h2 id=s>About <a href=/go>Go</a></h2>", "About Go"),
    ],
)
def test_the_page_of_an_article_shows_no_line_numbers_and_no_signs_of_permalinks(html, shown):
    body = body_of(f"<title>T</title><main><h1>T</h1><p>Text.</p>{html}</main>", "a.html")
    assert BeautifulSoup(body, "html.parser").get_text().split("Text.")[1].strip() == shown
    assert body.count("<pre>") == shown.count("a\n")
