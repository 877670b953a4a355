"""Which part of an article is shown for a query, and what in it is marked."""

from dataclasses import replace
from html import escape, unescape
from time import process_time
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.analysis import terms, tokenize
from backmatter.index.model import Passage, Post, Section, Spans
from backmatter.index.retrieval.sections import PASSAGE_LENGTH, PageSpans
from backmatter.index.retrieval.windows import best_window, best_windows, spans_of_one
from backmatter.index.search.marks import marked, on_one_line
from backmatter.index.search.passages import SLACK, passage
from backmatter.index.search.text_fragments import LAST_SENTENCE_END, SENTENCE_END
from backmatter.index.segment.outline import Outline
from tests.build import post

FILLER = "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod tempor "


def spans_of(article: Post, *words: str) -> Spans:
    """Find where words and phrases stand, as an engine would."""
    found = []
    for section in article.sections:
        tokens = tokenize(article.text, section.start, section.end)
        found += [
            (tokens.starts[at], -tokens.ends[at + len(wanted) - 1], number)
            for number, wanted in enumerate(map(terms, words))
            for at in range(len(tokens.terms) - len(wanted) + 1)
            if tokens.terms[at : at + len(wanted)] == wanted
        ]
    found.sort()
    titled = [terms(section.title) for section in article.sections if section.title]
    return Spans(
        [start for start, _, _ in found],
        [-end for _, end, _ in found],
        [number for _, _, number in found],
        [1.0] * len(words),
        [(at, number) for at, title in enumerate(titled) for number, word in enumerate(words) if word in title],
    )


def shown(article: Post, *words: str) -> Passage:
    return passage(article, spans_of(article, *words), lambda start, end: article.text[start:end])


def check(text: str, words: list[str], html: str) -> None:
    assert shown(post("a.md", text), *words).html == html


@pytest.mark.parametrize(
    ("text", "words", "html"),
    [
        ("", [], ""),
        ("One short line.", [], "One short line."),
        ("One short line.", ["short"], "One <mark>short</mark> line."),
        ("Short is short.", ["short"], "<mark>Short</mark> is <mark>short</mark>."),
        ("Naïve cafés.", ["naive"], "<mark>Naïve</mark> cafés."),
        ("A cache line.", ["cache line"], "A <mark>cache line</mark>."),
        ("A cache line.", ["cache line", "line"], "A <mark>cache line</mark>."),
        ("a b c", ["a b", "b c"], "<mark>a b c</mark>"),
        ("call time.Now() now", ["time.Now"], "call <mark>time.Now</mark>() now"),
        ("生命周期", ["命周"], "生<mark>命周</mark>期"),
        ("if a < b && c > d {", ["b"], "if a &lt; <mark>b</mark> &amp;&amp; c &gt; d {"),
        ("<script>alert(1)</script>", ["alert"], "&lt;script&gt;<mark>alert</mark>(1)&lt;/script&gt;"),
        ("<mark>x</mark>", ["mark"], "&lt;<mark>mark</mark>&gt;x&lt;/<mark>mark</mark>&gt;"),
        ("&lt;b&gt; \"q\" 'r'", ["lt"], "&amp;<mark>lt</mark>;b&amp;gt; &quot;q&quot; &#x27;r&#x27;"),
        ("\n\n  word  \n", ["word"], "<mark>word</mark>"),
        ("Name\tValue\npuffin\t12\nA text.", ["puffin"], "Name | Value · <mark>puffin</mark> | 12 · A text."),
        (
            'Buy:\nmilk\nx & y <b>\n"All."\nGo.',
            ["milk"],
            "Buy:\n<mark>milk</mark> · x &amp; y &lt;b&gt; · &quot;All.&quot;\nGo.",
        ),
    ],
)
def test_what_matches_is_marked_and_all_else_escaped(text: str, words: list[str], html: str):
    check(text, words, html)


