"""The cluster ranks and shows as the embedded engine does: from the postings of a query's terms, whatever the query."""

import logging
from collections.abc import Iterator
from operator import sub
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.analysis import tokenize
from backmatter.index.engines.base import Match, QueryResult, Snapshot
from backmatter.index.engines.opensearch.cluster import Access
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.opensearch.finder import CANDIDATES
from backmatter.index.engines.opensearch.postings import (
    all_entries,
    count_positions,
    pack_postings,
    post_terms,
    unpack_positions,
)
from backmatter.index.engines.opensearch.spans import pack_spans, unpack_spans
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Post
from backmatter.index.query.analysed import AnalysedQuery, analyse
from backmatter.index.search.search import search
from backmatter.index.segment.fields import FIELDS, PostTokens, TokenRun
from tests.build import apply, day, post

WORDS = (
    "run running runs runner clock clocks cache caching io.Reader max_open_conns monotonic leap second time zone "
    "channel select goroutine pod podium node network naïve Zürich C++ --race Go1.22 version release note"
).split()
# As long as few words are, and alike for as long.
LONG_WORDS = "counterrevolution counterrevolutionary counterrevolutionaries".split()
LONG_QUESTION = "how does the runner keep a clock cache and a channel of the network node in every time zone"


def _posts(count: int) -> Iterator[Post]:
    random = Random(25)  # noqa: S311 (drawn to be repeated, not to be secret)
    for number in range(count):
        text = " ".join(random.choices(WORDS, k=random.randint(3, 60)))
        yield post(
            f"p{number:03}.md",
            text,
            *[(" ".join(random.choices(WORDS, k=2)), " ".join(random.choices(WORDS, k=9))) for _ in range(number % 3)],
            code="for range time.Now()" if number % 4 == 0 else "",
            title=" ".join(random.choices(WORDS, k=random.randint(1, 3))),
            tags=tuple(random.sample(("go", "time", "cpu"), number % 3)),
            date=day(f"20{10 + number % 15}-01-01"),
            language=random.choice(("en", "en", "fr")),
            boost=2.0 if number % 50 == 0 else 1.0,
        )


@pytest.fixture(scope="module")
def snapshots(opensearch: Access, tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Snapshot]:
    """The same posts in a directory and on a cluster, there in three shards."""
    embedded = WhooshEngine(tmp_path_factory.mktemp("embedded"))
    cluster = OpenSearchEngine(opensearch, "parity", shards=3, replicas=0)
    for engine in (embedded, cluster):
        apply(engine, [*_posts(260), *(post(f"{word}.md", f"{word} began.") for word in LONG_WORDS)])
    return embedded.snapshot(), cluster.snapshot()


@pytest.mark.parametrize(
    "text",
    [
        "leap",
        "running clocks",
        '"leap second"',
        '"time zone" clock',
        "io.Reader cache",
        "po*",
        "runni* zone",
        "counterrevolutionary",
        "counterrevolutiona* began",
        '"leap sec*"',
        "title:clock",
        "now in:code",
        "leap tag:go",
        "clock -cache",
        "clock OR podium tag:time",
        "version 1.22",
        "max open conns",
        "naive zurich",
        LONG_QUESTION,
    ],
)
def test_a_query_gives_the_same_list_scores_and_passages(snapshots: tuple[Snapshot, Snapshot], text: str) -> None:
    one, other = (_found(snapshot, text) for snapshot in snapshots)
    assert (other.total, other.complete) == (one.total, one.complete)
    assert list(map(_seen, other.matches)) == list(map(_seen, one.matches))
    assert other.facets == one.facets


def test_a_list_that_is_filled_up_begins_alike(snapshots: tuple[Snapshot, Snapshot]) -> None:
    one, other = (_found(snapshot, "latest release notes") for snapshot in snapshots)
    assert list(map(_seen, other.matches)) == list(map(_seen, one.matches))


@pytest.mark.parametrize(
    ("text", "requests"),
    [("leap", 2), ("second cache network", 2), ("go routine", 2), ("cach es", 3), ("routine select OR go routine", 2)],
    ids=["one word", "never as one", "as one", "as one in another form", "in each part"],
)
def test_whether_neighbours_are_written_as_one_is_asked_with_the_search(
    snapshots: tuple[Snapshot, Snapshot], caplog: pytest.LogCaptureFixture, text: str, requests: int
) -> None:
    _check_requests(snapshots, caplog, analyse(text, exact=True), requests)


