"""An article's HTML carries the anchors of its sections and the languages of its code."""

import pytest
from bs4 import BeautifulSoup

from tests.reading import body_of, error_of, post_of


def check(content: str, expected: str, path: str = "post.md") -> None:
    assert body_of(content, path) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# A\n\n*b*", "<p><em>b</em></p>"),
        ("---\ntitle: A\n---\n# B", '<h1 id="b">B</h1>'),
        ("## A\n\n## A", '<h2 id="a">A</h2>\n<h2 id="a-1">A</h2>'),
        ("## A {#b .c}", '<h2 id="b">A</h2>'),
        ("```go\na < b\n```", '<pre><code class="language-go">a &lt; b\n</code></pre>'),
        ("    a", "<pre><code>a\n</code></pre>"),
        ("<pre class='lang-go'><b>a</b></pre>", '<pre><code class="language-go">a\n</code></pre>'),
        ('```"><script>\na\n```', "<pre><code>a\n</code></pre>"),
        ("{{< note >}}a{{< /note >}} `{{ b }}`", "<p>a <code>{{ b }}</code></p>"),
        (
            "$a < b_1 * c_1$",
            '<p><math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><msub><mi>b</mi><mn>1</mn></msub><mo>*</mo><msub>'
            "<mi>c</mi><mn>1</mn></msub></mrow></math></p>",
        ),
        ("a<script>b</script>", "<p>a</p>"),
        ("text", "<p>text</p>"),
    ],
)
def test_markdown_becomes_html(markdown, expected):
    check(markdown, expected)


def test_code_in_a_list_does_not_end_the_list():
    soup = BeautifulSoup(body_of("1. a\n\n   ```\n   x\n   ```\n\n2. b\n   - c\n     - d"), "lxml")
    assert [len(soup.select(path)) for path in ("body > ol", "ol > li", "li > pre", "li > ul > li > ul > li")] == [
        1,
        2,
        1,
        1,
    ]


def test_of_a_page_only_the_main_content_is_given():
    page = "<html><nav>x</nav><main><h1>T</h1><p>a</p><h2><a name=b></a>B</h2><script>c</script></main></html>"
    check(page, '<p>a</p><h2 id="b"><a name="b"></a>B</h2>', "page.html")


@pytest.mark.parametrize(
    "markdown",
    [
        "# T\n\n## A\n\n## A\n\n## {{< x >}}\n\n### B {#c}\n\n<h2 id=d>D</h2>\n\n<a name=e></a>\n\n## F",
        "> ## Quoted\n\n- # Listed\n\n| a |\n|---|\n| b |",
        "## <b>raw</b> `code` &amp; *more*\n\n## ¿Qué?",
    ],
)
def test_every_section_has_its_heading_in_the_html(markdown):
    post, soup = post_of(markdown), BeautifulSoup(body_of(markdown), "lxml")
    headings = [(heading.name, heading.get("id")) for heading in soup.find_all(["h1", "h2", "h3"]) if heading.get("id")]
    assert headings == [(f"h{section.level}", section.anchor) for section in post.sections if section.level]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<main><h1><main><h1>r</main>n", "<main><h1><main></main>n</h1></main>"),
        ("<h1><pre>x</pre>Title</h1><p>a", "<p>a</p>"),
    ],
)
def test_a_heading_that_repeats_the_title_takes_with_it_what_is_in_it(page, expected):
    check(page, expected, "page.html")


def test_what_cannot_be_read_has_no_html():
    with pytest.raises(Exception, match="is empty"):
        body_of("")
    assert error_of("") == "post.md: is empty; write something, or remove it"
