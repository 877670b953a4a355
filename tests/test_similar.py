"""Terms that are spelt alike, against the distance worked out for one pair after the other."""

from functools import cache

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from tests.build import apply, post

WORDS = (
    "a ab abc abcd abcde abced bacde acde abcdef container contianer contaner contain containers runtime running "
    "rruntime überlauf uberlauf überlaufen zażółć zazolc müll mull mutex mutexes mute"
).split()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("similar"))
    apply(engine, [post("one.md", " ".join(WORDS)), post("two.md", " ".join(WORDS[:5]))])
    apply(engine, [post("three.md", " ".join(WORDS[3:]))])
    return engine.snapshot()


def distance(one: str, other: str) -> int:
    """Return the distance of optimal string alignment, by its definition."""

    @cache
    def between(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = [between(i - 1, j) + 1, between(i, j - 1) + 1, between(i - 1, j - 1) + (one[i - 1] != other[j - 1])]
        if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
            ways.append(between(i - 2, j - 2) + 1)
        return min(ways)

    return between(len(one), len(other))


def beginning(one: str, other: str) -> int:
    """Return the distance of a term from the beginning of another one that is closest to it."""
    return min(distance(one, other[:end]) for end in range(len(other) + 1))


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """Draw a word of the index with its first letter and up to three typing mistakes."""
    letters = list(draw(st.sampled_from(WORDS)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(1, len(letters)))
        kind = draw(st.sampled_from(["add", "drop", "replace", "swap"]))
        if kind == "add":
            letters.insert(at, draw(st.sampled_from("abceinrtuüż")))
        elif at < len(letters):
            if kind == "swap" and at + 1 < len(letters):
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            elif kind == "drop":
                del letters[at]
            else:
                letters[at] = draw(st.sampled_from("abceinrtuüż"))
    return "".join(letters)


@given(term=misspelt(), edits=st.integers(1, 2), is_beginning=st.booleans())
@example(term="abcde", edits=1, is_beginning=True)
def test_exactly_the_terms_within_the_distance_are_found(
    snapshot: Snapshot, term: str, edits: int, is_beginning: bool
) -> None:
    assume(len(term) > edits)
    measure = beginning if is_beginning else distance
    known = [word for word in snapshot.vocabulary(term[0]) if measure(term, word) <= edits]
    found = snapshot.similar(term, edits, beginning=is_beginning)
    assert {word: near.edits for word, near in found.items()} == {word: measure(term, word) for word in known}
    assert {word: near.posts for word, near in found.items()} == {
        word: snapshot.vocabulary(word)[word] for word in known
    }
