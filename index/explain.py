"""Why a post stands where it does among the answers to a query."""

from dataclasses import dataclass

from index.editorial import NOTHING_SAID, Editorial
from index.engine import Snapshot
from index.errors import InputError
from index.model import Hit
from index.query import Filter, parse, wanted
from index.search import search

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
    """

    query: str
    path: str
    rank: int | None
    total: int
    hit: Hit | None
    missing: tuple[str, ...]


def explain(
    snapshot: Snapshot, text: str, path: str, *, exact: bool = False, editorial: Editorial = NOTHING_SAID
) -> Explained:
    """Find a post among the answers to a query, and say what its score is made of.

    Raises:
        InputError: The index has no such post.
    """
    if path not in snapshot.holdings():
        raise InputError(f"{path}: is not in the index; give a path as `backmatter search --json` shows it")
    query, total = text, 0
    for page in range(1, MAX_RANK // PAGE + 1):
        results = search(snapshot, text, page=page, per_page=PAGE, exact=exact, explain=True, editorial=editorial)
        query, total = results.correction or text, results.total
        for rank, hit in enumerate(results.hits, (page - 1) * PAGE + 1):
            if hit.path == path:
                missing = _missing(snapshot, query, path)
                return Explained(query=query, path=path, rank=rank, total=total, hit=hit, missing=missing)
        if len(results.hits) < PAGE:
            break
    missing = _missing(snapshot, query, path)
    return Explained(query=query, path=path, rank=None, total=total, hit=None, missing=missing)


def _missing(snapshot: Snapshot, text: str, path: str) -> tuple[str, ...]:
    words = dict.fromkeys(leaf.text for leaf in wanted(parse(text)))
    own = (Filter("path", path),)
    return tuple(word for word in words if not search(snapshot, word, per_page=1, exact=True, filters=own).total)
