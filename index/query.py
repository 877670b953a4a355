r"""A reader's query string, parsed into our own frozen tree.

The grammar is ours and never an engine's: an engine compiles the tree. Any string is a query, and what is not
grammar is searched as text. `OPERATORS` is the language as a reader sees it; the finer points:

- `OR` binds tighter than the AND between words: `a b OR c` is a AND (b OR c). An `OR` that follows nothing is a
  word, one that precedes nothing is ignored, so that results stay while someone types.
- `-` excludes what it touches. `--race`, `->` and `-` by itself are text, and so is a query of nothing but one
  `-word`: that is somebody looking for a flag. `expansion` knows more flags, those that a post has after the word
  before them; `-"race"` excludes whatever posts have.
- `after:2026-03` starts on March 1, `before:2026-03` ends on the day before it: a month or a year stands for its
  first day, so `after:2026 before:2027` is all of 2026.
- The last `in:` counts for every word that has no field of its own.
- Quotes and backslashes take grammar's meaning away: `"OR"`, `\-n`, `tag\:go`. An unclosed quote is ignored.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

# A pasted error message fits; the work that one request can ask for stays bounded.
MAX_LENGTH = 1_000
# More than anyone types; each clause costs an engine a look at its postings.
MAX_CLAUSES = 32
# Longer than any identifier or unspaced sentence; real words end far below.
MAX_WORD_LENGTH = 200
# One letter and a star would walk through a large part of an index's terms.
MIN_PREFIX_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Everything:
    """Every post: the query of someone who browses."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as typed; analysis may make several terms of it, which then stand next to each other."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the index as it is, neither cut nor stemmed. Like variants it is made of what was parsed."""

    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Variants:
    """What was typed, and what else may stand for it: other spellings, synonyms.

    Posts match that have any of them. The frequencies are added up, each other one's times its weight (from 0 to 1),
    and weighed as those of one term. Nothing that a reader types parses to this; it is made of what was parsed.
    """

    leaf: "Leaf"
    others: tuple[tuple["Leaf", float], ...]

    @property
    def weighted(self) -> tuple[tuple["Leaf", float], ...]:
        """All of them, what was typed first."""
        return ((self.leaf, 1.0), *self.others)


@dataclass(frozen=True, slots=True)
class Filter:
    """A whole value of "tag", "language", "year" (case-blind) or "path", or parts of an "author"; it never scores."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Dates:
    """Posts dated from `after` (included) to `before` (excluded); undated posts never match."""

    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """Posts that do not match `node`."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """Posts that match every one of the nodes."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Posts that match at least one of the nodes."""

    nodes: tuple["Node", ...]


Leaf = Word | Phrase | Prefix | Term
Node = Everything | Leaf | Variants | Filter | Dates | Not | And | Or


class Operator(NamedTuple):
    """A row of the help: what it is called, a query that uses it, and what that finds."""

    name: str
    example: str
    meaning: str


OPERATORS = (
    Operator("words", "cache line", "Posts with all of the words"),
    Operator('"…"', '"cache line"', "These words next to each other, in this order"),
    Operator("-", "cache -redis", "Not this word, phrase or field"),
    Operator("OR", "mutex OR atomic", "At least one of the two"),
    Operator("*", "alloc*", "Words that begin like this (two letters or more)"),
    Operator("tag:", "tag:cpu-cache", "Posts with this tag"),
    Operator("author:", 'author:"Mara Lindqvist"', "Posts by this author"),
    Operator("title:", "title:cache", "A word, phrase or prefix in the title"),
    Operator("in:", "sync.Pool in:code", "Words only there: in:code, in:title, in:headings"),
    Operator("year:", "year:2026", "Posts of this year"),
    Operator("after:", "after:2026-03", "Posts from this day, month or year on"),
    Operator("before:", "before:2026-03-05", "Posts from before this day, month or year"),
)

