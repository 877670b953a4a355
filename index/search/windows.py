"""Which part of an article answers a query: a section of it, and in there a window of prose or of code.

The section is chosen by the words of the query that it has, each weighed by its rarity in the journal and among the
sections of the article, and by how nearly its heading is the query. The constants were chosen on links that lead into a
section and on questions whose sentences were found by reading; docs/numbers.md names both.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from operator import attrgetter
from typing import NamedTuple

from ..model import Article, Code, Section, Spans
from ..ranking import JOINING, K1

# About two lines on a wide screen and four on a phone.
PASSAGE_LENGTH = 240
# The spans of a window leave room for the beginning of their sentence, and for what follows.
WINDOW_LENGTH = PASSAGE_LENGTH // 2

# What a section is worth, beside the saturated frequencies of the query's words in it, which add up to less than 1: a
# heading that is the query, the words in its best window, those in its beginning; and headings of the fourth level and
# below, which name details. Half or twice of any one moves the share of right sections by 0.03 at most.
HEADING, WINDOW, BEGINNING, DETAIL = 4.0, 0.5, 0.25, -0.5
DETAIL_LEVEL = 4

# What a word in code counts beside one in prose, unless the query is code: a sentence explains, a listing shows.
CODE_PART = 0.7

# A clause that weighs less hardly says what is asked for.
LIGHT = 0.05

WORD = re.compile(r"[^\W_]+")

_start_of = attrgetter("start")


class Run(NamedTuple):
    """Spans in a part of a section that is all prose, or one block of code; a passage lies within one.

    Attributes:
        start: Where the part begins.
        end: Where it ends.
        code: The block of code that it is.
        first: The first of the spans.
        last: The one after the last; the same where there are none.
    """

    start: int
    end: int
    code: Code | None
    first: int
    last: int


class Window(NamedTuple):
    """What answers best: a section, spans in it, and the other sections with clauses of the query, best first."""

    section: Section
    run: Run
    others: Sequence[Section]


@dataclass(slots=True)
class _Candidate:
    """A section with clauses of the query: those in its heading, those in its text, and where they are."""

    section: Section
    headed: set[int]
    frequencies: dict[int, float]
    runs: list[Run]


def best_window(article: Article, spans: Spans, *, is_code: bool = False) -> Window:
    """Return the window of an article that answers best.

    Args:
        article: Whose it is.
        spans: The spans of a query's clauses in its text and headings.
        is_code: The query is code, so that a listing answers as well as prose.
    """
    # Headings are words: that one has some of a piece of code says little.
    code_part, heading = (1.0, 0.0) if is_code else (CODE_PART, HEADING)
    candidates = _candidates(article, spans, code_part)
    if not candidates:
        section = next((section for section in article.sections if section.end > section.start), article.sections[0])
        return Window(section, _beginning(article, section), ())
    weights = _weights(spans, candidates, len(article.sections))
    ranked = sorted(
        [(_most(candidate, spans, weights, heading), -number, candidate) for number, candidate in candidates.items()],
        reverse=True,
    )
    # Sections that cannot be the best, whatever their windows have, are not looked through.
    best, chosen, window = (-1.0, 0), ranked[0][2], None
    for most, number, candidate in ranked:
        if most < best[0]:
            break
        missing, found = _best_run(candidate, spans, weights, code_part)
        if (most - WINDOW * missing, number) > best:
            best, chosen, window = (most - WINDOW * missing, number), candidate, found
    run = _trimmed(window, spans, weights) if window else _beginning(article, chosen.section)
    return Window(chosen.section, run, [other.section for _, _, other in ranked if other is not chosen])


def window_at(article: Article, offset: int) -> Window:
    """Return the window that begins at an offset, for a post that has none of the words."""
    section = section_at(article, offset)
    _, stop, block = _part_at(section, article.code, offset)
    return Window(section, Run(offset, stop, block, 0, 0), ())


def section_at(article: Article, offset: int) -> Section:
    """Return the section that an offset is in; of several that start there, the others are empty."""
    return article.sections[bisect_right(article.sections, offset, key=_start_of) - 1]


def _candidates(article: Article, spans: Spans, code_part: float) -> dict[int, _Candidate]:
    """Return the sections that have clauses of the query, by number."""
    sections, code = article.sections, article.code
    found = {number: _Candidate(sections[number], terms, {}, []) for number, terms in _headed(article, spans)}
    starts, terms, low, count = spans.starts, spans.terms, 0, len(spans.starts)
    while low < count:
        number = bisect_right(sections, starts[low], key=_start_of) - 1
        candidate = found.get(number)
        if candidate is None:
            candidate = found[number] = _Candidate(sections[number], set(), {}, [])
        frequencies, end = candidate.frequencies, candidate.section.end
        while low < count and starts[low] < end:
            begin, stop, block = _part_at(candidate.section, code, starts[low])
            first, low = low, bisect_left(starts, stop, low)
            candidate.runs.append(Run(begin, stop, block, first, low))
            part = code_part if block else 1.0
            inside = terms[first:low]
            for term in {*inside}:
                frequencies[term] = frequencies.get(term, 0.0) + part * inside.count(term)
    return found


def _headed(article: Article, spans: Spans) -> Iterable[tuple[int, set[int]]]:
    """Return the clauses in headings, with the number of the section."""
    if not spans.headings:
        return ()
    titled, found = [number for number, section in enumerate(article.sections) if section.title], dict[int, set[int]]()
    for number, term in spans.headings:
        found.setdefault(titled[number], set()).add(term)
    return found.items()


def _part_at(section: Section, code: Sequence[Code], offset: int) -> tuple[int, int, Code | None]:
    """Return the bounds of the block of code, or of the prose between two, that an offset of a section is in."""
    if not code:
        return section.start, section.end, None
    place = bisect_right(code, offset, key=_start_of)
    before = code[place - 1] if place else None
    if before and offset < before.end:
        return before.start, before.end, before
    start = max(section.start, before.end) if before else section.start
    return start, min(section.end, code[place].start) if place < len(code) else section.end, None


def _beginning(article: Article, section: Section) -> Run:
    """Return the first prose of a section or, where it has none, its first code."""
    offset, parts = section.start, list[tuple[int, int, Code | None]]()
    while not parts or (parts[-1][2] and offset < section.end):
        parts.append(_part_at(section, article.code, offset))
        offset = parts[-1][1] + 1
    prose = next((part for part in parts if part[2] is None), parts[0])
    return Run(*prose, 0, 0)


def _weights(spans: Spans, candidates: Mapping[int, _Candidate], sections: int) -> list[float]:
    """Return the weights of the clauses, which add up to 1: a clause that every section has tells none from others."""
    having = [0] * len(spans.weights)
    for candidate in candidates.values():
        for term in candidate.frequencies.keys() | candidate.headed if candidate.headed else candidate.frequencies:
            having[term] += 1
    rare = [log(1 + (sections - number + 0.5) / (number + 0.5)) for number in having]
    weights = [weight * factor for weight, factor in zip(spans.weights, rare, strict=True)]
    total = sum(weights)
    return [weight / total for weight in weights]


def _most(candidate: _Candidate, spans: Spans, weights: Sequence[float], heading: float) -> float:
    """Return what a section is worth if one of its windows has all that it has."""
    worth = 0.0
    for term, tf in candidate.frequencies.items():
        worth += weights[term] * (tf / (tf + K1) + WINDOW)
    if candidate.runs:
        first, last = candidate.runs[0].first, candidate.runs[-1].last
        end = candidate.section.start + PASSAGE_LENGTH
        if spans.starts[first] < end:
            worth += BEGINNING * _sum({*spans.terms[first : bisect_left(spans.starts, end, first, last)]}, weights)
    if candidate.headed:
        worth += heading * _closeness(candidate.section.title, candidate.headed, weights) ** 2
    return worth + DETAIL if candidate.section.level >= DETAIL_LEVEL else worth


def _closeness(title: str, headed: Collection[int], weights: Sequence[float]) -> float:
    """Return the closeness of a heading to the query, as the harmonic mean of the parts that each has of the other."""
    of_query, of_heading = _sum(headed, weights), len(headed) / max(len(headed), _words(title))
    return 2 * of_query * of_heading / (of_query + of_heading)


@lru_cache(maxsize=4096)
def _words(title: str) -> int:
    """Return how many different words a heading has, without those that join others."""
    return len({*WORD.findall(title.casefold())} - JOINING)


def _sum(terms: Iterable[int], weights: Sequence[float]) -> float:
    return sum([weights[term] for term in terms])


def _best_run(
    candidate: _Candidate, spans: Spans, weights: Sequence[float], code_part: float
) -> tuple[float, Run | None]:
    """Return the best window of a section, and what it lacks of the section's clauses; of equals the fullest."""
    best, chosen = (0.0, 0.0), None
    for run in candidate.runs:
        covered, window = _best_of_run(run, spans, weights)
        part = code_part if run.code else 1.0
        worth = (part * covered, part * (window.last - window.first))
        if worth > best:
            best, chosen = worth, window
    return _sum(candidate.frequencies, weights) - best[0], chosen


