"""What is looked for in an index."""

from collections.abc import Sequence
from typing import NamedTuple

from ..query.tree import Node
from ..ranking import REWARDS, Rewards
from ..segment.vectors import QueryVector


class Question(NamedTuple):
    """What is looked for.

    Attributes:
        query: What posts have to match.
        wider: Where none match, what others have to match; where few match, by relevance, those that fill the list.
        title: The terms of a title: of the best matches, a post with exactly these ranks above others.
        meaning: What the query means, where that counts beside its words.
        rewards: What the best matches are rewarded with; see `ranking`.
    """

    query: Node
    wider: Node | None = None
    title: Sequence[str] = ()
    meaning: QueryVector | None = None
    rewards: Rewards = REWARDS