@pytest.mark.parametrize(
    ("text", "words", "contains"),
    [
        (f"alpha {FILLER * 5} alpha beta", ["alpha", "beta"], "<mark>alpha</mark> <mark>beta</mark>"),
        (f"alpha beta {FILLER * 5} alpha alpha alpha", ["alpha", "beta"], "<mark>alpha</mark> <mark>beta</mark>"),
        (f"alpha {FILLER * 5} alpha alpha", ["alpha"], "<mark>alpha</mark> <mark>alpha</mark>"),
        (f"alpha one {FILLER * 5} alpha two", ["alpha"], "<mark>alpha</mark> one"),
        (f"{FILLER * 9} last", ["last"], "…\u00a0"),
        (f"{'x' * 600} word {'y' * 600}", ["word"], "<mark>word</mark>"),
        (f"{'x' * 600}", ["x" * 600], "<mark>" + "x" * 600 + "</mark>"),
    ],
)
def test_the_best_place_has_the_most_different_words_then_the_most_then_comes_first(text, words, contains):
    assert contains in shown(post("a.md", text), *words).html


def test_the_section_that_answers_is_named_with_its_address():
    article = post("a.md", "A lead with alpha.", ("What it is", "Nothing."), ("Measure it", "alpha and beta."))
    found = shown(article, "alpha", "beta")
    assert (found.section, found.anchor, found.url) == ("Measure it", "measure-it", "/articles/a#measure-it")
    assert found.html == "<mark>alpha</mark> and <mark>beta</mark>."


def test_a_lead_has_the_address_of_the_article():
    found = shown(post("a.md", "A lead with alpha.", ("Next", "Nothing.")), "alpha")
    assert (found.section, found.anchor, found.url) == ("", "", "/articles/a")


def test_without_a_word_in_the_text_the_first_section_with_text_is_shown():
    article = post("a.md", f"It begins. {FILLER * 5}")
    whole = Section("Full", 2, "full", 0, len(article.text))
    found = shown(replace(article, sections=(Section("Empty", 2, "empty", 0, 0), whole)))
    assert found.section == "Full"
    assert found.text.startswith("It begins.")
    assert found.text.endswith("\u00a0…")


def test_a_passage_never_reaches_into_another_section():
    article = post("a.md", FILLER, ("One", "alpha"), ("Two", FILLER), title="x")
    assert shown(article, "alpha").text == "alpha"


@given(st.text(".!?…。」)' \n\taA", max_size=40))
def test_the_last_end_of_a_sentence_is_found_from_behind_as_from_the_front(text: str):
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    last = LAST_SENTENCE_END.match(text)
    assert bool(last) == bool(ends)
    if last and not text[last.end() : last.end() + 1].isspace():
        assert last.end() == ends[-1]


@pytest.mark.parametrize(
    ("before", "after", "head", "tail"),
    [
        ("", "", "", ""),
        (FILLER * 5, "", "…\u00a0", ""),
        ("", FILLER * 5, "", "\u00a0…"),
        (FILLER * 5, FILLER * 5, "…\u00a0", "\u00a0…"),
    ],
)
def test_ellipses_stand_where_something_was_left_out(before: str, after: str, head: str, tail: str):
    text = shown(post("a.md", f"{before}alpha {after}"), "alpha").text
    assert (text.startswith("…"), text.endswith("…")) == (bool(head), bool(tail))
    inner = text.removeprefix(head).removesuffix(tail)
    assert set(inner.split()) <= set(f"{before} alpha {after}".split())


CODE = "func main() {\n\tfor alpha := range beta {\n\t\tgamma(alpha)\n\t}\n}"


@pytest.mark.parametrize(
    ("code", "words", "expected"),
    [
        (CODE, ["gamma"], CODE),
        ("\n".join([f"line {n}" for n in range(90)]), ["50"], "line 49\nline 50\nline 51"),
        ("\n".join(["x" * 100, "y" * 100, "alpha", "z" * 100]), ["alpha"], "y" * 100 + "\nalpha\n" + "z" * 100),
        ("alpha", ["alpha"], "alpha"),
    ],
)
def test_code_is_shown_in_whole_lines_as_it_is_indented(code, words, expected):
    found = shown(post("a.md", "A lead.", code=code), *words)
    assert found.code == "go"
    assert found.text.startswith(expected)
    assert set(found.text.split("\n")) <= set(code.split("\n"))
    assert len(found.text.replace(" · ", "\n")) <= PASSAGE_LENGTH


