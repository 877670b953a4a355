"""Of an HTML page only the main content is read, and what its head says of it."""

from datetime import UTC, datetime

import pytest

from tests.reading import error_of, post_of


def check(html: str, expected: str) -> None:
    assert post_of(html, "page.html").text == expected


@pytest.mark.parametrize(
    "main",
    [
        "<article>{}</article>",
        "<main>{}</main>",
        "<main><div>x</div><article>{}</article></main>",
        "<div role=main>{}</div>",
        "<div id=content>{}</div>",
        "<div id=page-content>{}</div>",
        "{}",
    ],
)
def test_only_the_main_content_is_read(main):
    around = "<header>Head</header><nav>Menu</nav>{}<aside>Ads</aside><footer>Imprint</footer>"
    page = f"<!DOCTYPE html><html><body>{around.format(main.format('<p>Text</p>'))}</body></html>"
    check(page, "Text")


@pytest.mark.parametrize(
    "head",
    [
        "<!doctype html>\n<title>X</title>\n",
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>A > b</title></head>",
        "<?xml version='1.0'?><!doctype html><html><!-- <body> --><script>if (a < b) '<p>'</script><link rel=x href=y>",
        "<title>X</title><STYLE>p > a { }</STYLE >",
        "",
    ],
)
@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<section>\n<p>alpha</p>\n</section>\n<section>beta</section>", "alpha\nbeta"),
        ("<figure>a</figure><details>b</details>", "a\nb"),
        ("<article>a</article><article>b</article>", "a\nb"),
        ("<h1>T</h1><section>a</section>", "a"),
    ],
)
def test_a_page_without_a_body_element_is_read(head, html, expected):
    check(head + html, expected)


def test_of_several_articles_all_are_read():
    check("<main><article>a</article><article>b</article></main>", "a\nb")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>foo<b>bar</b><i>baz</i></p><p>qux</p>", "foobarbaz\nqux"),
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("<ul><li>a<li>b</ul>", "a\nb"),
        ("<table><tr><th>a<td>b<tr><td>c<td>d</table>", "a\tb\nc\td"),
        ("<dl><dt>a<dd>b</dl>", "a\nb"),
        ("<details><summary>a</summary>b</details>", "a\nb"),
        ("<figure><img alt='a'><figcaption>b</figcaption></figure>", "a\nb"),
        ("a<br>b<hr>c", "a\nb\nc"),
        ("&lt;b&gt; &amp; &eacute;&#233;&nbsp;x", "<b> & éé x"),
        ("a<!-- hidden -->b<script>x</script><style>x</style><template>x</template>c", "abc"),
        ("a<noscript>x</noscript><svg><text>x</text></svg><form>x<button>y</button></form>b", "ab"),
        ("<p hidden>x</p><p style='color:red; display : none'>x</p><p aria-hidden=true>x</p>a", "a"),
        ("<nav>x</nav><div role=navigation>x</div>a", "a"),
        ("<p>a <a class=headerlink href='#b'>¶</a></p>", "a"),
        ("<p>a <a href='#b'>b</a></p>", "a b"),
        ("a<sup><a class='footnote-ref' href='#1'>1</a></sup>", "a\u2060"),
        ("a<sup><a href='#fn-1' data-footnote-ref>1</a></sup>b", "a\u2060b"),
        ("a<sup role=doc-noteref><a href='#fn:1' class=footnote>1</a></sup>", "a\u2060"),
        ("a<a class='footnote-reference brackets' href='#id2'>[1]</a>", "a\u2060"),
        ("a<sup class='footnote-reference'><a href='#1'>1</a></sup>", "a\u2060"),
        ("a<sup class=footnote>[<a class=footnote href='#_f1'>1</a>]</sup>", "a\u2060"),
        ("<div class=footnote><p>A note.<a href='#r' class=footnote-back>↩︎</a></div>", "A note."),
        ("<li>A note. <a href='#r' role=doc-backlink>↩</a>", "A note."),
        ("<li>A note. <a href='#r' data-footnote-backref=''>↩</a>", "A note."),
        ("<div><input type=radio><label>npm</label><input type=radio><label>yarn</label></div>", "npm\nyarn"),
        ("<li><label><input type=checkbox></label> done", "done"),
        ("<h2>a<span class=mw-editsection>[edit]</span></h2><p>b<div class=sharedaddy>Share this</div>", "b"),
        (
            "<pre><span class=k>a</span> <span style='color:red'>b<span>c</span></span><span class=lnt>1</span></pre>",
            "a bc",
        ),
        ("<math><mi>x</mi><mo>=</mo></math>", "x="),
        ("<p hidden=until-found>x</p><div role=dialog>We use cookies</div>", "x"),
        ("<my-a><template shadowrootmode=open><template>x</template>a</template><p slot=b>b</p></my-a>c", "a\nb\nc"),
        ("<p>a<sup data-fn=f class=fn><a href='#f'>1</a></sup>", "a\u2060"),
        ("<p>a<a class=footnote-anchor href='#f'>1</a>", "a\u2060"),
        ("<ol><li>A note. <a href='#f' aria-label='Jump to footnote reference 1'>↩︎</a></ol>", "A note."),
        ("<div><a class=footnote-number href='#a'>1</a><p>A note.</div>", "A note."),
        ("<i class=fn-bracket>[</i><a role=doc-backlink href='#a'>1</a><i class=fn-bracket>]</i><p>A note.", "A note."),
        ("<pre><code><span class=boring>fn main() {\n</span>a;\n<span class=boring>}</span></code></pre>", "a;"),
    ],
)
def test_text_is_what_a_reader_sees(html, expected):
    check(html, expected)


