import re
from typing import NamedTuple
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.index import analysis
from backmatter.index.analysis import CJK, MAX_TERM, STEMMERS, fold, stem, terms, tokenizer


class Token(NamedTuple):
    """One token of a text."""

    term: str
    start: int
    end: int


def tokenize(text: str, *part: int) -> list[Token]:
    """Give a text's tokens one by one."""
    return [Token(*token) for token in zip(*analysis.tokenize(text, *part)[:3], strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \n\t ", []),
        ("A cache line", ["a", "cache", "line"]),
        ("sync.Pool", ["sync", "pool"]),
        ("max_open_conns", ["max", "open", "conns"]),
        ("row-major, row—major", ["row", "major", "row", "major"]),
        ("time.Now()", ["time", "now"]),
        ("O(n²)", ["o", "n", "2"]),
        ("x86 L1 v1.25.3", ["x86", "l1", "v1", "25", "3"]),
        ("30 % of 1,000", ["30", "of", "1", "000"]),
        ("it's don't rock'n'roll", ["it", "dont", "rock", "n", "roll"]),
        ("Go’s scheduler's", ["go", "scheduler"]),
        ("'quoted' ’quoted’", ["quoted", "quoted"]),
        ("the 1990's", ["the", "1990"]),
        ("naïve Café Ångström", ["naive", "cafe", "angstrom"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("ﬁle ＧＯ ①", ["file", "go", "1"]),
        ("Кэш ΛΌΓΟΣ λόγος", ["кэш", "λογοσ", "λογοσ"]),
        ("$ _ __ ---- ==== ****", []),
        ("-> :: <= x??y a->>'b' !!ok", ["->", "::", "<=", "x", "??", "y", "a", "->>", "b", "!!", "ok"]),
        ("p:=&T{} x==-1 a&&!b c::<D> wait.... wow!!!", "p := t x == 1 a && b c :: d wait wow".split()),
        ("a → b ⇒ c, x≠y ∀z 3×4", ["a", "→", "b", "⇒", "c", "x", "≠", "y", "∀", "z", "3", "×", "4"]),
        ("👍🏽 ok ⚠️ 👩‍💻⌘K", ["👍", "ok", "⚠", "👩‍💻", "⌘", "k"]),
        ("生命周期", ["生命", "命周", "周期"]),
        ("犬", ["犬"]),
        ("ｶﾞｷﾞｸ", ["ガギ", "ギク"]),
        ("กำกำ", ["กำกำ"]),
        ("Goの並行処理", ["go", "の並", "並行", "行処", "処理"]),
        ("한국어 검색", ["한국", "국어", "검색"]),
        ("a\u0000b\ud800c", ["a", "b", "c"]),
    ],
)
def test_a_text_has_these_terms(text: str, expected: list[str]):
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Go's  café", ["Go's", "café"]),
        ("x := 生命周期;", ["x", ":=", "生命", "命周", "周期"]),
        ("(ﬁle)", ["ﬁle"]),
        ("ｶﾞｷﾞｸ ok", ["ｶﾞｷﾞ", "ｷﾞｸ", "ok"]),
        ("กำกำ", ["กำกำ"]),
        ("v:=&x ⚠️!", ["v", ":=", "x", "⚠️"]),
    ],
)
def test_a_token_spans_what_it_was_made_from(text: str, expected: list[str]):
    assert [text[start:end] for _, start, end in tokenize(text)] == expected


def test_a_part_of_a_text_keeps_its_offsets():
    assert tokenize("one two three", 4, 7) == [("two", 4, 7)]
    assert tokenize("one two three", 5) == [("wo", 5, 7), ("three", 8, 13)]


def test_of_a_run_of_letters_without_end_the_beginning_is_kept():
    [token] = tokenize("x" * 10_000)
    assert (token.term, token.start, token.end) == ("x" * MAX_TERM, 0, 10_000)


@given(text=st.text())
def test_offsets_lie_in_order_inside_the_text(text: str):
    tokens = tokenize(text)
    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert [token.start for token in tokens] == sorted({token.start for token in tokens})
    assert [token.end for token in tokens] == sorted({token.end for token in tokens})


@given(text=st.text(st.characters(max_codepoint=0x2FF)))
@example("don't C++ 1,000.5 Node.js --race I/O ->x naïve_name’s $PATH/.NET")
def test_a_text_is_cut_alike_beside_one_that_needs_all_scripts(text: str):
    *cut, last = tokenize(f"{text}\n漢")
    assert (cut, last.term) == (tokenize(text), "漢")


@given(text=st.from_regex("[0-9A-Za-z]*", fullmatch=True) | st.text())
def test_the_terms_of_a_text_are_those_of_its_tokens(text: str):
    assert terms(text) == [token.term for token in tokenize(text)]


@given(text=st.text())
def test_what_a_token_spans_is_its_term_or_folds_to_it(text: str):
    for token in tokenize(text):
        span = text[token.start : token.end]
        word = span.lstrip("-.$@")
        pair = re.fullmatch(f"[{CJK}]+", span)
        sign = re.sub("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]", "", span) or span
        expected = span if pair else fold(word) if any(map(str.isalnum, span)) else sign
        assert normalize("NFKC", token.term) == normalize("NFKC", expected)
        assert token.term.encode()


@pytest.mark.parametrize(
    "signs", ["e\u0301", "\u0e19\u0e49", "\u1780\u17d2", "x't", "aA", "1.1", "1,000", "A/", "\u0645\u200c"]
)
def test_the_terms_of_a_text_do_not_grow_faster_than_the_text(signs: str):
    one, two = (len("".join(terms(signs[:1] + signs[1:] * count))) for count in (2_000, 4_000))
    assert two <= 2 * one + MAX_TERM


@given(words=st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True)))
def test_case_does_not_matter(words: list[str]):
    assert terms(" ".join(words).upper()) == terms(" ".join(words)) == words


@pytest.mark.parametrize(
    ("term", "language", "expected"),
    [
        ("caches", "en", "cach"),
        ("caching", "en", "cach"),
        ("caches", "en-GB", "cach"),
        ("häuser", "de", "haus"),
        ("workers", "ja", "workers"),
        ("workers", "xx", "workers"),
        ("workers", "", "workers"),
        ("l2s", "en", "l2s"),
        ("والبيانات", "ar", "بيان"),
        ("وقت", "ar", "وقت"),
        ("cache", "ar", "cache"),
        ("2026", "en", "2026"),
    ],
)
def test_a_term_has_this_stem(term: str, language: str, expected: str):
    assert stem(term, language) == expected


@pytest.mark.parametrize("language", STEMMERS)
def test_every_language_has_its_stemmer(language: str):
    assert stem("a", language)


@pytest.fixture(scope="module")
def whole_pattern():
    """Give what cuts a text, without what tells the commonest tokens at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokenizer, "_LONE_WORD", "(?!)")
        patch.setattr(tokenizer, "_NO_START", "(?!)")
        return tokenizer._compiled.__wrapped__(is_plain=False)


PIECES = st.sampled_from(
    [*"aBsé1犬한ſ²א .,:;/&'’-_+#$@=<>(|\"\n", "Foo", "333", "js", "\u0301", "\u00a0", "\u200c", ":="]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_tokens_that_are_told_at_once_are_those_of_the_whole_pattern(whole_pattern, text):
    assert tokenizer._compiled(is_plain=False).split(text) == whole_pattern.split(text)
