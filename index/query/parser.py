r"""A reader's query string, parsed into our own frozen tree.

The grammar is ours and never an engine's: an engine compiles the tree. Any string is a query, and what is not
grammar is searched as text. `OPERATORS` is the language as a reader sees it; the finer points:

- `OR` binds tighter than the AND between words: `a b OR c` is a AND (b OR c). An `AND`, `OR` or `NOT` that follows
  nothing is a word (`NOT NULL`), one that precedes nothing is ignored, so that results stay while someone types. All
  are words in a sentence in capitals: `WHAT IS THE OR GATE FOR`.
- `-` excludes what it touches. `--race`, `->` and `-` by itself are text, and so is a query of nothing but one
  `-word`: that is somebody looking for a flag. `expansion` knows more flags, those that a post has after the word
  before them; `-"race"` excludes whatever posts have.
- `after:2026-03` starts on March 1, `before:2026-03` ends on the day before it: a month or a year stands for its
  first day, so `after:2026 before:2027` is all of 2026.
- `series:"…"` works as `tag:` does for every key that the settings name as a facet, and `rating:3..5`, `rating:3..`
  for one with numbers or dates, both ends included.
- The last `in:` counts for every word that has no field of its own.
- Quotes and backslashes take grammar's meaning away: `"OR"`, `\-n`, `tag\:go`, `tag:"a \"b\""`. An unclosed quote is
  ignored.
"""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from math import inf
from typing import NamedTuple

from ..analysis import bounds
from .tree import (
    MAX_CLAUSES,
    Between,
    Dates,
    Filter,
    Node,
    Not,
    Phrase,
    Prefix,
    Word,
    all_of,
    any_of,
)

# A pasted error message fits, and a question of several paragraphs; the work of one request stays bounded.
MAX_QUERY_LENGTH = 4_000
# Longer than any identifier or unspaced sentence; real words end far below.
MAX_WORD_LENGTH = 200
# One letter and a star would walk through a large part of an index's terms.
MIN_PREFIX_LENGTH = 2
# A query in capitals of more words is a sentence rather than names with operators between them.
MAX_CAPITAL_WORDS = 3


class Operator(NamedTuple):
    """A row of the help: what it is called, a query that uses it, and what that finds."""

    name: str
    example: str
    meaning: str


