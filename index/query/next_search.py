"""What a search will be once it is known which terms posts have."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from .tree import Node, Sort


class NextSearch(NamedTuple):
    """The search that comes next; see `Snapshot.find` and `Snapshot.foresee`.

    Attributes:
        trees: Returns the query and the wider one, if these are the terms that posts have.
        sort: The order.
        offset: The rank of the first match.
        limit: How many are wanted.
        meaning: What the query means.
    """

    trees: Callable[[Collection[str]], tuple[Node, Node | None]]
    sort: Sort
    offset: int
    limit: int
    meaning: str
