import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.analysis import terms
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import And, Everything, Filter, Not, Or, Phrase, Prefix, Variants, Word, wanted
from backmatter.index.ranking import PART

GO, CPU, PATH = Filter("tag", "go"), Filter("tag", "cpu"), Filter("path", "a.md")
OLD, NEW = Filter("year", "2025"), Filter("year", "2026")
ENGLISH = Filter("language", "en")


@given(st.text())
def test_a_query_holds_what_was_typed_and_what_it_means(text):
    query = analyse(text)
    assert (query.text, query.tree, query.terms) == (text, parse(text), tuple(terms(text)))
    assert query.leaves == tuple(wanted(parse(text)))


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("", ()),
        ("tag:go -redis after:2026", ()),
        ('cache "go time" alloc*', (Word("cache"), Phrase("go time"), Prefix("alloc"))),
        ("mutex OR title:lock", (Word("mutex"), Word("lock", "title"))),
    ],
)
def test_the_leaves_are_what_a_query_looks_for(text, leaves):
    assert analyse(text).leaves == leaves


@pytest.mark.parametrize(
    ("text", "sort", "order"),
    [
        ("cache", "relevance", "relevance"),
        ("cache", "oldest", "oldest"),
        ("", "relevance", "newest"),
        ("tag:go -redis", "relevance", "newest"),
        ("tag:go", "oldest", "oldest"),
    ],
)
def test_a_query_without_words_lists_the_newest_first(text, sort, order):
    assert analyse(text, sort=sort).order == order


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ((), Word("x")),
        ((GO, CPU), And((Word("x"), GO, CPU))),
        ((OLD, NEW), And((Word("x"), Or((OLD, NEW))))),
        ((GO, OLD, ENGLISH), And((Word("x"), GO, Or((OLD,)), Or((ENGLISH,))))),
    ],
)
def test_every_tag_is_required_and_one_of_the_years_and_of_the_languages(filters, expected):
    assert analyse("x", filters=filters).required == expected


E_MAIL = Or((Variants(Word("email"), ((Phrase("e-mail"), PART),)), Word("mail")))


@pytest.mark.parametrize(
    ("text", "required", "relaxed"),
    [
        ("a b", And((Word("a"), Word("b"))), Or((Word("a"), Word("b")))),
        ("a", Word("a"), None),
        ("e-mail", Variants(Word("email"), ((Phrase("e-mail"), PART),)), E_MAIL),
        ("", Everything(), None),
    ],
)
def test_a_query_asks_for_all_words_in_any_form_and_else_for_some(text, required, relaxed):
    assert (analyse(text).required, analyse(text).relaxed) == (required, relaxed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a "b c"', Or((Word("a"), Phrase("b c")))),
        ('cd "cd ef"', Or((Word("cd"), Phrase("cd ef"), Word("ef")))),
        ('a "bc de" -x', And((Or((Word("a"), Phrase("bc de"), Word("bc"), Word("de"))), Not(Word("x"))))),
        ('"bc de"', None),
        ('"a b" "c d"', None),
        ('"a b" tag:go', None),
        ("a b", None),
    ],
)
def test_quotes_beside_words_can_be_given_up(text, expected):
    assert analyse(text).unquoted == expected


def test_the_filters_hold_for_the_relaxed_query_too():
    assert analyse("a b", filters=(GO,)).relaxed == And((Or((Word("a"), Word("b"))), GO))


def test_another_text_is_searched_under_the_same_filters_and_in_the_same_order():
    query = analyse("gorotine", filters=(GO,), sort="oldest", exact=True)
    assert query.terms == ("gorotine",)
    assert query.respelt("goroutine") == analyse("goroutine", filters=(GO,), sort="oldest", exact=True)
    assert query.respelt("goroutine").terms == ("goroutine",)


def test_a_query_is_restricted_to_one_post_beside_its_filters():
    assert analyse("x", filters=(GO,)).only("a.md") == analyse("x", filters=(GO, PATH))