def _best_of_run(run: Run, spans: Spans, weights: Sequence[float]) -> tuple[float, Run]:
    """Return the window among spans whose clauses weigh most, and what they weigh."""
    starts, ends, terms = spans.starts, spans.ends, spans.terms
    if ends[run.last - 1] - starts[run.first] <= WINDOW_LENGTH:
        return _sum({*terms[run.first : run.last]}, weights), run
    best, window = (0.0, 0), (run.first, run.first + 1)
    first, inside, covered = run.first, [0] * len(weights), 0.0
    for last in range(run.first, run.last):
        while first < last and ends[last] - starts[first] > WINDOW_LENGTH:
            inside[terms[first]] -= 1
            covered -= 0.0 if inside[terms[first]] else weights[terms[first]]
            first += 1
        covered += 0.0 if inside[terms[last]] else weights[terms[last]]
        inside[terms[last]] += 1
        # What was added and taken away again leaves a trace.
        if (round(covered, 9), last + 1 - first) > best:
            best, window = (round(covered, 9), last + 1 - first), (first, last + 1)
    return best[0], run._replace(first=window[0], last=window[1])


def _trimmed(run: Run, spans: Spans, weights: Sequence[float]) -> Run:
    """Leave out spans at both ends that add no clause, or one that hardly says anything."""
    terms, first, last = spans.terms, run.first, run.last
    inside = Counter(terms[first:last])
    while last - first > 1 and (inside[terms[last - 1]] > 1 or weights[terms[last - 1]] < LIGHT):
        last -= 1
        inside[terms[last]] -= 1
    while last - first > 1 and (inside[terms[first]] > 1 or weights[terms[first]] < LIGHT):
        inside[terms[first]] -= 1
        first += 1
    return run._replace(first=first, last=last)
