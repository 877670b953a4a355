"""What leads to a passage: a quotation that stands in its page once, or nothing."""

import sys
from urllib.parse import quote, unquote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backmatter.index.search.text_fragments import MAX_QUOTATION_LENGTH, directive


def folded(text: str) -> str:
    """Give a text as a browser compares it."""
    return " ".join(text.split()).casefold()


def directive_in(text: str, start: int, end: int, *titles: str) -> str:
    """Give the directive for a span, with all of the text at hand to see what stands once."""
    page = folded("\n".join((text, *titles)))
    return directive(start, end, len(text), lambda a, b: text[a:b], lambda words: times(folded(words), page) == 1)


def times(words: str, page: str) -> int:
    """Count where a page has some words, also where one place overlaps another."""
    return sum(page.startswith(words, at) for at in range(len(page)))


def check(text: str, word: str, expected: str, *titles: str) -> None:
    start = text.index(word)
    assert directive_in(text, start, start + len(word), *titles) == (f":~:text={expected}" if expected else "")


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("One short line.", "short", "One%20short%20line."),
        ("Of five words and more", "five", "Of%20five%20words%20and%20more"),
        ("The end is at the end", "at", "The%20end%20is%20at%20the%20end"),
        ("a b c d x\na b c d y", "b", "a%20b%20c%20d%20x"),
        ("same line here too\nsame line here too", "line", ""),
        ("one two three four\nOne TWO three four", "two", ""),
        ("one\ntwo of\nthree", "two", "two%20of"),
        ("\tif x == 1 {\n\t\treturn y, z-1\n\t}", "return", "return%20y%2C%20z%2D1"),
        ("wide   gap of words here", "gap", "gap%20of%20words%20here"),
        ("生命周期很短。它很长。", "很长", quote("生命周期很短。它很长。")),
        ("x" * 400, "x" * 400, ""),
        ("A & B, or #1 + 2?", "or", "A%20%26%20B%2C%20or%20%231%20%2B%202%3F"),
    ],
)
def test_a_quotation_has_whole_words_of_one_line_and_stands_once(text, word, expected):
    check(text, word, expected)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("First. The clock never jumps. Last.", "clock", "The clock never jumps."),
        (
            f"First. {'One two three four five six seven eight nine.'} Last.",
            "six",
            "One two three four,six seven eight nine.",
        ),
        ("We saw one, i.e. two of them. It is over.", "two", "We saw one, i.e. two of them."),
        ('So it "says" what it does to a -- b and to more of it.', "does", "what it does to,to more of it."),
        ("What we do is what we do as often as we do is what we do.", "often", "What we do is,is what we do."),
        ("Is it so? Is it so? Is it so? It is as it is, and not so.", "not", "It is as it is, and not so."),
    ],
)
def test_a_sentence_is_quoted_whole_or_from_its_first_words_to_its_last(text, word, expected):
    start = text.index(word)
    found = directive_in(text, start, start + len(word)).removeprefix(":~:text=")
    assert ",".join(map(unquote, found.split(","))) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        # Cells of a row, and what a page shows as another sign or where it has the sign of a footnote.
        ("puffin\t12\ncougar\t7\nend", "puffin", "puffin,12"),
        ("puffin\t12\ncougar\t7\nend", "12", "12,cougar"),
        ("a row of four\tcells that are long", "four", "a%20row%20of%20four"),
        ("We wait -- then go on with it all", "wait", "We%20wait,then%20go%20on%20with"),
        ("So a -> b is what it is called", "a", "So%20a,b%20is%20what%20it"),
        ('It "quotes" some words here of it', "some", "some%20words%20here%20of"),
        ("well... then some more of it", "some", "then%20some%20more%20of%20it"),
        ("See the guide for reasons\u2060. Then more words follow", "guide", "See%20the%20guide%20for"),
        ("See it for reasons\u2060. Then more", "reasons", "See%20it%20for,Then%20more"),
        ("a\nb\na\nb", "a", ""),
    ],
)
def test_what_crosses_a_border_is_a_range(text, word, expected):
    check(text, word, expected)


def test_in_code_every_sign_is_as_it_is():
    text = "p -> next; // wait..."
    found = directive(0, 1, len(text), lambda a, b: text[a:b], lambda _: True, is_code=True)
    assert unquote(found) == ":~:text=p -> next; //"


def test_what_a_title_repeats_is_not_unambiguous():
    check("Why the holes are there", "holes", "Why%20the%20holes%20are%20there")
    check("Why the holes are there", "holes", "", "Why the Holes are there")


@pytest.mark.parametrize(
    "space", [sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isspace() and sign != " "]
)
def test_no_space_but_a_single_blank_is_quoted(space):
    check(f"a wide{space}gap of words here", "gap", "gap%20of%20words%20here")


@pytest.mark.parametrize("blanks", range(2, 7))
def test_a_quotation_ends_at_several_blanks(blanks):
    check(f"a row of words{' ' * blanks}gap of words here", "row", "a%20row%20of%20words")
    check(f"a row of words{' ' * blanks}gap of words here", "gap", "gap%20of%20words%20here")


WORDS = st.sampled_from(["alpha", "beta", "Beta", "x-y", "a,b", "生命。", "&", "é", "\n", "\t", "  ", "z" * 30])


@given(words=st.lists(WORDS, min_size=1, max_size=60), data=st.data())
def test_whatever_a_directive_quotes_stands_once_in_the_text(words: list[str], data: st.DataObject):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    assume(not text[start].isspace())
    found = directive_in(text, start, start + 1)
    opening, *closing = map(unquote, found.removeprefix(":~:text=").split(","))
    assert len(opening) <= MAX_QUOTATION_LENGTH
    assert "\n" not in opening
    if found:
        assert "-" not in found.removeprefix(":~:text=")
        assert times(opening.casefold(), folded(text)) == 1
        at = text.index(opening)
        assert (
            at
            <= start
            <= max([at + len(opening), *(text.find(words, at + len(opening)) + len(words) for words in closing)])
        )
