"""The tree of a query: frozen nodes that engines compile, and walks over it."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import inf

import msgspec

# One of `sorts`.
Sort = str
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")

# More than anyone types; each clause costs an engine a look at its postings.
MAX_CLAUSES = 32


def sorts(facets: Sequence[str]) -> tuple[Sort, ...]:
    """Return all orders: those of every journal, then each key that its settings name, also the other way round."""
    return (*SORTS, *facets, *(f"-{name}" for name in facets))


class Everything(msgspec.Struct, frozen=True, gc=False):
    """Every post: the query of someone who browses."""


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word as typed; analysis may make several terms of it, which then stand next to each other."""

    text: str
    field: str | None = None


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """Words that stand next to each other, in this order."""

    text: str
    field: str | None = None


class Prefix(msgspec.Struct, frozen=True, gc=False):
    """The beginning of a word."""

    text: str
    field: str | None = None


class Term(msgspec.Struct, frozen=True, gc=False):
    """A term of the index as it is, neither cut nor stemmed. Like variants it is made of what was parsed."""

    text: str
    field: str | None = None


class Variants(msgspec.Struct, frozen=True, gc=False):
    """A leaf as typed and its alternatives: other spellings, synonyms.

    Posts match that have any of them. The frequencies are added up, each other one's times its weight (from 0 to 1),
    and weighed as those of one term. Nothing that a reader types parses to this; it is made of what was parsed.
    """

    leaf: "Leaf"
    others: tuple[tuple["Leaf", float], ...]

    @property
    def weighted(self) -> tuple[tuple["Leaf", float], ...]:
        """All of them, what was typed first."""
        return ((self.leaf, 1.0), *self.others)


class Filter(msgspec.Struct, frozen=True, gc=False):
    """A whole value of "path", of "tag", "language", "year" or a key (case-blind), or parts of an "author".

    It never scores.
    """

    name: str
    value: str


class Between(msgspec.Struct, frozen=True, gc=False):
    """A value of a key that is a number or a date, from `low` to `high`, both included; see `columns.measure`."""

    name: str
    low: float = -inf
    high: float = inf


class Dates(msgspec.Struct, frozen=True, gc=False):
    """Posts dated from `after` (included) to `before` (excluded); undated posts never match."""

    after: date | None = None
    before: date | None = None


class Not(msgspec.Struct, frozen=True, gc=False):
    """Posts that do not match `node`."""

    node: "Node"


class And(msgspec.Struct, frozen=True, gc=False):
    """Posts that match every one of the nodes."""

    nodes: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, gc=False):
    """Posts that match at least one of the nodes."""

    nodes: tuple["Node", ...]


Leaf = Word | Phrase | Prefix | Term
Node = Everything | Leaf | Variants | Filter | Between | Dates | Not | And | Or


def conjuncts(node: Node) -> list[Node]:
    """Return the clauses that have to match: those of an AND and of the ANDs in it, or the node itself."""
    return [part for child in node.nodes for part in conjuncts(child)] if isinstance(node, And) else [node]


def wanted(node: Node) -> list[Leaf]:
    """Return the leaves that a tree looks for, in reading order, without filters and exclusions."""
    match node:
        case Word() | Phrase() | Prefix() | Term():
            return [node]
        case Variants(leaf, others):
            return [leaf, *(other for other, _ in others)]
        case And(nodes) | Or(nodes):
            return [leaf for inner in nodes for leaf in wanted(inner)]
        case _:
            return []


def units(node: Node) -> list[Leaf | Variants]:
    """Return what a tree looks for as `wanted` does, but a leaf with its variants as one."""
    match node:
        case Word() | Phrase() | Prefix() | Term() | Variants():
            return [node]
        case And(nodes) | Or(nodes):
            return [unit for inner in nodes for unit in units(inner)]
        case _:
            return []


def leaves(node: Node) -> list[Leaf]:
    """Return all leaves of a tree in reading order, also the excluded ones."""
    return [part for part in walk(node) if isinstance(part, Leaf)]


def walk(node: Node) -> Iterator[Node]:
    """Yield the nodes of a tree in reading order, parents first."""
    left = [node]
    while left:
        node = left.pop()
        yield node
        match node:
            case And(nodes) | Or(nodes):
                left += reversed(nodes)
            case Variants():
                left += [leaf for leaf, _ in reversed(node.weighted)]
            case Not(negated):
                left.append(negated)


def all_of(nodes: list[Node]) -> Node:
    """Return the tree that matches where every node does."""
    if not nodes:
        return Everything()
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def any_of(nodes: list[Node]) -> Node:
    """Return the tree that matches where at least one of some nodes does."""
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))
