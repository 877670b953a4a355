import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.analysis import terms
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import MAX_QUERY_LENGTH, MAX_WORD_LENGTH, OPERATORS, Operator, parse
from backmatter.index.query.relax import relax
from backmatter.index.query.tree import (
    MAX_CLAUSES,
    And,
    Between,
    Dates,
    Everything,
    Filter,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Word,
    wanted,
)


def show(node: Node) -> str:
    """Print a tree: [word], "phrase", prefix*, name=value, after..before, ! for not, & and | for and and or."""
    match node:
        case Everything():
            return "all"
        case Word(text, field):
            return f"{field or ''}[{text}]"
        case Phrase(text, field):
            return f'{field or ""}"{text}"'
        case Prefix(text, field):
            return f"{field or ''}[{text}]*"
        case Filter(name, value):
            return f"{name}={value}"
        case Dates(after, before):
            return f"{after or ''}..{before or ''}"
        case Not(inner):
            return f"!{show(inner)}"
        case And(nodes):
            return "(" + " & ".join(map(show, nodes)) + ")"
        case Or(nodes):
            return "(" + " | ".join(map(show, nodes)) + ")"


def check(text: str, expected: str) -> None:
    assert show(parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('series:"Go Memory"', Filter("series", "Go Memory")),
        ("rating:3..5", Between("rating", 3, 5)),
        ("rating:..5", Between("rating", high=5)),
        ("rating:3..x", Filter("rating", "3..x")),
        ("rating:", Word("rating:")),
        ("http://a.example", Word("http://a.example")),
        ("std::vector", Word("std::vector")),
        ("other:3", Word("other:3")),
    ],
)
def test_a_key_that_the_settings_name_is_a_field(text, expected):
    assert parse(text, ("series", "rating", "http", "std")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "all"),
        ("  \t\n ", "all"),
        ("cache", "[cache]"),
        ("cache line", "([cache] & [line])"),
        ("  cache \n line ", "([cache] & [line])"),
        ("cache　line", "([cache] & [line])"),
        ("Go Time", "([Go] & [Time])"),
        ("日本語 検索", "([日本語] & [検索])"),
        ("a b c", "([a] & [b] & [c])"),
        ("and not near", "([and] & [not] & [near])"),
        ("a AND b", "([a] & [b])"),
        ("CAP AND ACID", "([CAP] & [ACID])"),
        ("a AND", "[a]"),
        ("AND gate", "([AND] & [gate])"),
        ("a OR b AND c", "(([a] | [b]) & [c])"),
        ('a "AND" b', '([a] & "AND" & [b])'),
    ],
)
def test_all_words_are_required(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"cache line"', '"cache line"'),
        ('" cache line "', '"cache line"'),
        ('go "cache line" size', '([go] & "cache line" & [size])'),
        ('"a b""c d"', '("a b" & "c d")'),
        ('"word"', '"word"'),
        ("“cache line”", '"cache line"'),
        ("„cache line“", '"cache line"'),
        ("«cache line»", '"cache line"'),
        ("＂cache line＂", '"cache line"'),
        ('“cache line"', '"cache line"'),
        ("don’t panic", "([don’t] & [panic])"),
        ("'single quotes'", "(['single] & [quotes'])"),
        ('""', "all"),
        ('" "', "all"),
        ('a "" b', "([a] & [b])"),
    ],
)
def test_quoted_words_are_a_phrase(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"cache line', "([cache] & [line])"),
        ('"', "all"),
        ('cache line"', "([cache] & [line])"),
        ('5" disk', "([5] & [disk])"),
        ('say"hello there"', '([say"hello] & [there])'),
        ('"a b" "c', '("a b" & [c])'),
        ('tag:"background work', "(tag=background & [work])"),
    ],
)
def test_a_quote_that_is_not_closed_is_ignored(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cache -redis", "([cache] & ![redis])"),
        ("-redis cache", "(![redis] & [cache])"),
        ("-n x", "(![n] & [x])"),
        ("-a -b", "(![a] & ![b])"),
        ('cache -"line size"', '([cache] & !"line size")'),
        ('-"line size"', '!"line size"'),
        ("cache -al*", "([cache] & ![al]*)"),
        ("cache -tag:go", "([cache] & !tag=go)"),
        ("-tag:go", "!tag=go"),
        ("cache -title:go", "([cache] & !title[go])"),
        ("cache -before:2026", "([cache] & !..2026-01-01)"),
        ("cache -.NET", "([cache] & ![.NET])"),
        ("cache －redis", "([cache] & ![redis])"),
        ("cache NOT redis", "([cache] & ![redis])"),
        ("cache AND NOT redis", "([cache] & ![redis])"),
        ("cache NOT -redis", "([cache] & ![redis])"),
        ('cache NOT "line size"', '([cache] & !"line size")'),
        ("cache NOT tag:go", "([cache] & !tag=go)"),
        ("cache NOT", "[cache]"),
        ("cache OR NOT redis", "([cache] | ![redis])"),
        ("in:code cache NOT redis", "(code[cache] & !code[redis])"),
        ("NOT NULL", "([NOT] & [NULL])"),
        ("IS NOT NULL", "([IS] & [NOT] & [NULL])"),
        ("create table IF NOT EXISTS", "([create] & [table] & [IF] & [NOT] & [EXISTS])"),
    ],
)
def test_a_minus_excludes_what_it_touches(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-", "[-]"),
        ("a - b", "([a] & [-] & [b])"),
        ("--race", "[--race]"),
        ("go test --race", "([go] & [test] & [--race])"),
        ("-n", "[-n]"),
        ("-gcflags", "[-gcflags]"),
        ("in:code -n", "code[-n]"),
        ("ch -> x", "([ch] & [->] & [x])"),
        ("x -= 1", "([x] & [-=] & [1])"),
        ("a -) b", "([a] & [-)] & [b])"),
        ("well-known", "[well-known]"),
        ('"foo"-bar', '("foo" & [-bar])'),
        ("--tag:go", "[--tag:go]"),
    ],
)
def test_a_minus_that_excludes_nothing_is_text(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mutex OR atomic", "([mutex] | [atomic])"),
        ("a b OR c", "([a] & ([b] | [c]))"),
        ("a OR b c", "(([a] | [b]) & [c])"),
        ("a OR b OR c", "([a] | [b] | [c])"),
        ("a OR b c OR d", "(([a] | [b]) & ([c] | [d]))"),
        ("(a OR b) c", "(([(a] | [b)]) & [c])"),
        ('a OR "b c"', '([a] | "b c")'),
        ("a OR -b", "([a] | ![b])"),
        ("tag:go OR tag:rust", "(tag=go | tag=rust)"),
        ("a or b", "([a] & [or] & [b])"),
        ("a Or b", "([a] & [Or] & [b])"),
        ("HTTP OR HTTPS", "([HTTP] | [HTTPS])"),
        ("HTTP OR HTTPS tag:go", "(([HTTP] | [HTTPS]) & tag=go)"),
        ("猫 OR 犬 OR 鳥", "([猫] | [犬] | [鳥])"),
        ("404 OR 500 OR 502", "([404] | [500] | [502])"),
        ("THE OR GATE OR", "([THE] & [OR] & [GATE] & [OR])"),
        ("WHAT IS NOT IN AND", "([WHAT] & [IS] & [NOT] & [IN] & [AND])"),
    ],
)
def test_or_binds_tighter_than_and(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OR", "[OR]"),
        ("OR gate", "([OR] & [gate])"),
        ("a OR", "[a]"),
        ("a b OR ", "([a] & [b])"),
        ("a OR OR b", "([a] | [b])"),
        ('a OR ""', "[a]"),
        ("a OR in:code b", "(code[a] | code[b])"),
        ("OR OR OR", "[OR]"),
    ],
)
def test_an_or_without_two_sides_joins_nothing(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alloc*", "[alloc]*"),
        ("go*", "[go]*"),
        ("std::vec*", "[std::vec]*"),
        ("日本*", "[日本]*"),
        ("alloc＊", "[alloc]*"),
        ("title:alloc*", "title[alloc]*"),
        ("g*", "[g*]"),
        ("*", "[*]"),
        ("a.*", "[a.*]"),
        ("foo**", "[foo]"),
        ("foo*bar", "[foo*bar]"),
        ("*foo", "[*foo]"),
        ('"alloc*"', '"alloc*"'),
    ],
)
def test_a_star_after_two_letters_asks_for_a_prefix(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:go", "tag=go"),
        ("tag:go cache", "(tag=go & [cache])"),
        ("TAG:Go", "tag=Go"),
        ("tag：go", "tag=go"),
        ('tag:"background workers"', "tag=background workers"),
        ('tag:"  background   workers "', "tag=background workers"),
        ("tag:c++", "tag=c++"),
        ("tag:--race", "tag=--race"),
        ("author:ada", "author=ada"),
        ('Author:"Ada Lovelace"', "author=Ada Lovelace"),
        ("title:cache", "title[cache]"),
        ('title:"cache line"', 'title"cache line"'),
        ("year:2026", "year=2026"),
        ('year:"2026"', "year=2026"),
    ],
)
def test_a_field_narrows_to_its_value(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after:2026", "2026-01-01.."),
        ("after:2026-03", "2026-03-01.."),
        ("after:2026-03-05", "2026-03-05.."),
        ("after:2026-3-5", "2026-03-05.."),
        ("before:2026", "..2026-01-01"),
        ("before:2026-03", "..2026-03-01"),
        ("before:2024-02-29", "..2024-02-29"),
        ("after:2026-01 before:2026-03", "(2026-01-01.. & ..2026-03-01)"),
        ("cache after:2025", "([cache] & 2025-01-01..)"),
    ],
)
def test_dates_stand_for_the_first_day_they_name(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sync.Pool in:code", "code[sync.Pool]"),
        ("in:code sync.Pool", "code[sync.Pool]"),
        ("IN:Code x", "code[x]"),
        ("in:title x", "title[x]"),
        ("in:headings x y", "(headings[x] & headings[y])"),
        ('in:code "go func" al* -x', '(code"go func" & code[al]* & !code[x])'),
        ("in:code x title:y tag:z", "(code[x] & title[y] & tag=z)"),
        ("in:title x in:code", "code[x]"),
        ("in:code", "all"),
        ("in:nowhere x", "([in:nowhere] & [x])"),
        ("x -in:code", "([x] & ![in:code])"),
        ("in:code in:nowhere", "code[in:nowhere]"),
    ],
)
def test_in_restricts_every_word_without_a_field(text, expected):
    check(text, expected)


