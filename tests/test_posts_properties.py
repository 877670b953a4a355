"""Whatever lies in a content directory, reading it ends in a post that holds together or in an error that says why."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from bs4.element import Tag
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.index.errors import PostError
from backmatter.index.model import Post, Source
from backmatter.index.posts import article_tree, discover, read_post
from backmatter.index.posts.addresses.headings import HeadingIdMaker
from backmatter.index.posts.extraction.extract import Extract, Extractor
from backmatter.index.posts.front_matter.frontmatter import split_front_matter
from backmatter.index.posts.markdown.markdown_reader import Dialect, MarkdownReader
from backmatter.index.posts.pages.html_reader import HtmlTree, parse_html, stream_html, walk_page, walk_tree
from backmatter.index.posts.pages.main_content import find_main
from backmatter.index.posts.pages.page_head import read_head
from backmatter.index.settings import Settings
from tests.reading import body_of, outcome_of, post_of
from tests.test_posts_golden import SETTINGS, SOURCES

PIECES = [
    *("# A", "## B {#c}", "text", "- a", "  - b", "1. c", "> d", "    e", "\te", "```go", "```", "~~~", "| a | b |"),
    *(
        "|---|---|",
        "{{< note >}}",
        "{{% /tab %}}",
        "{{ x }}",
        "{% raw %}",
        "{% endraw %}",
        "{% highlight c %}",
        "$x_1$",
    ),
    *("$$", "`", "``", "<b>", "</b>", "<div>", "</div>", "<pre>", "</pre>", "<!--", "-->", "<table><tr><td>", "<br>"),
    *("<h2 id=x>", "</h2>", "&amp;", "&lt;script&gt;", "&#1;", "[a](b)", "[^1]", "[^1]: c", "![d](e)", "**", "_", "\\"),
    *("", "", "", "---", "===", "!!! note", ": term", "{.a #b}", "<a name=q></a>", "<img alt=z>", "import a"),
    *("<A b={c}>", "http://a.example", "\x01\x02"),
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["\n", " ", "\n\n"]).map(lambda joint: joint.join(pieces))
)
# Code, and what Jekyll is told to leave alone.
KEEPING = re.compile(r"`|~~~|<pre>|\{% (?:highlight|raw)|^(?: {4}|\t)", re.MULTILINE)
SUFFIXES = st.sampled_from([".md", ".mdx", ".html"])


def check_whole(post: Post) -> None:
    """Hold a post to what every other part of the program relies on."""
    edges = [0, *(section.end for section in post.sections)]
    assert [(section.start, section.end) for section in post.sections] == list(pairwise(edges))
    assert edges[-1] == len(post.text)
    spans = [edge for code in post.code for edge in (code.start, code.end)]
    assert spans == sorted(spans)
    assert all(0 <= code.start < code.end <= len(post.text) for code in post.code)
    assert all(any(part.start <= code.start and code.end <= part.end for part in post.sections) for code in post.code)
    anchors = [section.anchor for section in post.sections]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", f"{post.text}{post.title}{''.join(anchors)}")
    assert post.title
    assert post.slug
    assert post.url.startswith("/articles/")


def check_outcome(outcome: Post | PostError, reason: str = ".") -> None:
    """Hold what reading ended in to be a whole post, or an error with a reason."""
    if isinstance(outcome, PostError):
        assert re.search(reason, outcome.reason)
    else:
        check_whole(outcome)


@given(data=st.binary(max_size=400), suffix=SUFFIXES)
def test_any_bytes_are_a_post_or_an_error(data: bytes, suffix: str):
    check_outcome(outcome_of(data, f"post{suffix}"))


@given(text=st.text(max_size=200), suffix=SUFFIXES, front=st.sampled_from(["", "---\n", "+++\n", "<!--{", "Title: "]))
def test_any_text_is_a_post_or_an_error(text: str, suffix: str, front: str):
    check_outcome(outcome_of((front + text).encode("utf-8", "replace"), f"post{suffix}"))


@given(text=MARKDOWN, suffix=SUFFIXES)
def test_any_mixture_of_markup_is_a_post_that_holds_together(text: str, suffix: str):
    post = post_of(f"---\ntitle: T\n---\n\n{text}\n", f"post{suffix}")
    check_whole(post)
    assert "wzxhzdk" not in post.text
    assert "note >}}" not in post.text or KEEPING.search(text)


@given(text=MARKDOWN)
def test_anchors_of_sections_are_ids_of_the_html(text: str):
    content = f"---\ntitle: T\n---\n\n{text}\n"
    post, html = post_of(content), body_of(content)
    ids = {str(tag["id"]) for tag in article_tree.parse_soup(html).find_all(re.compile("^h[1-6]$"), id=True)}
    assert ids >= {section.anchor for section in post.sections if section.level}


def check_ways(markdown: str, is_mdx: bool = False) -> None:
    """Hold what is extracted, from Markdown's tree if it can be, and the parser's events to a parsed page."""
    reader = MarkdownReader(Dialect("mdx" if is_mdx else "any", drops_raw=True))
    extracted, streamed, treed, parsed = (Extractor[Tag](HeadingIdMaker("github")) for _ in range(4))
    reader.extract(markdown, extracted)
    html = reader.html(markdown)
    stream_html(html, streamed)
    walk_tree(parse_html(html), treed)
    soup = article_tree.parse_soup(html)
    article_tree.walk_soup(soup.body or soup, parsed)
    expected = whole(parsed.finish("T", "T"))
    assert whole(streamed.finish("T", "T")) == expected
    assert whole(treed.finish("T", "T")) == expected
    assert whole(extracted.finish("T", "T")) == expected


def whole(extract: Extract[Tag]) -> tuple[object, ...]:
    return extract.text, extract.sections, extract.code


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_whole_posts_are_read_the_same_in_every_way(source: Source):
    text = source.file.read_bytes().decode("utf-8", "replace")
    check_ways(split_front_matter(text, source.path).body, source.path.endswith(".mdx"))


@given(text=st.lists(st.sampled_from([piece for piece in PIECES if "<" not in piece]), max_size=12).map("\n".join))
def test_any_markdown_without_html_is_read_the_same_in_every_way(text: str):
    check_ways(text)


@given(text=MARKDOWN)
@example("<pre>\n\n# A\n\n# A")
def test_any_markdown_is_read_the_same_in_every_way(text: str):
    check_ways(text)


PAGE_PIECES = [
    *(
        "<main>",
        "</main>",
        "<article>",
        "</article>",
        "<div role=main>",
        "<div id=content>",
        "</div>",
        "<p class='a b'>",
    ),
    *("<nav>", "</nav>", "<header>", "</header>", "<aside>", "<footer>", "<body>", "</body>", "</html>", "&lt;", " "),
    *(
        "<h2 id=a>",
        "</h2>",
        "<pre>",
        "</pre>",
        "<b>",
        "</b>",
        "<br>",
        "<!-- c -->",
        "<?p?>",
        "<a name=n>",
        "text",
        "\n",
    ),
    *(
        "<script>s</script>",
        "<template>x</template>",
        "<ruby>a<rt>b</rt></ruby>",
        "<table><tr><td>",
        "<title>t</title>",
        "<html lang=de>",
        "<meta name=author content=a>",
        "<h1>",
        "</h1>",
        "<time datetime=2026-01-31>then</time>",
        "<a rel=tag href=/tags/a/>tag</a>",
        "<ul><li><a href=/tags/a/>tag</a></ul>",
        "<p>Not a by-line but text",
        "<div class=prose>",
        "<div data-pagefind-body>",
        "<div data-pagefind-ignore>",
        "<a class=headerlink>#</a>",
        '<script type="application/ld+json">{"datePublished": "2026-01-31"}</script>',
    ),
]


@given(page=st.lists(st.sampled_from(PAGE_PIECES), max_size=16).map("".join))
@example("<h2 id=a><ruby>a<rt>b</rt></ruby>")
@example("<h2 id=a>a<pre>")
def test_any_page_is_read_as_from_its_soup(page: str):
    tree, soup = HtmlTree(parse_html(page)), article_tree.SoupTree(article_tree.parse_soup(page))
    main, same_main = find_main(tree), find_main(soup)
    assert read_head(tree, main) == read_head(soup, same_main)
    extracted, expected = (Extractor[Tag](HeadingIdMaker("github")) for _ in range(2))
    walk_page(tree, main, extracted)
    article_tree.walk_soup(article_tree.article_element(soup, same_main), expected)
    assert whole(extracted.finish("T", "T")) == whole(expected.finish("T", "T"))


def test_the_short_way_is_taken_where_a_post_has_no_html_blocks():
    text = "# A\n\nText with <b>tags</b>, <br> &amp; `<div>`.\n\n```\n<div>\n```\n\n<!-- x -->\n"
    assert MarkdownReader().extract(text, Extractor[Tag](HeadingIdMaker("github")))
    assert not MarkdownReader().extract("<div>\n\ntext", Extractor[Tag](HeadingIdMaker("github")))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 30_000,
        "[[\n" * 10_000,
        "[](" * 10_000,
        "*a **b " * 5_000,
        "> " * 10_000,
        "1. " * 10_000,
        "- a\n" * 10_000,
        "".join(" " * 2 * depth + "- a\n" for depth in range(400)),
        "# a\n" * 10_000,
        "a\n=\n" * 5_000,
        "{{< " * 10_000,
        "{% raw %}" * 5_000,
        "$a_" * 10_000,
        "\\\\(" * 10_000,
        "<!--\n" * 10_000,
        "<pre>\n\n" * 5_000,
        "<div>\n\n" * 2_000,
        "a|b\n-|-\n" + "a|b\n" * 5_000,
        "```\n" * 10_001,
        "[^1]: a\n" * 5_000,
        "<a b='" * 10_000,
        "\n" * 60_000 + "a",
    ],
    ids=lambda text: repr(text[:8]),
)
def test_text_made_to_take_forever_does_not(text: str):
    check_outcome(outcome_of(text), "nested too deep|lines of Markdown")


def test_a_post_after_one_that_is_nested_too_deep_is_read_as_ever():
    deep = "".join(" " * 2 * depth + "- a\n" for depth in range(400))
    before = outcome_of("[link](b.md)")
    assert "nested too deep" in str(outcome_of(deep))
    assert outcome_of("[link](b.md)") == before


def test_a_directory_of_fifteen_hundred_posts_is_listed_whole(tmp_path: Path):
    for number in range(1_500):
        (tmp_path / f"{number:04}.md").write_text(f"# Post {number}\n")
    found = [item.path for item in discover(Settings(content=(tmp_path,)))]
    assert found == [f"{number:04}.md" for number in range(1_500)]


def test_reading_twice_gives_the_same():
    assert [read_post(source, SETTINGS) for source in SOURCES] == [read_post(source, SETTINGS) for source in SOURCES]
