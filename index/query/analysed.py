"""A reader's query, parsed once and handed on to search, spelling, suggestions, explanations and insights."""

import re
from typing import Self

import msgspec
from msgspec.structs import replace

from .. import analysis
from ..lazy import lazy
from .parser import MAX_QUERY_LENGTH, parse, parse_operators
from .relax import relax, unfinished
from .tree import And, Between, Dates, Filter, Leaf, Node, Or, Prefix, Sort, Variants, Word, units, wanted
from .word_forms import with_forms

# What readers can narrow a search to beside its text.
Choice = Filter | Between | Dates

# Each value of these is required; of all other facets, several that are chosen are alternatives.
EACH_REQUIRED = ("tag", "path")

# Signs that names, operators of the query language and prose do not have: calls, blocks, assignments, arrows.
CODE_SIGNS = re.compile(r"\w[(\[]|[{};=]|->|::")


class AnalysedQuery(msgspec.Struct, frozen=True, dict=True):
    """A query and what it is narrowed to.

    Attributes:
        text: The query as typed, as far as it is read.
        tree: The parsed text, possibly expanded.
        filters: Restrictions beside those in the text.
        sort: The order that was asked for.
        exact: Whether the spelling is left as it is typed.
        facets: The keys that the text can name.
        operators: The operators that the text has, by their names in `OPERATORS`.
        is_unfinished: Whether the last word was typed whole, and is searched as the beginning of one.
    """

    text: str
    tree: Node
    filters: tuple[Choice, ...] = ()
    sort: Sort = "relevance"
    exact: bool = False
    facets: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    is_unfinished: bool = False

    @lazy
    def terms(self) -> tuple[str, ...]:
        """The terms of the text in reading order, without their other forms."""
        return tuple(analysis.terms(self.text))

    @lazy
    def leaves(self) -> tuple[Leaf, ...]:
        """The words, phrases and prefixes to look for, in reading order."""
        return tuple(wanted(self.tree))

    @property
    def clauses(self) -> tuple[Node, ...]:
        """The parts of the tree that are all required."""
        return self.tree.nodes if isinstance(self.tree, And) else (self.tree,)

    @lazy
    def is_code(self) -> bool:
        """Whether the text is a piece of code rather than words and names."""
        return bool(CODE_SIGNS.search(self.text))

    @property
    def meaning(self) -> str:
        """The words whose meaning counts, too; "" for code, and where something is quoted or in a field."""
        typed = [unit.leaf if isinstance(unit, Variants) else unit for unit in units(self.tree)]
        texts = [leaf.text for leaf in typed if isinstance(leaf, Word | Prefix) and not leaf.field]
        return " ".join(texts) if len(texts) == len(typed) and not self.is_code else ""

    @lazy
    def whole(self) -> Node:
        """The tree of all of the text, also of what is behind the clauses that `tree` has."""
        return parse(self.text, self.facets, MAX_QUERY_LENGTH)

    @lazy
    def formed(self) -> Node:
        """The tree with every word in any of its forms."""
        return with_forms(self.tree)

    @lazy
    def required(self) -> Node:
        """The tree that a match has to satisfy: every word in any of its forms, under the filters."""
        return self._filtered(self.formed)

    @lazy
    def relaxed(self) -> Node | None:
        """The wider tree for when few posts match: any of the words, under the filters; None if there is none."""
        tree = relax(self.formed)
        return self._filtered(tree) if tree else None

    @lazy
    def unquoted(self) -> Node | None:
        """The tree for when nothing has what is quoted: any of the words, quoted or not; None if there is none."""
        tree = relax(self.formed, unquote=True)
        return self._filtered(tree) if tree else None

    @property
    def unfinished(self) -> Self | None:
        """The query with its last word as the beginning of one; None if it does not end with a word."""
        tree = unfinished(self.tree)
        return replace(self, tree=tree, is_unfinished=True) if tree else None

    @property
    def order(self) -> Sort:
        """The order of the matches: newest first where there are no words to rank by."""
        return self.sort if self.leaves or self.sort != "relevance" else "newest"

    def respelt(self, text: str) -> Self:
        """Return the query with another text, under the same filters and in the same order."""
        tree, operators = parse_operators(text, self.facets)
        return replace(self, text=text, tree=tree, operators=operators)

    def only(self, path: str) -> Self:
        """Return the query restricted to one post."""
        return replace(self, filters=(*self.filters, Filter("path", path)))

    def _filtered(self, tree: Node) -> Node:
        """Add the filters to a tree: each chosen tag is required, and one of the chosen values of every other facet."""
        others = [each for each in self.filters if not isinstance(each, Dates) and each.name not in EACH_REQUIRED]
        required: list[Node] = [choice for choice in self.filters if choice not in others]
        names = dict.fromkeys(choice.name for choice in others)
        required += [Or(tuple(choice for choice in others if choice.name == name)) for name in names]
        return And((tree, *required)) if required else tree


def analyse(
    text: str,
    *,
    filters: tuple[Choice, ...] = (),
    sort: Sort = "relevance",
    exact: bool = False,
    facets: tuple[str, ...] = (),
) -> AnalysedQuery:
    """Parse a query; any string is one, and of a long one the beginning is read.

    Args:
        text: The query as typed.
        filters: Restrictions beside those in the text.
        sort: The order.
        exact: Whether the spelling is left as it is typed.
        facets: The keys that the settings name, which the text can name.
    """
    text = text[:MAX_QUERY_LENGTH]
    tree, operators = parse_operators(text, facets)
    return AnalysedQuery(text, tree, filters, sort, exact, facets, operators)
