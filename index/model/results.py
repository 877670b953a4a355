"""The answer to a query, and the lists beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from .article import Place, Reference, Translation


class Spans(Struct, frozen=True, gc=False):
    """The spans of a query's terms in a post's text: parallel lists, ordered by start.

    Attributes:
        starts: Offset of the first character.
        ends: Offset after the last one.
        terms: Which of the query's clauses it is, from 0 in reading order; the forms of a word are one clause.
        weights: What each clause weighs; see `ranking.weight`.
        headings: What stands in the headings: the number of the section, from 0 among those with a title, and the term.
    """

    starts: list[int]
    ends: list[int]
    terms: list[int]
    weights: list[float]
    headings: list[tuple[int, int]] = []


class Passage(Struct, frozen=True, gc=False, kw_only=True):
    """The part of an article that answers: which section, and a cut of its text.

    `html` is the same cut escaped, with the matched words in `<mark>`. `code` is the language of the code block whose
    lines it shows ("" where none is named), None for prose.
    """

    section: str
    anchor: str
    url: str
    html: str
    text: str
    code: str | None = None


class Explanation(Struct, frozen=True, kw_only=True):
    """A number in a score; `how` says how it follows from its parts: "sum", "product" or a formula; "" without any."""

    name: str
    value: float
    how: str = ""
    parts: "tuple[Explanation, ...]" = ()


class Hit(Struct, frozen=True, gc=False, kw_only=True):
    """One article in a list of results.

    Attributes:
        passage: What answers best.
        further: Other sections that have words of the query, at most three, best first.
        length: Characters of its text.
        missing: The words of the query that it lacks, as typed, without those that only join others.
        by_meaning: It has none of the words, and is near to what they mean.
        pinned: The author put it first.
        superseded_by: Its latest successor, where one is in the index.
        also_at: Copies of it, the same text under other addresses, which matched too and are not listed.
        translations: The same article in other languages, which is not listed again.
        shown: Values of the keys of front matter that results show.
        thumbnail: The address of its picture, as the post has it; "" without one.
        explanation: What its score is made of, where that was asked for.
        journal: The name of its journal, where several were searched together.
    """

    path: str
    url: str
    title: str
    date: datetime | None
    updated: datetime | None
    tags: tuple[str, ...]
    author: str
    language: str
    score: float
    passage: Passage
    further: tuple[Place, ...]
    length: int
    missing: tuple[str, ...] = ()
    by_meaning: bool = False
    pinned: bool = False
    superseded_by: Reference | None = None
    also_at: tuple[Reference, ...] = ()
    translations: tuple[Translation, ...] = ()
    shown: Mapping[str, tuple[str, ...]] = {}
    thumbnail: str = ""
    explanation: Explanation | None = None
    journal: str | UnsetType = UNSET


class Facet(Struct, frozen=True, gc=False):
    """A value and the number of matching articles that have it."""

    value: str
    count: int


class LearnedWord(Struct, frozen=True, kw_only=True):
    """Words that posts use for others.

    Attributes:
        typed: What a reader types.
        other: What is searched as well.
        kinds: Where the posts say so: "abbreviation", "heading", "link", "tag", "translation".
        count: How many posts do.
        posts: The paths of the first of them.
    """

    typed: str
    other: str
    kinds: tuple[str, ...]
    count: int
    posts: tuple[str, ...]


class Results(Struct, frozen=True, gc=False, kw_only=True):
    """The answer to a query: the one shape of the API, the command line and the pages.

    Attributes:
        page: From 1.
        took_ms: Time from query string to results, in milliseconds.
        total: How many articles were found.
        complete: How many of them have all that was asked for; the others have some of the words and fill the list.
        relaxed: No article has all the words.
        correction: The query that was searched instead, since no article has all the words as they were typed.
        unfinished: The last word, where no article has it as typed, and it was searched as the beginning of a word.
        operators: The operators in the query, as the help names them; they are no words that were searched.
        did_you_mean: A query that is likelier to be meant than the one that was typed and searched.
        learned: Words that posts use for those of the query, and that were searched as well since it found little.
        facets: By "tag", "year", "language" and the keys that the settings name, counted over all matching articles,
            most frequent first.
    """

    query: str
    total: int
    complete: int
    page: int
    per_page: int
    took_ms: float
    generation: int
    relaxed: bool
    correction: str | None
    did_you_mean: str | None
    unfinished: str | None
    operators: tuple[str, ...]
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]]
    learned: tuple[LearnedWord, ...] = ()


class Related(Struct, frozen=True, kw_only=True):
    """An article that is about the same as another one; `length` is that of its text in characters."""

    path: str
    url: str
    title: str
    date: datetime | None
    tags: tuple[str, ...]
    author: str
    language: str
    length: int
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One line below the search box.

    Attributes:
        kind: An article, a section of one, the query gone on with, or a tag or a year to narrow to.
        title: The article's, the completed query, the tag or the year.
        section: The section's title where it is one.
        url: Where an article or a section is.
        query: What a completion searches.
        html: The title, or the section's, escaped, with the words that were typed in `<mark>`.
        passage: The sentence that has them, in the same way; "" where the text has none.
        count: How many articles have a tag or are of a year.
    """

    kind: Literal["article", "section", "completion", "tag", "year"]
    title: str
    section: str
    url: str
    query: str
    html: str = ""
    passage: str = ""
    count: int = 0
