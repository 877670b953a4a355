"""What is looked for in an index."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..lazy import lazy
from ..query.relax import added
from ..query.tree import And, Leaf, Node, Variants, conjuncts, units, wanted
from ..ranking import REWARDS, Rewards
from ..segment.arrays import Array
from ..segment.vectors import QueryVector
from .spelled import Spelled


@dataclass
class Question:
    """What is looked for; nothing of it changes after construction.

    Attributes:
        query: What posts have to match.
        wider: Where none match, what others have to match; where few match, by relevance, those that fill the list.
        title: The terms of a title: of the best matches, a post with exactly these ranks above others.
        meaning: What the query means, where that counts beside its words.
        rewards: What the best matches are rewarded with; see `ranking`.
        looked_for: The clauses of the query that look for something, each with its leaves.
        leaves: The leaves of what is marked, first those of the clauses, clause by clause.
        clause_numbers: The number of the clause of each leaf; what only the wider query looks for is of none, but
            numbered on.
    """

    query: Node
    wider: Node | None = None
    title: Sequence[str] = ()
    meaning: QueryVector | None = None
    rewards: Rewards = field(default_factory=lambda: REWARDS)
    looked_for: list[tuple[Node, list[Leaf]]] = field(init=False)
    leaves: list[Leaf] = field(init=False)
    clause_numbers: list[int] = field(init=False)
    _added: Sequence[Leaf] = field(init=False, default=())
    _spelled: dict[Sequence[str], Spelled] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Walk the query once."""
        self.looked_for, self.leaves, self.clause_numbers = [], [], []
        for clause in conjuncts(self.query):
            if found := wanted(clause):
                self.clause_numbers += [len(self.looked_for)] * len(found)
                self.leaves += found
                self.looked_for.append((clause, found))
        if self.wider is not None:
            self._added = added(self.leaves, self.wider)
            self.leaves += self._added
            self.clause_numbers += [len(self.looked_for)] * len(self._added)

    @property
    def clauses(self) -> list[Node]:
        """The clauses of the query that look for something."""
        return [clause for clause, _ in self.looked_for]

    @lazy
    def shown(self) -> Node:
        """What is marked in a match: what the query looks for, and what the wider one does beside."""
        return And((*conjuncts(self.query), *self._added)) if self.wider else self.query

    @lazy
    def units(self) -> list[Leaf | Variants]:
        """What is marked, a leaf with its variants as one."""
        return units(self.shown)

    def spelled(self, languages: Collection[str]) -> Spelled:
        """Return how the leaves are spelled in posts of some languages; segments have the same ones."""
        known = tuple(languages)
        if known not in self._spelled:
            self._spelled[known] = Spelled(self.leaves, known)
        return self._spelled[known]

    @lazy
    def clause_of(self) -> Array:
        """The number of the clause of each leaf, as an array."""
        return np.array(self.clause_numbers, np.intp)

    @lazy
    def unit_numbers(self) -> list[int]:
        """The number of the unit of each leaf."""
        return [number for number, unit in enumerate(self.units) for _ in wanted(unit)]