NOT_GRAMMAR = r"""
C++ C# .NET O(n) std::vector sync.Pool http://x a:b foo:bar a&b %2F ( : :: \n
year:abc year:20266 year:２０２６ year:2026-03 after:soon before:2026-13 after:2026-02-30 before:0000 after:2026-1-1-1
tag tag: title: in: subtag:go language:en
<script> $(reboot) ../../etc/passwd {{7*7}} %00 '; ${x}
"""


@pytest.mark.parametrize("text", NOT_GRAMMAR.split())
def test_what_is_not_grammar_is_text(text):
    check(text, f"[{text}]")
    check(f"x {text}", f"([x] & [{text}])")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\-x", "[-x]"),
        (r"a \-x", "([a] & [-x])"),
        (r"tag\:go", "[tag:go]"),
        (r"alloc\*", "[alloc*]"),
        (r"\"a b\"", '(["a] & [b\\])'),
        ('a "OR" b', '([a] & "OR" & [b])'),
        ('"-x"', '"-x"'),
        ('"tag:go"', '"tag:go"'),
        (r"C:\new", r"[C:\new]"),
        (r"a\\b", r"[a\b]"),
    ],
)
def test_backslashes_and_quotes_take_grammars_meaning_away(text, expected):
    check(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b", "([a] & [b])"),
        ("\ud800go\udfff", "[go]"),
        ("\ufefftag:go", "tag=go"),
        ("a\x1b[31mb", "([a] & [[31mb])"),
        ("a\x85b\u200bc", "([a] & [b] & [c])"),
    ],
)
def test_control_characters_and_lone_surrogates_are_blanks(text, expected):
    check(text, expected)


