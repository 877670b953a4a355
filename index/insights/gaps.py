"""What to write about next: queries that the journal does not answer, grouped by the words that they share."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from .. import analysis
from ..query.analysed import analyse
from .quality import AnswerFault, Judge

# Queries that are looked at, the most frequent first; each costs a search or two.
MAX_JUDGED = 500
MAX_GAPS = 20
# Queries that are named of one topic.
MAX_QUERIES_NAMED = 6
# What stems of queries are made by; a query is too short to tell its language.
STEM_LANGUAGE = "en"


class Asked(Struct, frozen=True):
    """A query, how often it was searched for, and on which days."""

    text: str
    searches: int
    days: frozenset[str]


class Gap(Struct, frozen=True):
    """A topic that readers look for and do not find.

    Attributes:
        topic: The word that its queries share, or the one query.
        searches: How many, also those whose queries are not named.
        fault: What is wrong with the answer to most of them.
        queries: Those that may be named.
    """

    topic: str
    searches: int
    fault: AnswerFault
    queries: tuple[str, ...]


class _Missed(Struct, frozen=True):
    asked: Asked
    fault: AnswerFault
    stems: dict[str, str]  # Each with the word that it comes from.


def gaps(asked: Sequence[Asked], judge: Judge, named: Collection[str], seen: int) -> tuple[Gap, ...]:
    """Find the gaps, those first that most searches fell into.

    Args:
        asked: What was searched for, the most frequent first.
        judge: Judges what the index answers.
        named: Queries that may be shown. Others count where they share a word that enough days saw.
        seen: How many days are enough.
    """
    left = list(_missed(asked[:MAX_JUDGED], judge))
    found = []
    while topic := _topic(left, seen):
        found.append(_gap(topic[1], [missed for missed in left if topic[0] in missed.stems], named))
        left = [missed for missed in left if topic[0] not in missed.stems]
    found += [_gap(missed.asked.text, [missed], named) for missed in left if missed.asked.text in named]
    return tuple(sorted(found, key=lambda gap: (-gap.searches, gap.topic))[:MAX_GAPS])


def _missed(asked: Sequence[Asked], judge: Judge) -> Iterator[_Missed]:
    for each in asked:
        query = analyse(each.text)
        fault = judge.fault(query)
        if fault:
            words = dict.fromkeys(word for word in query.terms if len(word) > 1)
            topics = [word for word in words if not judge.is_everywhere(word)]
            yield _Missed(each, fault, {analysis.stem(word, STEM_LANGUAGE): word for word in topics})


def _topic(left: Sequence[_Missed], seen: int) -> tuple[str, str] | None:
    """Return the stem, with its word, that most searches share, of those in several queries and on enough days."""
    having: dict[str, list[_Missed]] = defaultdict(list)
    for missed in left:
        for stem in missed.stems:
            having[stem].append(missed)
    shared = {
        stem: sum(missed.asked.searches for missed in group)
        for stem, group in having.items()
        if len(group) > 1 and len(frozenset[str]().union(*(missed.asked.days for missed in group))) >= seen
    }
    if not shared:
        return None
    best = max(shared, key=lambda stem: (shared[stem], len(stem), stem))
    return best, having[best][0].stems[best]


def _gap(topic: str, group: Sequence[_Missed], named: Collection[str]) -> Gap:
    weights: dict[AnswerFault, int] = defaultdict(int)
    for missed in group:
        weights[missed.fault] += missed.asked.searches
    queries = [missed.asked.text for missed in group if missed.asked.text in named]
    return Gap(topic, sum(weights.values()), max(weights, key=weights.__getitem__), tuple(queries[:MAX_QUERIES_NAMED]))
