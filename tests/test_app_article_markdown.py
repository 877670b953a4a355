"""Articles as Markdown: to the letter, with full addresses, and only what readers may find."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.app.rendering.article_markdown import MarkdownArticle, article_of, write_markdown
from backmatter.app.routes import texts
from backmatter.index.posts.article_tree import parse_soup
from tests.reading import post_of

HOME = "http://127.0.0.1:8000"


class Anywhere:
    """Leads every address to where it says, but one that is held back."""

    def link(self, address: str) -> str | None:
        return None if address == "/held-back" else address

    def picture(self, address: str) -> str | None:
        return self.link(address)


def written(html: str) -> MarkdownArticle:
    marked = write_markdown(parse_soup(html), Anywhere(), "https://x.org/blog/post/")
    return article_of(post_of("---\ntitle: T\n---\nText.\n"), marked)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a <em>b</em> <strong>c</strong> <code>d|e</code></p>", "a *b* **c** `d|e`"),
        ('<pre><code class="language-go">a\n\tb</code></pre>', "```go\na\n\tb\n```"),
        ("<pre><code>```\na\n```</code></pre>", "````\n```\na\n```\n````"),
        ('<pre><code><span class="k">if</span> x_y &lt; *p</code></pre>', "```\nif x_y < *p\n```"),
        ('<a href="../other/?a=1#b">there</a>', "[there](https://x.org/blog/other/?a=1#b)"),
        ('<a href="#part">here</a>', "[here](https://x.org/blog/post/#part)"),
        ('<a href="a (1).html">there</a>', "[there](https://x.org/blog/post/a%20%281%29.html)"),
        ('<a href="/held-back">secret plans</a>', "secret plans"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ('<a href="http://[x">x</a>', "x"),
        ('<img src="p.png" alt="A plot">', "![A plot](https://x.org/blog/post/p.png)"),
        ('<img src="/held-back" alt="A *plot*">', "A \\*plot\\*"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        (
            "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1|2</td><td>3</td></tr></tbody></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |",
        ),
        (
            "<p>snake_case _x_ * and [a] [b](c) &lt;div&gt; &amp;amp;</p>",
            "snake_case \\_x\\_ \\* and [a] \\[b](c) \\<div> \\&amp;",
        ),
        ("<p># no heading</p><p>1. no list</p><p>- nor this</p>", "\\# no heading\n\n1\\. no list\n\n\\- nor this"),
        ("<code>f</code><code>()</code>", "`f()`"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<ul><li>a<pre><code>b\n\n\n c </code></pre></li></ul>", "- a\n\n  ```\n  b\n\n\n   c \n  ```"),
        ("<code><pre>a</pre>b</code>", "```\na\n```\n\nb"),
        ("<p>\ufdd2$a_1 * b_2$\ufdd3 of *</p>", "$a_1 * b_2$ of \\*"),
        (
            '<math><semantics><mi>E</mi><annotation encoding="application/x-tex">E_1</annotation></semantics></math>',
            "$E_1$",
        ),
    ],
)
def test_html_becomes_the_markdown_that_means_it(html, expected):
    assert written(html).text == f"# T\n\n{expected}\n"


def test_a_section_has_those_below_it_and_no_more():
    article = written('<p>a</p><h2 id="one">One</h2><p>b</p><h3 id="in">In</h3><p>c</p><h2 id="two">Two</h2><p>d</p>')
    assert [(section.anchor, section.level) for section in article.sections] == [
        ("", 0),
        ("one", 2),
        ("in", 3),
        ("two", 2),
    ]
    assert article.section("one") == "## One\n\nb\n\n### In\n\nc\n"
    assert article.section("two") == "## Two\n\nd\n"
    assert article.section("") == article.section("three") == ""
    assert article.text == "# T\n\na\n\n## One\n\nb\n\n### In\n\nc\n\n## Two\n\nd\n"


words = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@example(prose=">0", code="<")
@example(prose=">> a", code="<")
@example(prose="~~~ a", code="<")
@example(prose="~~a a~~", code="<")
@given(st.lists(words, min_size=1, max_size=6).map(" ".join), st.text("ab`~\n |*_<&#", min_size=1, max_size=20))
def test_markdown_says_what_the_article_says(prose, code):
    escaped = prose.replace("&", "&amp;").replace("<", "&lt;")
    listing = code.replace("&", "&amp;").replace("<", "&lt;")
    post = post_of(written(f"<p>{escaped}</p><pre><code>\n{listing}x</code></pre>").text, markdown="commonmark")
    lines = f"{code}x".strip("\n")
    assert "".join(post.text.split()) == "".join(f"{prose}{lines}".split())
    assert [post.text[block.start : block.end].strip() for block in post.code] == [lines.strip()]


# Over HTTP


def test_an_article_is_also_there_as_markdown(client):
    response = client.get("/articles/cache.md")
    assert response.content_type == "text/markdown; charset=utf-8"
    assert response.text == (
        "# A Love Letter to the L1 Cache\n\n"
        "Two struct fields swapped, and a loop runs 30 % faster.\n\n"
        "## What a line is\n\nThe processor fetches a cache line of 64 bytes, never one byte.\n\n"
        "## Measure it\n\n| stride | time |\n| --- | --- |\n| 8 | 1.2 |\n\n"
        "```go\nfor i := range rows {\n\tsum += rows[i].hits\n}\n```\n\n"
        "## Why it is loved\n\nIt answers within four cycles.\n"
    )


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/html, text/markdown;q=0.9", "text/html; charset=utf-8"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/markdown, text/html;q=0.9, */*;q=0.1", "text/markdown; charset=utf-8"),
    ],
)
def test_a_client_that_asks_for_markdown_gets_it_at_the_same_address(client, accept, content_type):
    response = client.get("/articles/cache", headers={"Accept": accept})
    assert response.content_type == content_type
    assert "Accept" in response.vary
    assert response.headers["Link"] == '</articles/cache.md>; rel="alternate"; type="text/markdown"'


def test_a_client_that_holds_an_article_is_not_sent_it_again_until_the_file_changes(journal, client):
    tag = client.get("/articles/time.md").headers["ETag"]
    assert client.get("/articles/time.md", headers={"If-None-Match": tag}).status_code == 304
    file = journal.content / "time.md"
    file.write_text(file.read_text("utf-8").replace("jumps", "leaps"), "utf-8")
    response = client.get("/articles/time.md", headers={"If-None-Match": tag})
    assert "never leaps" in response.text


def test_an_html_page_is_there_as_markdown_without_what_surrounds_it(journal, client):
    (journal.content / "page.html").write_text(
        "<!doctype html><title>Page</title><nav>Menu</nav><main><h1>Page</h1><p>A <b>bold</b> claim.</p>"
        '<script>alert(1)</script><p><a href="time.md">Time</a> and <a href="draft.md">plans</a></p></main>',
        "utf-8",
    )
    journal.index()
    assert client.get("/articles/page.md").text == (
        f"# Page\n\nA **bold** claim.\n\n[Time]({HOME}/articles/time) and plans\n"
    )


def test_an_old_address_leads_to_the_markdown(journal, client):
    journal.write(moved="---\ntitle: M\naliases: [/old/]\n---\nText.\n")
    assert client.get("/articles/old.md").headers["Location"] == "/articles/moved.md"


def test_an_article_that_cannot_be_read_any_more_is_there_as_the_index_has_it(journal, client):
    (journal.content / "cache.md").write_bytes(b"---\ntitle: [\n---\n")
    assert "## Measure it\n" in client.get("/articles/cache.md").text


# For language models


def test_models_are_told_what_there_is(client):
    lines = client.get("/llms.txt").text.splitlines()
    assert lines[0] == "# The Backend Engineer's Playbook"
    assert [line for line in lines if line.startswith("- ")] == [
        f"- [A Love Letter to the L1 Cache]({HOME}/articles/cache.md): 2026-06-09, go, cpu-cache",
        f"- [Just About Go Time]({HOME}/articles/time.md): 2026-05-08, go, time",
        f"- [Stop Rebuilding Docker Images]({HOME}/articles/2025/docker.md): 2025-02-21, docker",
        f"- [A note without a date]({HOME}/articles/undated.md)",
    ]
    assert all(client.get(address).status_code == 200 for address in re.findall(rf"{HOME}(/\S+\.md)", "\n".join(lines)))


def test_models_read_the_newest_articles_in_full(client):
    text = client.get("/llms-full.txt").text
    assert [line for line in text.splitlines() if line.startswith("# ")] == [
        "# A Love Letter to the L1 Cache",
        "# Just About Go Time",
        "# Stop Rebuilding Docker Images",
        "# A note without a date",
    ]
    assert f"Source: {HOME}/articles/time\n" in text
    assert "future" not in text


def test_what_is_too_long_for_the_room_ends_the_text(client, monkeypatch):
    monkeypatch.setattr(texts, "MAX_FULL", 500)
    text = client.get("/llms-full.txt").text
    assert text.startswith("# A Love Letter")
    assert len(text.encode()) <= 500


def test_an_article_that_was_withdrawn_since_is_in_none_of_them(journal, client):
    file = journal.content / "time.md"
    file.write_text(file.read_text("utf-8").replace("title:", "draft: true\ntitle:"), "utf-8")
    assert client.get("/articles/time.md").status_code == 404
    assert "Go Time" not in client.get("/llms-full.txt").text