def test_a_line_of_code_that_is_too_long_is_cut_like_prose():
    found = shown(post("a.md", "A lead.", code=f"{'x ' * 400}alpha{' x' * 400}"), "alpha")
    assert (found.code, found.text[:2], found.text[-2:]) == (None, "…\u00a0", "\u00a0…")


def check_further(article: Post, words: list[str], expected: list[str]) -> None:
    places = best_window(article, spans_of(article, *words)).further
    assert [place.anchor for place in places] == expected


def test_further_sections_are_those_with_the_most_different_words_then_the_most():
    article = post("a.md", "", *((f"S{n}", text) for n, text in enumerate(["a b a", "a", "a a", "b a", "c", "a a a"])))
    check_further(article, ["a", "b"], ["s3", "s5", "s2"])
    check_further(article, ["zebra"], [])
    check_further(SECTIONS, ["stop", "worker"], ["a-worker", "how-to-stop"])


WORDS = st.sampled_from(["alpha", "beta", "<b>", "&amp;", '"', "x" * 40, "生命周期", "…", "mark", "lorem", "\n", "é"])
TEXTS = st.lists(WORDS, max_size=150).map(" ".join)
QUERIES = st.lists(st.sampled_from(["alpha", "beta", "alpha beta", "mark", "生命", "x" * 40, "b"]), max_size=3)


@given(lead=TEXTS, parts=st.lists(TEXTS, max_size=3), words=QUERIES)
def test_a_passage_is_a_cut_of_one_section_with_whole_words_marked(lead: str, parts: list[str], words: list[str]):
    article = post("a.md", lead, *((f"Part {n}", part) for n, part in enumerate(parts)))
    spans = spans_of(article, *words)
    found = passage(article, spans, lambda start, end: article.text[start:end])
    plain = found.html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in plain
    assert unescape(plain) == found.text
    [section] = [section for section in article.sections if section.title == found.section]
    whole = on_one_line(article.text[section.start : section.end])
    cuts = {found.text, found.text.removeprefix("…\u00a0"), found.text.removesuffix("\u00a0…")}
    cuts.add(found.text.removeprefix("…\u00a0").removesuffix("\u00a0…"))
    assert any(cut in whole for cut in cuts)
    assert len(found.text) <= PASSAGE_LENGTH + SLACK + len("…  …")
    matched = {article.text[start:end] for start, end in zip(spans.starts, spans.ends, strict=True)}
    assert bool(matched) == ("<mark>" in found.html)


@given(text=st.text(), data=st.data())
def test_marking_adds_nothing_but_escapes_and_marks(text: str, data: st.DataObject):
    bounds = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).filter(lambda pair: pair[0] < pair[1])
    html = marked(text, sorted(data.draw(st.lists(bounds, max_size=5) if text else st.just([]))))
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)


SECTIONS = post(
    "a.md",
    "Stop, worker, and stop again.",
    ("How to stop", "It finishes its job."),
    ("How to stop a worker", "The job ends first."),
    ("A worker", "Starting is easy. A stop is not."),
    ("Empty", ""),
)


@pytest.mark.parametrize(
    ("words", "section"),
    [
        (["stop"], "How to stop"),
        (["worker"], "A worker"),
        (["stop", "worker"], "How to stop a worker"),
        (["worker", "stop", "job"], "How to stop a worker"),
        (["job"], "How to stop"),
        (["easy", "worker"], "A worker"),
        (["again", "stop", "worker"], ""),
        (["empty"], "Empty"),
    ],
)
def test_the_words_of_a_heading_count_for_its_section_and_the_closest_heading_wins(words, section):
    assert shown(SECTIONS, *words).section == section


def test_a_section_that_only_its_heading_answers_is_shown_from_its_beginning():
    assert shown(post("a.md", "Lead.", ("Shutdown", "Nothing of it here.")), "shutdown").html == "Nothing of it here."


PROSE_AND_CODE = post(
    "a.md",
    "The cache is warm.",
    ("Walk", "A loop reads alpha and beta in order."),
    ("Measure", "It is quick."),
    code="alpha := beta(gamma)",
)