def test_how_many_posts_have_each_word_is_known_from_the_search_that_finds_little(
    snapshots: tuple[Snapshot, Snapshot], caplog: pytest.LogCaptureFixture
) -> None:
    # Candidates, what is shown of them, and posts that have another name for both words.
    _check_requests(snapshots, caplog, analyse("Podium monotonic year:2011"), 3)


def _check_requests(
    snapshots: tuple[Snapshot, Snapshot], caplog: pytest.LogCaptureFixture, query: AnalysedQuery, requests: int
) -> None:
    embedded, cluster = snapshots
    # What a generation is asked once comes before.
    assert _found(cluster, "clock").matches
    caplog.set_level(logging.INFO, "opensearch")
    caplog.clear()
    one, other = (search(snapshot, query) for snapshot in (cluster, embedded))
    assert len([record for record in caplog.records if record.name == "opensearch"]) == requests
    ones, others = ([(hit.path, round(hit.score, 4)) for hit in found.hits] for found in (one, other))
    assert (one.total, ones) == (other.total, others)


def test_the_pages_of_a_long_list_show_each_post_once(snapshots: tuple[Snapshot, Snapshot]) -> None:
    text = "time OR run OR clock OR node"
    one, other = (
        [match for offset in range(0, 270, 10) for match in _found(snapshot, text, offset=offset).matches]
        for snapshot in snapshots
    )
    assert len(one) > CANDIDATES
    assert sorted(match.article.path for match in other) == sorted(match.article.path for match in one)
    assert [match.article.path for match in other[:150]] == [match.article.path for match in one[:150]]
    scores = {match.article.path: match.score for match in one}
    assert {match.article.path: match.score for match in other} == pytest.approx(scores, rel=1e-4)


def _found(snapshot: Snapshot, text: str, **options: int) -> QueryResult:
    query = analyse(text)
    return snapshot.find(query.required, wider=query.relaxed, title=query.terms, **options)  # type: ignore[arg-type]


def _seen(match: Match) -> tuple[object, ...]:
    spans = match.spans
    cut = match.cut(spans.starts[0], spans.ends[0]) if spans.starts else ""
    parts = {part.name: round(part.value, 4) for part in match.explanation.parts}
    words = match.cut(0, 60).split()[:-1]
    quotations = [" ".join(words[start:end]) for start, end in ((0, 1), (0, 2), (1, 4))]
    quoted = [match.is_unique(quotation) for quotation in quotations]
    return match.article, round(match.score, 4), parts, spans.starts, spans.terms, spans.headings, cut, quoted


@given(
    st.lists(st.sampled_from([*WORDS, *LONG_WORDS, "", "日本", "x" * 300]), max_size=80),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(WORDS)), max_size=5),
    st.sampled_from(["en", "de", "ja"]),
)
def test_the_postings_of_a_post_are_read_as_they_were_packed(
    found: list[str], extras: list[tuple[int, str]], language: str
) -> None:
    tokens = PostTokens(terms=found, extras=extras, runs=[TokenRun(0, FIELDS.index("prose"))])
    expected: dict[str, list[int]] = {}
    for position, term in sorted([*enumerate(found), *extras]):
        if term:
            expected.setdefault(term, []).append(position)
    stored = dict(all_entries(pack_postings(post_terms(tokens), language)))
    read = {term.decode(): unpack_positions([positions]).values.tolist() for term, positions in stored.items()}
    assert read == expected
    counted = {term.decode(): count_positions(positions) for term, positions in stored.items()}
    assert counted == {term: len(positions) for term, positions in expected.items()}


@given(st.lists(st.text("aZé1_-.' \n“日", max_size=40), min_size=1, max_size=3))
def test_where_the_tokens_of_posts_stand_is_read_as_it_was_packed(texts: list[str]) -> None:
    cuts = [tokenize(text) for text in texts]
    # The title comes before the text, and a free position behind each run.
    spans = [([0, *cut.starts, 0], [0, *map(sub, cut.ends, cut.starts), 0]) for cut in cuts]
    packed = [pack_spans(text, *map(np.array, own)) for text, own in zip(texts, spans, strict=True)]
    at = np.cumsum([0, *(len(starts) for starts, _ in spans)])
    read = [row.tolist() for row in unpack_spans(texts, packed, at)]
    assert read == [[number for row in rows for number in row] for rows in zip(*spans, strict=True)]