OPERATORS = (
    Operator("words", "cache line", "Posts with all of the words"),
    Operator('"…"', '"cache line"', "These words next to each other, in this order"),
    Operator("-", "cache -redis", "Not this word, phrase or field"),
    Operator("NOT", "cache NOT redis", "The same for the word, phrase or field that follows"),
    Operator("AND", "cache AND redis", "Posts with both, as without it"),
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

_KEYWORDS = frozenset(("AND", "OR", "NOT"))
# What follows a NOT of SQL, which is a word: `IS NOT NULL`, `IF NOT EXISTS`.
_SQL = frozenset(("NULL", "IN", "EXISTS", "LIKE", "BETWEEN", "DISTINCT"))
_SCOPES = ("code", "title", "headings")
_BLANKS: dict[int, str] = dict.fromkeys([*range(32), *range(127, 160), 0x200B, 0xFEFF, *range(0xD800, 0xE000)], " ")
_TYPED = str.maketrans("“”„‟«»〝〞＂：－＊", '"""""""""' + ":-*")
_PLAIN: dict[int, str | int | None] = {**_BLANKS, **_TYPED}
_ESCAPE = re.compile(r'\\([-:*"\\])')
_PREFIX_WORD = re.compile(rf"(.*\w{{{MIN_PREFIX_LENGTH}}})\*")
# What ends a sentence, or stands around what it stresses, and is an operator between words.
_PUNCTUATION = re.compile(r"^(?:\.{2,}|\*{2,})(?=\w)|(?<=[\w)])(?:[?!]{2,}|\.{2,}|\*{2,})$")
_FLAG = re.compile(r"[-=>]|\W*$")
_DATE_VALUE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_YEAR_VALUE = re.compile("[0-9]{4}")
_RANGE = re.compile(r"(?=.*[0-9])(?P<low>[-0-9.]*?)\.\.(?P<high>[-0-9.]*)")
# What follows the colon of an address or of a name in C++, whatever is before it.
_NO_VALUE = ("//", ":")
_FIELDS = ("tag", "author", "title", "in", "year", "after", "before")


class Clause(NamedTuple):
    """A part of a query as it is written, its sign, its field, and what is quoted or bare; "" for what it lacks."""

    text: str
    minus: str
    field: str
    quoted: str
    bare: str


@lru_cache
def _clauses(facets: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds clauses; its groups are the attributes of `Clause`."""
    return re.compile(
        rf"""
        (
            ( (?<!\S)- )?
            (?: ( {"|".join(map(re.escape, (*_FIELDS, *facets)))} ): )?
            (?: "( (?: [^"\\] | \\"(?=[^"]*") | \\ )* )" | ( \S+ ) )
        )
        """,
        re.VERBOSE | re.IGNORECASE,
    )


class Parsed(NamedTuple):
    """A parsed query, and the operators in it that are not searched as text, by their names in `OPERATORS`."""

    tree: Node
    operators: tuple[str, ...]


def parse(text: str, facets: tuple[str, ...] = (), limit: int = MAX_CLAUSES) -> Node:
    """Read a query string; any string is one, and an empty one asks for everything.

    Args:
        text: The query.
        facets: The keys that the settings name as facets, whose values can be asked for.
        limit: How many clauses are read.
    """
    return parse_operators(text, facets, limit).tree


def parse_operators(text: str, facets: tuple[str, ...] = (), limit: int = MAX_CLAUSES) -> Parsed:
    """Read a query string as `parse` does, and name its operators."""
    words = text.split()
    if len(text) <= MAX_QUERY_LENGTH and "".join(words).isalnum() and _KEYWORDS.isdisjoint(words):
        return Parsed(all_of([Word(word[:MAX_WORD_LENGTH]) for word in words[:limit]]), ())
    clauses = [Clause(*groups) for groups in _clauses(facets).findall(text[:MAX_QUERY_LENGTH].translate(_PLAIN))]
    scoping = [clause for clause in clauses if clause.field and _scope(clause)]
    scope = _scope(scoping[-1]) if scoping else None
    if scoping:
        clauses = [clause for clause in clauses if clause not in scoping]
    are_words = _is_capitals(clauses)
    operators = ["in:"] if scoping else []
    groups: list[list[Node]] = []
    pending: set[str] = set()
    for clause, following in zip_longest(clauses, clauses[1:]):
        is_sql = clause.text == "NOT" and following is not None and following.text in _SQL
        if clause.text in _KEYWORDS and groups and not are_words and not is_sql:
            pending.add(clause.text)
        elif node := _signed(clause, scope, alone=len(clauses) == 1):
            if "NOT" in pending and not isinstance(node, Not):
                node = Not(node)
            groups[-1:] = [[*groups[-1], node]] if "OR" in pending else [*groups[-1:], [node]]
            operators += [*sorted(pending - {"AND"}), *_operators(clause, node)]
            pending.clear()
        if sum(map(len, groups)) == limit:
            break
    return Parsed(all_of([any_of(group) for group in groups]), tuple(dict.fromkeys(operators)))


def _is_capitals(clauses: Sequence[Clause]) -> bool:
    """Check whether a query is a sentence in capitals, in which AND, OR and NOT are words."""
    if len(clauses) <= MAX_CAPITAL_WORDS:
        return False
    return "".join(clause.text for clause in clauses if clause.text not in _KEYWORDS).isupper()


def _operators(clause: Clause, node: Node) -> list[str]:
    """Return the names of the operators in a clause; quotation marks, which nobody types by accident, are none."""
    inner = node.node if isinstance(node, Not) else node
    found = ["-"] if clause.minus and isinstance(node, Not) else []
    if not isinstance(inner, Word | Phrase | Prefix) or inner.field == "title":
        found.append(f"{(clause.field or 'title').lower()}:")
    if isinstance(inner, Prefix):
        found.append("*")
    return found


def _scope(clause: Clause) -> str | None:
    """The field that an `in:` names; None for every other clause."""
    if clause.minus or clause.field.lower() != "in":
        return None
    value = _value(clause).lower()
    return value if value in _SCOPES else None


def _signed(clause: Clause, scope: str | None, *, alone: bool) -> Node | None:
    if clause.minus and clause.bare and not clause.field and (alone or _FLAG.match(clause.bare)):
        return _text(clause.text, "", scope)
    node = _fielded(clause, scope)
    return Not(node) if node and clause.minus else node


def _fielded(clause: Clause, scope: str | None) -> Node | None:
    """Parse a clause without its sign; a field with an invalid value is text."""
    if not clause.field:
        return _text(clause.bare, clause.quoted, scope)
    name, value = clause.field.lower(), _value(clause)
    node: Node | None = None
    if name == "title":
        node = _text(clause.bare, clause.quoted, "title")
    elif value and (name in ("tag", "author") or (name == "year" and _YEAR_VALUE.fullmatch(value))):
        node = Filter(name, value)
    elif name in ("after", "before") and (day := _first_day(value)):
        node = Dates(**{name: day})
    elif name not in _FIELDS and not value.startswith(_NO_VALUE):
        node = facet_filter(name, value)
    return node or _text(clause.text.removeprefix("-"), "", scope)


def facet_filter(name: str, value: str) -> Filter | Between | None:
    """Return the filter of a key for a value or a range such as `3..5`, None for an empty value."""
    found = _RANGE.fullmatch(value)
    if found and (found["low"] or found["high"]):
        low, high = bounds(found["low"], found["high"])
        if (low is not None or not found["low"]) and (high is not None or not found["high"]):
            return Between(name, -inf if low is None else low, inf if high is None else high)
    return Filter(name, value) if value else None


def month_filter(first: str, last: str) -> Dates | None:
    """Return the filter of a range of months such as 2026-03, both included; "" is no bound, and two are no filter."""
    year, month = (int(part) for part in (last or "1-1").split("-"))
    after = date(year + month // 12, month % 12 + 1, 1) if last else None
    return Dates(_first_day(first), after) if first or last else None


def _value(clause: Clause) -> str:
    return " ".join((clause.quoted.replace('\\"', '"') or _bare(clause.bare)).split())


def _text(bare: str, quoted: str, field: str | None) -> Node | None:
    """Parse what has no field; where nothing is bare, it is quoted."""
    if not bare:
        phrase = _PUNCTUATION.sub("", quoted.strip())
        return Phrase(phrase, field) if phrase else None
    word = bare.strip('"')[:MAX_WORD_LENGTH]
    if word.isalnum():
        return Word(word, field)
    if word.endswith("*") and (found := _PREFIX_WORD.fullmatch(word)):
        return Prefix(_bare(found[1]), field)
    return Word(_PUNCTUATION.sub("", _bare(word)), field) if word else None


def _bare(text: str) -> str:
    return _ESCAPE.sub(r"\1", text.strip('"')) if "\\" in text else text.strip('"')


def _first_day(text: str) -> date | None:
    found = _DATE_VALUE.fullmatch(text)
    try:
        return date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        return None
