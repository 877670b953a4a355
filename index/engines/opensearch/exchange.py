"""What a search has asked a cluster for, and whether the response answers another search as well."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ...query.tree import And, Node, Not, Or, Variants, walk
from .requests import Counted, Weighted


class Exchange(NamedTuple):
    """What a search has asked for, and the response.

    Attributes:
        query: What is looked for.
        wider: What fills the list up; None if nothing does.
        size: How many candidates were wanted.
        fields: What was wanted of them.
        found: The response.
        is_filled: Whether that has those that fill the list up.
        dfs: The frequencies of all parts of the trees.
    """

    query: Node
    wider: Node | None
    size: int
    fields: Sequence[str]
    found: Counted
    is_filled: bool
    dfs: Mapping[Weighted, int]

    def fits(self, query: Node, wider: Node | None, size: int, fields: Sequence[str]) -> bool:
        """Check whether a search would find the same: its trees differ in variants that no post has."""
        wanted, own = ([without_absent(tree, self.dfs) for tree in pair if tree] for pair in ((query, wider), self[:2]))
        return wanted == own and (size, fields) == (self.size, self.fields)

    def frequencies(self, nodes: Sequence[Node]) -> dict[Weighted, int]:
        """Return the frequencies of all parts of trees that would find the same."""
        known = {without_absent(part, self.dfs): posts for part, posts in self.dfs.items()}
        return {part: known[without_absent(part, self.dfs)] for part in weighted_parts(nodes)}


def trees_of(query: Node, wider: Node | None) -> list[Node]:
    """Return the trees of a search."""
    return [query] if wider is None else [query, wider]


def weighted_parts(nodes: Sequence[Node]) -> list[Weighted]:
    """Return all parts of trees that have a frequency, each once."""
    return list(dict.fromkeys(part for node in nodes for part in walk(node) if isinstance(part, Weighted)))


def without_absent(node: Node, frequencies: Mapping[Weighted, int]) -> Node:
    """Return a tree without variants that no post has, as far as frequencies are known; it matches and scores alike."""
    match node:
        case And(nodes) | Or(nodes):
            return type(node)(tuple(without_absent(inner, frequencies) for inner in nodes))
        case Not(inner):
            return Not(without_absent(inner, frequencies))
        case Variants(leaf, others):
            present = tuple(other for other in others if frequencies.get(other[0], 1))
            return Variants(leaf, present) if present else leaf
        case _:
            return node
