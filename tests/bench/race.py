"""The query benchmark: every engine answers the same query in turn.

Times are of the processor, by the clock of the thread that answers: all engines answer in one thread, and what else the
machine does is not theirs.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from time import thread_time

from tests.bench.figures import Times, settle, times
from tests.bench.peers import Answer, Peer
from tests.bench.queries import Query
from tests.bench.tables import figure, ratio, table

# All queries of a kind are asked this often, one round after the other; the median of a query's times is its time, so
# that what else the machine does at one moment does not make the far end. One more round before warms up.
ROUNDS = 3
# Plain Whoosh needs up to seconds for one query: it is asked fewer, once each, and the tables say so.
ONCE = {"Whoosh": 15}
# Java compiles what runs often: what the other engines do once to warm up, Lucene does this often.
WARM_UPS = {"Lucene": 50}

Way = Callable[[Peer, Query], Answer]
WAYS: dict[str, Way] = {
    "Top 10 and total": lambda peer, query: peer.top(query),
    "Top 10 with passages, and total": lambda peer, query: peer.passages(query),
}
# By way, kind of query and engine.
Raced = dict[str, dict[str, dict[str, Times]]]


def race(peers: Mapping[str, Peer], drawn: Mapping[str, list[Query]]) -> Raced:
    """Time every engine, each by the name that the figures have for it, on every kind of query."""
    settle()
    return {
        way: {kind: dict(_kind(peers, queries, ask)) for kind, queries in drawn.items()} for way, ask in WAYS.items()
    }


def _kind(peers: Mapping[str, Peer], queries: list[Query], ask: Way) -> Iterator[tuple[str, Times]]:
    taken: dict[str, list[list[float]]] = {name: [[] for _ in queries] for name in peers}
    for turn in range(ROUNDS + 1):
        for number, query in enumerate(queries):
            for name, peer in _in_turn(peers, number):
                if turn and _is_asked(peer, number, turn):
                    taken[name][number].append(_seconds(peer, query, ask))
                elif not turn and peer.name not in ONCE:
                    for _ in range(WARM_UPS.get(peer.name, 1)):
                        ask(peer, query)
    for name, by_query in taken.items():
        yield name, times([median(seconds) for seconds in by_query if seconds])


def _seconds(peer: Peer, query: Query, ask: Way) -> float:
    started = thread_time()
    answer = ask(peer, query)
    return thread_time() - started if answer.seconds is None else answer.seconds


def _in_turn(peers: Mapping[str, Peer], number: int) -> list[tuple[str, Peer]]:
    """Shuffle by the query's number: the engine that follows one that reads much finds the processor's caches cold."""
    return random.Random(number).sample([*peers.items()], len(peers))  # noqa: S311 (shuffled to be repeated)


def _is_asked(peer: Peer, number: int, turn: int) -> bool:
    return peer.name not in ONCE or (turn == 1 and number < ONCE[peer.name])


def tables(raced: Raced) -> str:
    """Lay out median and 99th percentile, and how Backmatter stands to each of the others."""
    return "\n\n".join(
        f"**{way}**: median / p99 in ms of the processor\n\n{_table(kinds)}" for way, kinds in raced.items()
    )


def _table(kinds: Mapping[str, Mapping[str, Times]]) -> str:
    names = list(next(iter(kinds.values())))
    own, others = names[0], names[1:]
    head = ["query", "drawn", *(_asked(name) for name in names), *(f"{own} : {name}" for name in others)]
    rows = [
        [
            kind,
            str(engines[own].count),
            *(f"{figure(t.median)} / {figure(t.p99)}" for t in engines.values()),
            *(_ratios(engines[own], engines[name]) for name in others),
        ]
        for kind, engines in kinds.items()
    ]
    return table(head, rows)


def _asked(name: str) -> str:
    return f"{name} ({ONCE[name]} each)" if name in ONCE else name


def _ratios(own: Times, other: Times) -> str:
    return f"{ratio(own.median, other.median)} / {ratio(own.p99, other.p99)}"


def agreement(peers: Sequence[Peer], drawn: Mapping[str, list[Query]]) -> str:
    """Lay out the median total by engine: they cut and stem alike enough that the same work is compared."""
    rows = []
    for kind, queries in drawn.items():
        asked = queries[: min(ONCE.values())]
        totals = [sorted(peer.top(query).total for query in asked)[len(asked) // 2] for peer in peers]
        rows.append([kind, *(f"{total:,}" for total in totals)])
    return table(["median total", *(peer.name for peer in peers)], rows)
