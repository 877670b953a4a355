"""An article's HTML is fit to show, and nothing in it does anything."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.app.rendering.article_html import MAX_HIGHLIGHTED, prepare, sanitize
from backmatter.index.posts.article_tree import parse_soup


class AsWritten:
    """Addresses lead where they say, and to nothing where they say nothing."""

    def link(self, address: str) -> str | None:
        return address or None

    def picture(self, address: str) -> str | None:
        return address or None


def show(html: str) -> str:
    soup = parse_soup(html)
    return str(sanitize(prepare(soup.body or soup, AsWritten())))


def check(html: str, expected: str) -> None:
    assert show(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<p onclick='x()' style='color:red' class=x data-x=1>a</p>", "<p>a</p>"),
        ("<label class='metric name'>a</label>", "a"),
        ("<style>p{}</style><p>a</p>", "<p>a</p>"),
        ("<iframe src=//evil.example>x</iframe><p>a</p>", "x<p>a</p>"),
        ("<object data=x></object><embed src=x><p>a</p>", "<p>a</p>"),
        ("<form action=//evil.example><input name=q><button>Go</button></form>", "Go"),
        ("<svg onload=alert(1)><script>1</script></svg>", ""),
        ("<math><mtext></p><img src=x onerror=1></math>", '<math><mtext><img loading="lazy" src="x"></mtext></math>'),
        ("<math><mi href=javascript:1 onclick=x style=a:b>x</mi></math>", "<math><mi>x</mi></math>"),
        (
            "<math><semantics><mi>x</mi><annotation>y</annotation></semantics></math>",
            "<math><semantics><mi>x</mi></semantics></math>",
        ),
        ("<base href=//evil.example><meta http-equiv=refresh content=0><link rel=stylesheet href=x>", ""),
        ("<nav><p>a</p></nav><header>b</header>", "<p>a</p>b"),
        ("</div></main></body><p>a", "<p>a</p>"),
        ("<!-- a --><p>b</p><![CDATA[c]]>", "<p>b</p>"),
        ("<p>a &lt;script&gt; b &amp; c</p>", "<p>a &lt;script&gt; b &amp; c</p>"),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href=' java\tscript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='#b' target=_top>a</a>", '<a href="#b" rel="noopener noreferrer">a</a>'),
        ("<a href='mailto:a@b.example'>a</a>", '<a href="mailto:a@b.example" rel="noopener noreferrer">a</a>'),
        ("<img src='data:image/svg+xml,x' alt=a>", '<img alt="a" loading="lazy">'),
        ("<img src='mailto:x' onerror=x>", '<img loading="lazy">'),
        ("<img src=pic.png srcset='x 2x' loading=eager>", '<img loading="lazy" src="pic.png">'),
        ("<a href=''><b>a</b> c</a>", "<b>a</b> c"),
        ("<img src='' alt=a>", '<img alt="a" loading="lazy">'),
        ("<div class='footnote evil' id=fn>a</div>", '<div class="footnote" id="fn">a</div>'),
        ("<span class='masthead k'>a</span>", '<span class="k">a</span>'),
        ("<details open><summary>a</summary>b</details>", '<details open=""><summary>a</summary>b</details>'),
        ("<pre tabindex=5>a</pre>", '<div class="listing"><pre>a</pre></div>'),
        (
            '<table><tr><td style="text-align: right;">1<td style="text-align: right;top:0">2</table>',
            '<table><tbody><tr><td align="right">1</td><td>2</td></tr></tbody></table>',
        ),
    ],
)
def test_nothing_in_a_post_acts_or_dresses_up(html, expected):
    check(html, expected)


REL = 'rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<h2 id="a">A</h2>', f'<h2 id="a"><a class="permalink" href="#a" {REL}>A</a></h2>'),
        ("<h2>A</h2>", "<h2>A</h2>"),
        ("<h2 id='x\"y'>A</h2>", f'<h2 id="x&quot;y"><a class="permalink" href="#x&quot;y" {REL}>A</a></h2>'),
        (
            '<h3 id="b">&lt;b&gt; <code>c</code></h3>',
            f'<h3 id="b"><a class="permalink" href="#b" {REL}>&lt;b&gt; <code>c</code></a></h3>',
        ),
        (
            '<h3 id="b"><a href="/c">&lt;c&gt;</a>\nd</h3>',
            f'<h3 id="b"><a href="/c" {REL}>&lt;c&gt;</a>\nd'
            f'<a aria-label="&lt;c&gt; d" class="permalink" href="#b" {REL}></a></h3>',
        ),
        ("<h1>A</h1><h2>B</h2>", "<h2>A</h2><h3>B</h3>"),
        ("<h1>A</h1><h6>B</h6>", "<h2>A</h2><h6>B</h6>"),
    ],
)
def test_headings_can_be_linked_and_stand_below_the_title(html, expected):
    check(html, expected)


def code(html: str) -> str:
    """Give the text of the code in an article, without its colours."""
    return BeautifulSoup(show(html), "html.parser").select("pre code")[0].get_text()


LISTINGS = [
    ("go", "func main() {\n\n\tif a < b && c > d {\n\t\tx := `<b>`\n\t}\n}\n"),
    ("python", "def f():\n\n    return '<script>'\n\n\n"),
    ("c++", "  template <typename T>\n  T a;"),
    ("html", "<p>&amp; <!-- a --></p>"),
    ("console", "$ go build ./...\n\n  ok"),
    ("no-such-language", "a  b\n\n\t<c>"),
    ("", "a  b\n\n\t<c>"),
]


@pytest.mark.parametrize(("language", "text"), LISTINGS)
def test_code_is_shown_to_the_letter(language, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = code(f'<pre><code class="language-{language}">{escaped}</code></pre>')
    assert shown in (text, text + "\n")


def test_code_has_colours_by_class_and_can_be_scrolled_by_keyboard():
    html = show('<pre><code class="language-go">func a() {}</code></pre>')
    assert html.startswith(
        '<div class="listing"><pre tabindex="0"><code class="language-go"><span class="kd">func</span>'
    )


def test_very_long_code_is_shown_without_colours():
    text = "x = 1\n" * (MAX_HIGHLIGHTED // 6 + 1)
    html = show(f'<pre><code class="language-python">{text}</code></pre>')
    assert "<span" not in html
    assert text in html


PIECES = (
    "<script>", "</script>", "<p>", "</p>", "<h1 id=a>", "</h1>", "<pre>", "<code class=language-js>", "</code>",
    "</pre>", "<svg>", "<style>", "</style>", "<math>", "</math>", "<mtext>", "<mi>", "<mglyph>", "<malignmark>",
    "<annotation-xml encoding=text/html>", "<semantics>", "<table>", "<td>", "<a href=javascript:1>",
    "<img src=x onerror=1>", "<!--", "-->", "<![CDATA[", "]]>", "<textarea>", "</textarea>", "<noscript>", "<title>",
    "<template>", "<select>", "<xmp>", "<plaintext>", "<iframe>", "&", "&lt;", '"', "'", ">", "<", "\0", "alert(1)",
)  # fmt: skip
DANGER = re.compile(
    r"<(?:script|style|svg|mglyph|malignmark|annotation|iframe|form|textarea|template|noscript|xmp|plaintext)\b",
    re.IGNORECASE,
)
ADDRESSES = ("href", "src")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("<h1 id=a><!--<img src=x onerror=1>")  # What is said of a heading in an attribute is text.
def test_no_mixture_of_tags_gets_through(html):
    shown = show(html)
    assert not DANGER.search(shown)
    attributes = [pair for tag in BeautifulSoup(shown, "html.parser").find_all() for pair in tag.attrs.items()]
    assert not [name for name, _ in attributes if name.lower().startswith("on")]
    assert not [v for name, v in attributes if name in ADDRESSES and str(v).strip().lower().startswith("javascript:")]
    assert not BeautifulSoup(shown, "html.parser").find(["script", "style", "iframe", "svg"])
