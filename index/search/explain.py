"""Explain the rank of a post among the results of a query."""

from dataclasses import dataclass

from ..engines.base import Snapshot
from ..errors import InputError
from ..model import Hit, LearnedWord
from ..query.analysed import AnalysedQuery, analyse
from .curation import NOTHING_SAID, Editorial
from .search import search

# So many results are gone through, PAGE at a time; nobody reads on.
MAX_RANK, PAGE = 1_000, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A post's place among the answers to a query.

    Attributes:
        query: What was searched: as typed, or corrected.
        path: The post.
        rank: From 1; None where it is not among the first MAX_RANK.
        total: How many posts were found.
        hit: The post as a result, with the explanation of its score; None without a rank.
        missing: The words of the query that the post does not have.
        learned: Words that were searched as well, since posts use them for those of the query.
    """

    query: str
    path: str
    rank: int | None
    total: int
    hit: Hit | None
    missing: tuple[str, ...]
    learned: tuple[LearnedWord, ...]


def explain(snapshot: Snapshot, query: AnalysedQuery, path: str, *, editorial: Editorial = NOTHING_SAID) -> Explained:
    """Find the rank of a post among the results of a query, and explain its score.

    Raises:
        InputError: The index has no such post.
    """
    if path not in snapshot.holdings():
        raise InputError(f"{path}: is not in the index; give a path as `backmatter search --json` shows it")
    for page in range(1, MAX_RANK // PAGE + 1):
        results = search(snapshot, query, page=page, per_page=PAGE, explain=True, editorial=editorial)
        ranked = enumerate(results.hits, (page - 1) * PAGE + 1)
        rank, hit = next(((rank, hit) for rank, hit in ranked if hit.path == path), (None, None))
        if hit or len(results.hits) < PAGE:
            break
    searched = query.respelt(results.correction) if results.correction else query
    missing = _missing(snapshot, searched, path)
    return Explained(
        query=searched.text,
        path=path,
        rank=rank,
        total=results.total,
        hit=hit,
        missing=missing,
        learned=results.learned,
    )


def _missing(snapshot: Snapshot, query: AnalysedQuery, path: str) -> tuple[str, ...]:
    words = {leaf.text: analyse(leaf.text, exact=True).only(path) for leaf in query.leaves}
    return tuple(text for text, word in words.items() if not search(snapshot, word, per_page=1).total)