@pytest.mark.parametrize(
    ("words", "is_code", "code", "text"),
    [
        (["alpha"], False, None, "A loop reads alpha and beta in order."),
        (["alpha", "beta"], False, None, "A loop reads alpha and beta in order."),
        (["gamma"], False, "go", "alpha := beta(gamma)"),
        (["alpha", "beta", "gamma"], True, "go", "alpha := beta(gamma)"),
        (["quick"], False, None, "It is quick.\u00a0…"),
        (["measure"], False, None, "It is quick.\u00a0…"),
    ],
)
def test_prose_answers_words_and_code_answers_what_only_it_has_and_neither_runs_into_the_other(
    words, is_code, code, text
):
    spans = spans_of(PROSE_AND_CODE, *words)
    window = best_window(PROSE_AND_CODE, spans, is_code=is_code)
    found = passage(PROSE_AND_CODE, spans, lambda start, end: PROSE_AND_CODE.text[start:end], window=window)
    assert (found.code, found.text) == (code, text)


@pytest.mark.parametrize(
    ("text", "word", "start"),
    [
        (f"{FILLER * 3}end. Here alpha begins {FILLER * 3}", "alpha", "…\u00a0Here alpha begins"),
        (f"{FILLER * 3}\nA line with alpha {FILLER * 3}", "alpha", "…\u00a0A line with alpha"),
        (f"{FILLER * 3}前の文。次の文は alpha です。{FILLER * 3}", "alpha", "…\u00a0次の文は alpha"),
        (f"{FILLER * 3}end. Tools, e.g. alpha, {FILLER * 3}", "alpha", "…\u00a0Tools, e.g. alpha,"),
    ],
)
def test_a_passage_begins_with_the_sentence_of_what_was_found(text, word, start):
    assert shown(post("a.md", text), word).text.startswith(start)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("There is sharing here. Here is false sharing at last.", "Here is false sharing"),
        ("False is no sharing here. Here is false sharing at last.", "False is no sharing"),
        ("Sharing here is sharing. Then it is false.", "Sharing here is sharing."),
        ("Nothing is false here. Here is sharing at last.", "Nothing is false here."),
    ],
)
def test_the_link_leads_to_the_first_sentence_with_the_most_words(text: str, quoted: str):
    article = post("a.md", text)
    spans = spans_of(article, "false", "sharing")
    url = passage(article, spans, lambda start, end: article.text[start:end], lambda _: True).url
    assert unquote(url).partition(":~:text=")[2].startswith(quoted)


def test_rare_words_decide_which_section_answers():
    sections = [(f"S{n}", "the worker of the queue and the worker") for n in range(4)]
    article = post("a.md", "", *sections, ("Last", "the lease of a job"))
    assert shown(article, "the", "worker", "lease").section == "Last"


@given(lead=TEXTS, code=TEXTS, words=QUERIES, is_code=st.booleans())
def test_a_passage_is_all_prose_or_all_code(lead: str, code: str, words: list[str], is_code: bool):
    article = post("a.md", lead, code=code) if code.strip() else post("a.md", lead)
    spans = spans_of(article, *words)
    run = best_window(article, spans, is_code=is_code).run
    assert all(run.end <= block.start or block.end <= run.start or run.code == block for block in article.code)


@given(articles=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), words=QUERIES, is_code=st.booleans())
def test_articles_of_a_page_are_weighed_as_each_alone(articles, words: list[str], is_code: bool):
    journal = [
        post(f"{number}.md", lead, ("Alpha beta", text), code=code if code.strip() else "")
        for number, (lead, text, code) in enumerate(articles)
    ]
    alone = [spans_of(article, *words) for article in journal]
    pages = [spans_of_one(article, spans) for article, spans in zip(journal, alone, strict=True)]
    rows = [page.rows + np.array([number, 0, 0, 0, number * 10_000, 0, 0]) for number, page in enumerate(pages)]
    headed = [page.headed + np.array([number, 0, 0]) for number, page in enumerate(pages)]
    page = PageSpans([1.0] * len(words), np.concatenate(rows), np.concatenate(headed))
    expected = [best_window(a, spans, is_code=is_code) for a, spans in zip(journal, alone, strict=True)]
    assert best_windows(list(map(Outline, journal)), page, is_code=is_code) == expected


def test_a_code_block_without_end_is_searched_in_linear_time():
    article = post("a.md", "x", code="alpha beta\n" * 20_000)
    started = process_time()
    shown(article, "alpha", "beta")
    assert process_time() - started < 2
