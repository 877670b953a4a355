"""How good a ranking is, measured against queries whose right answers are known.

A file of queries has one JSON object a line, `{"id", "text", "ignore": [path, ...]}`; a file of judgements has one
line a judged post: query id, path and grade, separated by tabs. Posts that a query ignores (often the one that the
query was taken from) count neither in the ranking nor among the answers.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log2
from pathlib import Path
from statistics import fmean

import msgspec

from index.editorial import NOTHING_SAID, Editorial
from index.engine import Snapshot
from index.errors import InputError
from index.search import search

# The page of results that readers see, and the depth at which a post counts as found at all.
PAGE, DEPTH = 10, 100

Rank = Callable[[str, int], Sequence[str]]
Grades = Mapping[str, int]


class Query(msgspec.Struct, frozen=True):
    """A query with a name, and the posts that do not count as answers to it."""

    id: str
    text: str
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Means over all judged queries, each between 0 and 1, higher is better.

    Attributes:
        ndcg: Order of the first ten by grade.
        mrr: One divided by the rank of the first right post, 0 where it is not among the first ten.
        success: How often the first hit is right.
        recall: Share of the right posts among the first hundred.
        queries: How many queries were measured.
        skipped: How many queries were left out because no post is known to answer them.
    """

    ndcg: float
    mrr: float
    success: float
    recall: float
    queries: int
    skipped: int


def ndcg(ranked: Sequence[str], grades: Grades) -> float:
    """Compare the gains of the first ten, discounted by rank, to those of the best order there is.

    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20 (4), 2002; the gain is
    the grade itself and the discount log2(rank + 1), as in trec_eval.
    """
    best = sorted(grades.values(), reverse=True)
    return _gain(grades.get(path, 0) for path in ranked) / _gain(best)


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(islice(grades, PAGE), 1))


def reciprocal_rank(ranked: Sequence[str], grades: Collection[str]) -> float:
    """Give 1 / rank of the first right post among the first ten, or 0."""
    return next((1 / rank for rank, path in enumerate(ranked[:PAGE], 1) if path in grades), 0.0)


def success(ranked: Sequence[str], grades: Collection[str]) -> float:
    """Give 1 if the first hit is right, or 0."""
    return float(bool(ranked) and ranked[0] in grades)


def recall(ranked: Sequence[str], grades: Collection[str]) -> float:
    """Give the share of the right posts that are among the first hundred."""
    return len(set(ranked[:DEPTH]).intersection(grades)) / len(grades)


def evaluate(rank: Rank, queries: Collection[Query], qrels: Mapping[str, Grades]) -> Scores:
    """Measure a ranking.

    Args:
        rank: Gives the paths of the best posts for a query's text, as many as it is asked for.
        queries: What to ask.
        qrels: By query id, the grade of each judged post; 0 or less means that it does not answer.
    """
    asked = [(query, answers) for query in queries if (answers := _answers(query, qrels))]
    ranked = [(_without(query.ignore, rank(query.text, DEPTH + len(query.ignore))), right) for query, right in asked]

    def mean(measure: Callable[[Sequence[str], Grades], float]) -> float:
        return fmean(measure(paths, right) for paths, right in ranked) if ranked else 0.0

    return Scores(
        ndcg=mean(ndcg),
        mrr=mean(reciprocal_rank),
        success=mean(success),
        recall=mean(recall),
        queries=len(asked),
        skipped=len(queries) - len(asked),
    )


def _answers(query: Query, qrels: Mapping[str, Grades]) -> Grades:
    judged = qrels.get(query.id, {})
    return {path: grade for path, grade in judged.items() if grade > 0 and path not in query.ignore}


def _without(ignored: Collection[str], ranked: Sequence[str]) -> list[str]:
    return [path for path in dict.fromkeys(ranked) if path not in ignored]


def evaluate_files(rank: Rank, queries: Path, qrels: Path) -> Scores:
    """Measure a ranking with the queries and judgements of two files.

    Raises:
        InputError: A file or a line of it cannot be used.
    """
    return evaluate(rank, read_queries(queries), read_qrels(qrels))


def ranking(snapshot: Snapshot, editorial: Editorial = NOTHING_SAID) -> Rank:
    """Rank by searching, as a reader would."""
    return lambda text, depth: [hit.path for hit in search(snapshot, text, per_page=depth, editorial=editorial).hits]


def write_run(rank: Rank, queries: Path, run: Path, limit: int) -> int:
    """Answer a file of queries, one line `{"id", "hits": [path, ...]}` each, in their order.

    Returns:
        How many queries found something.

    Raises:
        InputError: The queries cannot be used; nothing is written then.
    """
    answered = 0
    asked = read_queries(queries)
    with run.open("wb") as lines:
        for query in asked:
            hits = list(rank(query.text, limit))
            answered += bool(hits)
            lines.write(msgspec.json.encode({"id": query.id, "hits": hits}) + b"\n")
    return answered


def read_queries(file: Path) -> list[Query]:
    """Read a file of queries.

    Raises:
        InputError: The file or a line of it cannot be used.
    """
    queries: dict[str, Query] = {}
    for place, line in _lines(file):
        try:
            query = msgspec.json.decode(line, type=Query)
        except msgspec.DecodeError as error:
            raise InputError(f'{place}: {error}; a line is {{"id": "q1", "text": "cache line"}}') from None
        if query.id in queries:
            raise InputError(f"{place}: the id {query.id!r} is taken by a line above; give every query its own")
        queries[query.id] = query
    return list(queries.values())


def read_qrels(file: Path) -> dict[str, dict[str, int]]:
    """Read a file of judgements: by query id, the grade of each judged post.

    Raises:
        InputError: The file or a line of it cannot be used.
    """
    qrels: dict[str, dict[str, int]] = {}
    for place, line in _lines(file):
        try:
            query, path, grade = line.split("\t")
            judged = qrels.setdefault(query, {})
            twice = path in judged
            judged[path] = int(grade)
        except ValueError:
            raise InputError(
                f"{place}: {line!r} is no judgement; a line is query id, path and a whole number, separated by tabs"
            ) from None
        if twice:
            raise InputError(f"{place}: {path!r} is judged by a line above; keep one grade for each query and post")
    return qrels


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Give each line that is not empty, with the place to name in a message."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); give an existing file") from None
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}:{number}: is not UTF-8; save the file as UTF-8") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{file}:{number}", line.rstrip("\r")
