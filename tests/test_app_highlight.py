"""A query's words are marked in an article, and nothing else about it changes."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from backmatter.app.rendering.highlight import mark


def check(html: str, words: list[str], expected: str) -> None:
    assert mark(Markup(html), words) == expected  # noqa: S704 - what a test writes is safe


@pytest.mark.parametrize(
    ("html", "words", "expected"),
    [
        ("<p>A cache line.</p>", [], "<p>A cache line.</p>"),
        ("<p>A cache line.</p>", ["line"], "<p>A cache <mark>line</mark>.</p>"),
        ("<p>A cache\nline.</p>", ["cache line"], "<p>A <mark>cache\nline</mark>.</p>"),
        ("<p>Caches, cached</p>", ["cache"], "<p>Caches, cached</p>"),
        ("<p>sub <b>cache</b> line</p>", ["cache line"], "<p>sub <b><mark>cache</mark></b><mark> line</mark></p>"),
        ("<p>生命周期</p>", ["命周"], "<p>生<mark>命周</mark>期</p>"),
        ("<p>a &lt;b&gt; c</p>", ["b"], "<p>a &lt;<mark>b</mark>&gt; c</p>"),
        ("<p>C++ and a.b</p>", ["C++", "a.b"], "<p><mark>C++</mark> and <mark>a.b</mark></p>"),
        ('<a href="/line" title="line">line</a>', ["line"], '<a href="/line" title="line"><mark>line</mark></a>'),
        ('<h2 id="x"><a href="#x">A line</a></h2>', ["line"], '<h2 id="x"><a href="#x">A <mark>line</mark></a></h2>'),
        ("<p>C in C++, a C.</p>", ["C"], "<p><mark>C</mark> in C++, a <mark>C</mark>.</p>"),
        ("<p>a??b, in a</p>", ["??"], "<p>a<mark>??</mark>b, in a</p>"),
        ("<p>re re-index</p>", ["re-index"], "<p>re <mark>re-index</mark></p>"),
        ("<p>日本語と日本</p>", ["日本語", "日本"], "<p><mark>日本語</mark>と<mark>日本</mark></p>"),
        ("<p>夜空の月</p>", ["空"], "<p>夜<mark>空</mark>の月</p>"),
        ("<p>夜空の月</p>", ["夜", "月"], "<p><mark>夜</mark>空の<mark>月</mark></p>"),
        ("<p>น้ำแข็ง</p>", ["น้ำ"], "<p><mark>น้ำ</mark>แข็ง</p>"),
        ("<p>a GitHubClient</p>", ["GitHub"], "<p>a <mark>GitHub</mark>Client</p>"),
        ("<p>C++20</p>", ["C++"], "<p><mark>C++</mark>20</p>"),
        ("<p><math><mi>x</mi></math> x</p>", ["x"], "<p><math><mi>x</mi></math> <mark>x</mark></p>"),
        ("<p>one</p><p>two</p>", ["one"], "<p><mark>one</mark></p><p>two</p>"),
        ("<td>on</td><td>line</td>", ["online", "line"], "<td>on</td><td><mark>line</mark></td>"),
        ("<p>a <!-- line --> line</p>", ["line"], "<p>a <!-- line --> <mark>line</mark></p>"),
        ("<b>alpha</b>  <i>be</i>", ["alpha"], "<b><mark>alpha</mark></b>  <i>be</i>"),
    ],
)
def test_whole_words_are_marked_in_text_alone(html, words, expected):
    check(html, words, expected)


@given(
    st.lists(st.sampled_from(["<b>", "</b>", "alpha", " ", "&amp;", "be", "<i>x</i>"]), max_size=20),
    st.lists(st.text(max_size=6), max_size=4),
)
def test_marks_add_nothing_and_take_nothing_away(parts: list[str], words: list[str]):
    html = str(BeautifulSoup("".join(parts), "html.parser"))
    marked = mark(Markup(html), [*words, "alpha"])  # noqa: S704
    assert marked.replace("<mark>", "").replace("</mark>", "") == html