def test_a_query_is_cut_at_its_limits():
    assert len(leaves(parse("word " * 1_000))) == MAX_CLAUSES
    assert len(leaves(parse(" OR ".join(["word"] * 1_000)))) == MAX_CLAUSES
    check("x" * MAX_WORD_LENGTH + "yyy", "[" + "x" * MAX_WORD_LENGTH + "]")
    check("x" + " " * MAX_QUERY_LENGTH + "y", "[x]")
    assert analyse("x " * MAX_QUERY_LENGTH).terms == ("x",) * (MAX_QUERY_LENGTH // 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", "([a] | [b])"),
        ("a b c", "([a] | [b] | [c])"),
        ('a "b c"', '"b c"'),
        ('a b "c d"', '(([a] | [b]) & "c d")'),
        ("a b OR c", "([a] | [b] | [c])"),
        ("a b tag:go", "(([a] | [b]) & tag=go)"),
        ("year:2026 a -x b after:2025", "(([a] | [b]) & year=2026 & ![x] & 2025-01-01..)"),
        ("a b tag:go OR tag:rust", "(([a] | [b]) & (tag=go | tag=rust))"),
        ("a* title:b", "title[b]"),
        ("a* b title:c", "(([a*] | [b]) & title[c])"),
        ("x-ray", "([x-ray] | [ray])"),
        ("co-op ab-cd", "([co-op] | [ab-cd] | [co] | [op] | [ab] | [cd])"),
        ("ab-cd ab", "([ab-cd] | [ab] | [cd])"),
        ('ab-cd "x y"', '"x y"'),
        ("a_b io.Reader", "([a_b] | [io.Reader])"),
        ("title:ab-cd", None),
        ("", None),
        ("a", None),
        ('"a b"', None),
        ("a OR b", None),
        ("a tag:go -x", None),
        ("tag:go year:2026", None),
        ("-a -b", None),
    ],
)
def test_relaxing_asks_for_any_of_the_words_and_keeps_the_filters(text, expected):
    wider = relax(parse(text))
    assert (wider and show(wider)) == expected