_SCOPES = ("code", "title", "headings")
_BLANKS: dict[int, str] = dict.fromkeys([*range(32), *range(127, 160), 0x200B, 0xFEFF, *range(0xD800, 0xE000)], " ")
_TYPED = str.maketrans("“”„‟«»〝〞＂：－＊", '"""""""""' + ":-*")
_PLAIN: dict[int, str | int | None] = {**_BLANKS, **_TYPED}
_ESCAPE = re.compile(r'\\([-:*"\\])')
_PREFIX = re.compile(rf"(.*\w{{{MIN_PREFIX_LENGTH}}})\*")
_FLAG = re.compile(r"[-=>]|\W*$")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_YEAR = re.compile("[0-9]{4}")
_CLAUSE = re.compile(
    r"""
    (?P<minus> (?<!\S)- )?
    (?: (?P<field> tag | author | title | in | year | after | before ): )?
    (?: "(?P<quoted> [^"]* )" | (?P<bare> \S+ ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


def parse(text: str) -> Node:
    """Read a query string; any string is one, and an empty one asks for everything."""
    clauses = list(_CLAUSE.finditer(text[:MAX_LENGTH].translate(_PLAIN)))
    scope = next((found for clause in reversed(clauses) if (found := _scope(clause))), None)
    clauses = [clause for clause in clauses if not _scope(clause)]
    groups: list[list[Node]] = []
    joins = False
    for clause in clauses:
        if clause[0] == "OR" and groups:
            joins = True
        elif node := _signed(clause, scope, alone=len(clauses) == 1):
            groups[-1:] = [[*groups[-1], node]] if joins else [*groups[-1:], [node]]
            joins = False
        if sum(map(len, groups)) == MAX_CLAUSES:
            break
    return _all([_any(group) for group in groups])


def relax(node: Node) -> Node | None:
    """Ask for any of the words in place of all of them.

    What is in quotes or in a field was meant, and stays required, as filters and nots do.

    Returns:
        The wider query, or None where nothing can be left out.
    """
    clauses = conjuncts(node)
    optional = [clause for clause in clauses if wanted(clause) and not _meant(clause)]
    kept = [clause for clause in clauses if clause not in optional]
    if not optional or (len(optional) == 1 and not any(map(wanted, kept))):
        return None
    parts = [part for clause in optional for part in (clause.nodes if isinstance(clause, Or) else (clause,))]
    return _all([*([_any(parts)] if len(optional) > 1 else []), *kept])


def _meant(clause: Node) -> bool:
    return isinstance(clause, Phrase) or any(leaf.field is not None for leaf in wanted(clause))


def conjuncts(node: Node) -> list[Node]:
    """Give what has to match: the parts of an AND and of the ANDs in it, or the node itself."""
    return [part for child in node.nodes for part in conjuncts(child)] if isinstance(node, And) else [node]


def wanted(node: Node) -> list[Leaf]:
    """Give what a tree looks for, in reading order, as opposed to what it narrows to and what it excludes."""
    match node:
        case Word() | Phrase() | Prefix() | Term():
            return [node]
        case Variants():
            return [leaf for leaf, _ in node.weighted]
        case And(nodes) | Or(nodes):
            return [leaf for inner in nodes for leaf in wanted(inner)]
        case _:
            return []


def leaves(node: Node) -> list[Leaf]:
    """Give the words, phrases and prefixes of a tree in reading order, the excluded ones too."""
    return [part for part in walk(node) if isinstance(part, Leaf)]


def walk(node: Node) -> Iterator[Node]:
    """Give a tree's nodes in reading order, each before those within it."""
    yield node
    match node:
        case And(nodes) | Or(nodes):
            inner: Iterable[Node] = nodes
        case Variants():
            inner = (leaf for leaf, _ in node.weighted)
        case Not(negated):
            inner = (negated,)
        case _:
            inner = ()
    for part in inner:
        yield from walk(part)


def _all(nodes: list[Node]) -> Node:
    if not nodes:
        return Everything()
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _any(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _scope(clause: re.Match[str]) -> str | None:
    """The field that an `in:` names; None for every other clause."""
    if clause["minus"] or (clause["field"] or "").lower() != "in":
        return None
    value = _value(clause).lower()
    return value if value in _SCOPES else None


def _signed(clause: re.Match[str], scope: str | None, *, alone: bool) -> Node | None:
    plain_word = clause["field"] is None and clause["quoted"] is None
    if clause["minus"] and plain_word and (alone or _FLAG.match(clause["bare"])):
        return _text(clause[0], None, scope)
    node = _fielded(clause, scope)
    return Not(node) if node and clause["minus"] else node


def _fielded(clause: re.Match[str], scope: str | None) -> Node | None:
    """Give the clause without its sign; a field with a value that it cannot have is text."""
    if clause["field"] is None:
        return _text(clause["bare"], clause["quoted"], scope)
    name, value = clause["field"].lower(), _value(clause)
    node: Node | None = None
    if name == "title":
        node = _text(clause["bare"], clause["quoted"], "title")
    elif value and (name in ("tag", "author") or (name == "year" and _YEAR.fullmatch(value))):
        node = Filter(name, value)
    elif name in ("after", "before") and (day := _first_day(value)):
        node = Dates(**{name: day})
    return node or _text(clause[0].removeprefix("-"), None, scope)


def _value(clause: re.Match[str]) -> str:
    return " ".join((clause["quoted"] or _bare(clause["bare"] or "")).split())


def _text(bare: str | None, quoted: str | None, field: str | None) -> Node | None:
    if quoted is not None:
        return Phrase(quoted.strip(), field) if quoted.strip() else None
    word = (bare or "").strip('"')[:MAX_WORD_LENGTH]
    if found := _PREFIX.fullmatch(word):
        return Prefix(_bare(found[1]), field)
    return Word(_bare(word), field) if word else None


def _bare(text: str) -> str:
    return _ESCAPE.sub(r"\1", text.strip('"'))


def _first_day(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    try:
        return date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        return None