@pytest.mark.parametrize(
    ("html", "code", "language"),
    [
        ("<pre>\n  a\n\n    b\n</pre>", "  a\n\n    b", ""),
        ("<pre><code class='language-go hljs'>a</code></pre>", "a", "go"),
        ("<pre class='lang-c++'>a</pre>", "a", "c++"),
        ("<pre class='prettyprint lang-config'>a</pre>", "a", "config"),
        ("<div class='highlight highlight-source-ruby'><pre><span>a</span> b</pre></div>", "a b", "ruby"),
        ("<table><td class=gutter><pre>1\n2</pre><td><pre>a\nb</pre></table>", "a\nb", ""),
        ("<pre><div>a\n</div><p>b</p></pre>", "a\nb", ""),
    ],
)
def test_code_is_kept_as_code(html, code, language):
    post = post_of(html, "page.html")
    assert [(each.language, post.text[each.start : each.end]) for each in post.code] == [(language, code)]


@pytest.mark.parametrize(
    ("html", "anchors"),
    [
        ("<h2 id=a>T</h2>", ["a"]),
        ("<h2><a name=a>T</a></h2>", ["a"]),
        ("<h2><a id=a></a>T</h2>", ["a"]),
        ("<a name=a></a><h2>T</h2>", ["a"]),
        ("<section id=a><h2>T</h2></section>", ["a"]),
        ("<div class=section id=a><h2>T</h2></div>", ["a"]),
        ("<a name=a>words</a> more<h2>T</h2>", ["", "t"]),
        ("<h2>T<a href='#t'>#</a></h2><h2>T</h2>", ["t", "t-1"]),
        ("<h2><div>T</div></h2>", ["t"]),
    ],
)
def test_a_heading_has_the_anchor_that_the_page_gives_it(html, anchors):
    post = post_of(html, "page.html")
    assert [section.anchor for section in post.sections] == anchors


def test_a_title_is_the_first_heading_before_the_title_element():
    page = "<title>A | Site</title>{}"
    assert post_of(page.format("<main><h2>B</h2><h1>C<br>D</h1></main>"), "a.html").title == "C D"
    assert post_of(page.format("<main>text</main>"), "a.html").title == "A | Site"
    assert post_of("text", "a-b.html").title == "A b"


def test_the_head_says_what_front_matter_would():
    post = post_of(
        """<html lang="de-at"><meta name="description" content="Kurz">
        <meta name="author" content="Mara"><meta name="keywords" content="a, b c">
        <meta property="article:modified_time" content="2026-01-03">
        <script type="application/ld+json">{"datePublished": "2026-01-02"}</script><p>Text""",
        "page.html",
    )
    assert (post.summary, post.author, post.tags, post.language) == ("Kurz", "Mara", ("a", "b c"), "de-AT")
    assert (post.date, post.updated) == (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC))


def test_front_matter_comes_before_the_head():
    page = "---\nauthor: Jon\n---\n<meta name=author content=Mara><meta name=robots content=noindex><p>Text"
    post = post_of(page, "page.html")
    assert (post.author, post.unlisted) == ("Jon", True)


@pytest.mark.parametrize("value", ["soon", "[1", "{", "[" * 100_000])
def test_a_broken_head_is_no_error(value):
    page = f"<meta name=date content='{value}'><script type='application/ld+json'>{value}</script><p>Text"
    assert post_of(page, "page.html").date is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("{{< note >}}<p>a</p>{{< /note >}}", "a"),
        ("<p>{% include x.html %}a {{ b }} {{< tip text='c & d' >}}</p>", "a c & d"),
        ("<a href='{{ x \"y\" }}'>a</a>", "a"),
        ("<code>{{ a }}</code> <pre>{% b %}</pre>", "{{ a }}\n{% b %}"),
        ("<code>{{ never closed }}", "{{ never closed }}"),
    ],
)
def test_templates_are_dropped_but_never_in_code(html, expected):
    check(html, expected)


def test_xhtml_is_read_as_html():
    check('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>a<br/>b</p></body></html>', "a\nb")


@pytest.mark.parametrize("html", ["<div>" * 5_000, "<ul><li>" * 2_000, "<b>" * 100_000])
def test_elements_nested_too_deep_are_reported(html):
    assert error_of(html, "page.html") == "page.html: is nested too deep to be read; flatten its lists, quotes or tags"