def test_relaxing_reaches_into_a_query_that_was_narrowed_from_outside():
    narrowed = And((parse("a b -c"), Filter("tag", "go")))
    assert relax(narrowed) == And((Or((Word("a"), Word("b"))), Not(Word("c")), Filter("tag", "go")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cache line", ()),
        ("cache AND line", ()),
        ("mutex OR atomic", ("OR",)),
        ("a NOT b OR c", ("NOT", "OR")),
        ("a -b -c", ("-",)),
        ("-n", ()),
        ('alloc* "a b"', ("*",)),
        ("x in:code tag:go title:cache before:2026", ("in:", "tag:", "title:", "before:")),
        ("std::vector http://a.example year:abc", ()),
        ("WHAT IS THE OR GATE FOR", ()),
    ],
)
def test_the_operators_of_a_query_are_named(text, expected):
    assert analyse(text).operators == expected


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_the_help_shows_queries_that_work(operator: Operator):
    tree = parse(operator.example)
    only_words = And(tuple(map(Word, operator.example.split())))
    assert (tree == only_words) == (operator.name == "words")


def leaves(node: Node) -> list[Node]:
    match node:
        case And(nodes) | Or(nodes):
            return [leaf for inner in nodes for leaf in leaves(inner)]
        case Not(inner):
            return leaves(inner)
        case Everything():
            return []
    return [node]


PIECES = [
    *'"“”-*:\\() \x00\ud800',
    "OR",
    " OR ",
    "tag:",
    "title:",
    "in:code",
    "after:2026",
    "year:",
    "--",
    "ab",
    "日本",
]
HOSTILE = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join), st.characters().map(lambda c: c * 2_000))
PLAIN = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=20), min_size=1, max_size=MAX_CLAUSES)


@given(HOSTILE)
def test_any_string_is_a_query_within_the_limits(text):
    tree = parse(text)
    assert len(leaves(tree)) <= MAX_CLAUSES
    assert tree == parse(text)
    for leaf in leaves(tree):
        if isinstance(leaf, Word | Prefix):
            assert 0 < len(leaf.text) <= MAX_WORD_LENGTH
        if isinstance(leaf, Dates):
            assert isinstance(leaf.after or leaf.before, date)


@given(HOSTILE.filter(lambda text: len(text) < MAX_QUERY_LENGTH - 10), st.text(" \t\n\x00", max_size=5))
def test_blanks_around_a_query_change_nothing(text, blanks):
    assert parse(blanks + text + blanks) == parse(text)


@given(PLAIN)
def test_every_word_of_a_plain_query_survives(words):
    assert [leaf.text for leaf in leaves(parse(" ".join(words)))] == words


@given(HOSTILE)
def test_relaxing_adds_nothing_but_words_of_the_query(text):
    tree = parse(text)
    if wider := relax(tree):
        known = {*leaves(tree), *(Word(term) for leaf in wanted(tree) for term in terms(leaf.text))}
        assert {*leaves(wider)} <= known
        again = relax(wider)
        assert again is None or {*map(show, leaves(again))} <= {*map(show, leaves(wider))}
