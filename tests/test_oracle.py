"""The embedded engine finds the same posts with the same totals and scores as Whoosh's own searcher."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir

from backmatter.index.engines.base import Snapshot
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Code, Post, Section
from backmatter.index.query.parser import parse
from backmatter.index.query.tree import And, Dates, Everything, Filter, Node, Not, Or, Phrase, Prefix, Variants, Word
from backmatter.index.segment.fields import FIELDS
from tests.build import apply, day
from tests.oracle import Oracle

CONTENT = Path(__file__).parents[1] / "content"
LANGUAGES = ("en", "en", "en", "de", "fr")
TAGS = ("go", "memory", "background workers", "time")


def parts_of_articles() -> Iterator[Post]:
    """Make a post of every headed part of every article, in several languages, with what is fenced as code."""
    number = 0
    for file in sorted(CONTENT.glob("*.md")):
        for part in file.read_text("utf-8").split("\n## ")[1:]:
            title, _, text = part.partition("\n")
            code = [Code(*fence.span(1), "") for fence in re.finditer(r"(?s)```\w*\n(.*?)```", text)]
            middle = text.find("\n### ") + 1
            yield Post(
                path=f"{file.stem}/{number}.md",
                slug=f"{file.stem}/{number}",
                url="",
                title=title,
                text=text,
                sections=(Section("", 0, "", 0, middle), Section(title, 2, "", middle, len(text))),
                code=tuple(block for block in code if block.start >= middle),
                date=day("2024-01-01") + timedelta(days=11 * number) if number % 5 else None,
                tags=tuple(tag for i, tag in enumerate(TAGS) if number % (i + 2) == 0),
                author=("Mara Lindqvist", "Ben Okafor", "")[number % 3],
                summary=text.strip()[:60] if number % 4 == 0 else "",
                language=LANGUAGES[number % len(LANGUAGES)],
            )
            number += 1


POSTS = list(parts_of_articles())
WORDS = sorted({word for post in POSTS for word in re.findall(r"[^\W_]+", post.text + " " + post.title)})
PAIRS = [" ".join(pair) for post in POSTS for pair in pairwise(post.text.split())]


@dataclass(frozen=True)
class Pair:
    """A snapshot, the oracle over the same posts, and an oracle that reads the files of the engine."""

    snapshot: Snapshot
    oracle: Oracle
    through_codec: Oracle

    def check(self, node: Node) -> None:
        """Hold the engine's posts and total to the oracle's."""
        found = self.snapshot.find(node, limit=len(POSTS))
        assert {match.article.path for match in found.matches} == self.oracle.paths(node), node
        assert found.total == len(found.matches)

    def check_scores(self, *wanted: Word | Variants) -> None:
        """Hold the engine's scores for words to the oracle's."""
        found = self.snapshot.find(And(wanted), limit=len(POSTS)).matches
        assert {m.article.path: m.explanation.parts[0].value for m in found} == pytest.approx(
            self.oracle.scores(wanted), rel=1e-4
        )
        assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


Commits = list[tuple[list[Post], list[str]]]

SHORTENED = [replace(post, text="pool pool clock " + post.text[:40], code=()) for post in POSTS[::3]]
HISTORIES: dict[str, Commits] = {
    "one commit": [(POSTS, [])],
    "many commits": [(POSTS[at : at + 25], []) for at in range(0, len(POSTS), 25)],
    "updates and deletes": [(SHORTENED, []), (POSTS[:-7], []), (POSTS[10:13], [post.path for post in POSTS[:4]])],
    "merges": [(POSTS[at : at + 4], [POSTS[at - 1].path]) for at in range(1, len(POSTS), 4)],
}


@pytest.fixture(scope="module", params=HISTORIES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    directory = tmp_path_factory.mktemp("oracle")
    engine = WhooshEngine(directory)
    held: dict[str, Post] = {}
    for put, delete in HISTORIES[request.param]:
        apply(engine, put, delete)
        held |= {post.path: post for post in put}
        held = {path: post for path, post in held.items() if path not in delete}
    return Pair(engine.snapshot(), Oracle(held.values()), Oracle(held.values(), open_dir(directory)))


@pytest.mark.parametrize(
    "query",
    [
        "memory",
        "caches",
        "the",
        "go memory",
        "go OR docker OR zebra",
        "memory -cache",
        "-memory time",
        '"the cache"',
        '"of the"',
        '"in the same"',
        "sync.Pool",
        "mem*",
        "com*",
        "the pro*",
        "title:memory",
        "title:wh*",
        'title:"the"',
        "func in:code",
        '"func main" in:code',
        "tag:go",
        'tag:"background workers" retry',
        "author:lindqvist cache",
        "year:2025",
        "after:2024-06 before:2025-02 the",
        "before:2024-03 -the",
        "cache memory struct go time",
        "",
    ],
)
def test_the_same_posts_as_whoosh(pair: Pair, query: str) -> None:
    pair.check(parse(query))


@pytest.mark.parametrize(
    "words", [("memory",), ("caches",), ("the",), ("go", "time"), ("a", "loop"), ("retry", "worker")]
)
def test_the_same_scores_as_whoosh(pair: Pair, words: tuple[str, ...]) -> None:
    pair.check_scores(*map(Word, words))


@pytest.mark.parametrize(
    "query",
    [
        "memory",
        "go OR docker -cache",
        '"of the"',
        "com*",
        "title:memory",
        '"func main" in:code',
        "tag:go",
        "author:lindqvist year:2025",
        "after:2024-06 before:2025-02 the",
        "",
    ],
)
def test_whoosh_finds_the_same_in_our_files_as_in_its_own(pair: Pair, query: str) -> None:
    assert pair.through_codec.paths(parse(query)) == pair.oracle.paths(parse(query))


@pytest.mark.parametrize("word", ["memory", "caches", "the"])
def test_whoosh_scores_the_same_in_our_files_as_in_its_own(pair: Pair, word: str) -> None:
    assert pair.through_codec.scores([Word(word)]) == pytest.approx(pair.oracle.scores([Word(word)]))


@pytest.mark.parametrize("name", FIELDS)
def test_whoosh_reads_the_same_terms_from_our_files_as_from_its_own(pair: Pair, name: str) -> None:
    ours, theirs = (oracle.searcher.reader() for oracle in (pair.through_codec, pair.oracle))
    assert set(theirs.lexicon(name)) <= set(ours.lexicon(name))
    for term in theirs.lexicon(name):
        assert ours.frequency(name, term) >= theirs.frequency(name, term)


words = st.integers(0, len(WORDS) - 1).map(lambda number: WORDS[number])
fields = st.sampled_from([None, None, None, "title", "headings", "code"])
phrases = st.integers(0, len(PAIRS) - 1).map(lambda number: PAIRS[number])
dates = st.dates(day("2023-12-01").date(), day("2026-01-01").date())
variants = st.builds(
    Variants,
    st.builds(Word, words),
    st.lists(st.tuples(st.builds(Word, words), st.sampled_from([0.25, 0.5, 1.0])), max_size=2).map(tuple),
)
leaves = st.one_of(
    st.builds(Word, words, fields),
    st.builds(Phrase, phrases, fields),
    st.builds(Prefix, words.map(lambda word: word[:3]), fields),
    st.builds(Filter, st.just("tag"), st.sampled_from(TAGS)),
    st.builds(Filter, st.just("language"), st.sampled_from(LANGUAGES)),
    st.builds(Dates, dates, st.none() | dates),
    st.just(Everything()),
    variants,
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(tree=trees)
def test_any_tree_finds_the_same_posts_as_whoosh(pair: Pair, tree: Node) -> None:
    pair.check(tree)


@settings(max_examples=40, deadline=None)
@given(chosen=st.lists(words, min_size=1, max_size=3, unique=True))
def test_any_words_score_as_whoosh_scores_them(pair: Pair, chosen: list[str]) -> None:
    pair.check_scores(*map(Word, chosen))


@settings(max_examples=40, deadline=None)
@given(chosen=st.lists(variants, min_size=1, max_size=2, unique=True))
def test_words_with_variants_score_as_whoosh_scores_them_added_up(pair: Pair, chosen: list[Variants]) -> None:
    pair.check_scores(*chosen)
