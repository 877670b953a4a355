"""The matches of a page, read from their segments on demand."""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

import numpy as np

from ..kernels import MarkedLeaf
from ..lazy import lazy
from ..model import Article, Explanation, Spans
from ..query.tree import And, Leaf, Node, Or, Phrase, Prefix, Term, Variants, Word
from ..ranking import JOINING, JOINING_PART
from ..segment.arrays import Array
from ..segment.offsets import unpack
from ..segment.outline import Outline
from ..segment.postings import IN_TEXT
from .boolean import Evaluation, blank
from .explanation import words
from .listed import Best
from .places import Places, asked_leaves, places_of
from .question import Question
from .rescoring import CODE, HEADINGS, REWARDED_FIELDS
from .sections import PageSpans
from .terms import contains
from .uniqueness import Quoting
from .windows import Window, best_windows

# A bit for each field that is part of the text.
TEXT_FIELDS = sum(1 << number for number, is_text in enumerate(IN_TEXT.tolist()) if is_text)

# In a post that has a word more often, the passage is chosen among its first occurrences.
MAX_OCCURRENCES = 50


class PageOfSegment:
    """The posts of one segment that are on a page; what is asked of one is looked up for all of them at once.

    Args:
        evaluation: The query on the segment.
        question: What is looked for.
        page: The posts of all segments.
        number: The number of the segment.
    """

    def __init__(self, evaluation: Evaluation, question: Question, page: Sequence[Best], number: int) -> None:
        self.segment = evaluation.segment
        self._page = page
        self._number = number
        self._evaluation = evaluation
        self._question = question
        self._having: dict[Node, frozenset[int]] = {}
        self._windows: dict[bool, list[Window]] = {}

    @lazy
    def _ascending(self) -> list[int]:
        return sorted([best.doc for best in self._page if best.segment == self._number])

    @lazy
    def docs(self) -> Array:
        """The posts, ascending."""
        return np.array(self._ascending, np.intp)

    @lazy
    def numbers(self) -> dict[int, int]:
        """The number of each post on the page, ascending."""
        return {doc: number for number, doc in enumerate(self._ascending)}

    def has(self, clause: Node, doc: int) -> bool:
        """Check whether a post has what a clause looks for; what excludes or filters looks for nothing."""
        if clause not in self._having:
            self._having[clause] = frozenset(self.docs[self._has(clause)].tolist())
        return doc in self._having[clause]

    def _has(self, clause: Node) -> Array:
        """Return a mask of the posts that have what a clause looks for."""
        match clause:
            case Word() | Phrase() | Prefix() | Term():
                having = self._evaluation.found[clause].docs
                return contains(having, self.docs) if len(having) else np.full(len(self.docs), blank(clause))
            case And(nodes):
                return reduce(and_, map(self._has, nodes), np.ones(len(self.docs), bool))
            case Or(nodes):
                return reduce(or_, map(self._has, nodes), np.zeros(len(self.docs), bool))
            case Variants():
                return reduce(or_, [self._has(leaf) for leaf, _ in clause.weighted])
            case _:
                return np.ones(len(self.docs), bool)

    def words(self, doc: int) -> tuple[Explanation, ...]:
        """What each word of the query adds to the score of a post."""
        query, shown = self._question.query, self._question.shown
        is_complete = doc in self._evaluation.evaluate(query).docs
        return tuple(words(self._evaluation, query if is_complete else shown, doc))

    def nearest(self, doc: int) -> int | None:
        """Return where the piece of a post begins that is nearest to the query; None without a vector of it."""
        if self._question.meaning is None:
            return None
        return int(self.segment.vectors.near(np.array([doc]), self._question.meaning).starts[0])

    def nearness(self, texts: Sequence[str]) -> Sequence[float]:
        """Return how near texts are to what the query means; nothing where that would take long."""
        meaning = self._question.meaning
        return (meaning.embed(texts) @ meaning.vector).tolist() if meaning and meaning.embed else ()

    @lazy
    def page_spans(self) -> PageSpans:
        """The spans of the units in the texts and in headings; other fields are left out."""
        question = self._question
        spelled = question.spelled(self.segment.names.languages)
        found, of_clauses = self._evaluation.leaves_of(question), len(question.clauses)
        numbers = zip(found, question.clause_numbers, question.unit_numbers, spelled.lengths, strict=True)
        leaves = [MarkedLeaf(own.width, clause >= of_clauses, unit, *lengths) for own, clause, unit, lengths in numbers]
        # Where a post has the query, parts of its words are left out.
        has_parts = any(leaf.is_part for leaf in leaves)
        is_complete = self._has(question.query) if has_parts else np.zeros(len(self.docs), bool)
        if self.segment.kernels:
            asked = asked_leaves(found, question.clause_numbers)
            rows, headed, unfit = self.segment.kernels.find_spans(
                asked, leaves, TEXT_FIELDS, REWARDED_FIELDS, self.docs, is_complete
            )
        else:
            rows, headed = self._found(self._evaluation.keys_of(question, self.docs), leaves, is_complete)
            unfit = len(rows)
        if unfit and spelled.fit(rows, self.docs, self.segment.posts.cut):
            article, starts, _, _, _, _, leaf = rows.T
            rows = rows.take(np.lexsort((leaf, starts, article)), axis=0)
        return PageSpans(self._weights, rows, headed)

    def _found(self, keys: Array, leaves: Sequence[MarkedLeaf], is_complete: Array) -> tuple[Array, Array]:
        """Return rows of article, start, end, clause, run, whether it is code, and leaf; see `PageSpans`.

        The first are ordered by article, start and leaf. The title comes before the first heading.
        """
        widths, is_part, clauses, _, _ = np.array(leaves, np.int64).reshape(-1, 5).T
        places = places_of(self.segment, keys, self.docs)
        meant = ~((is_part.take(places.leaf) > 0) & is_complete.take(places.post))
        first, leaf, _, post, run = places = places.take(np.flatnonzero(meant))
        field = self.segment.arrays["run_field"].take(run)
        headed = self._headed(places.take(np.flatnonzero(field == HEADINGS)), clauses)
        at = few(leaf, post, np.flatnonzero(IN_TEXT.take(field)))
        first, leaf, post, run, field = (column.take(at) for column in (first, leaf, post, run, field))
        starts, ends = unpack(self.segment.arrays, first)
        more = (widths.take(leaf) - 1).astype(np.uint32)
        wide = np.flatnonzero(more)
        if len(wide):
            ends[wide] = unpack(self.segment.arrays, first[wide] + more[wide])[1]
        spans = np.array((post, starts, ends, clauses.take(leaf), run, field == CODE, leaf))
        return spans.take(np.lexsort((leaf, starts, post)), axis=1).T, headed

    def _headed(self, places: Places, clauses: Array) -> Array:
        section = self.segment.runs.section
        title = section.take(self.segment.runs_at(self.segment.arrays["doc_at"].take(self.docs.take(places.post))))
        number = section.take(places.run) - title - 1
        return np.column_stack((places.post, number, clauses.take(places.leaf)))

    @lazy
    def spans(self) -> list[Spans]:
        """The spans of each post."""
        _, rows, headed = self.page_spans
        headings: list[list[tuple[int, int]]] = [[] for _ in self.docs]
        for post, section, clause in headed.tolist():
            headings[post].append((section, clause))
        article, starts, ends, clauses, _, _, _ = rows.T
        bounds = article.searchsorted(np.arange(len(self.docs) + 1)).tolist()
        starts, ends, clauses = starts.tolist(), ends.tolist(), clauses.tolist()
        return [
            Spans(starts[low:high], ends[low:high], clauses[low:high], self._weights, found)
            for low, high, found in zip(bounds, bounds[1:], headings, strict=False)
        ]

    @lazy
    def outlines(self) -> list[Outline]:
        """The articles and their sections."""
        return list(map(self.segment.posts.outline, self.docs.tolist()))

    def windows(self, *, is_code: bool) -> list[Window]:
        """Return the window of each post that answers best; see `windows.best_windows`."""
        if is_code not in self._windows:
            found = best_windows(self.outlines, self.page_spans, self.segment.kernels, is_code=is_code)
            self._windows[is_code] = found
        return self._windows[is_code]

    @lazy
    def _weights(self) -> list[float]:
        """What each unit weighs: where a post answers, words that only join others say even less."""
        weight = self._evaluation.weight
        return [weight(unit) * (JOINING_PART if _joins(unit) else 1) for unit in self._question.units]


class ArrayMatch:
    """One matching post; the attributes are those of `Match`."""

    copies: Sequence[Article] = ()
    translations: Sequence[Article] = ()

    def __init__(self, page: PageOfSegment, best: Best) -> None:
        self.score = best.score
        self._page = page
        self._best = best
        self._doc = best.doc

    @lazy
    def _number(self) -> int:
        return self._page.numbers[self._doc]

    @property
    def explanation(self) -> Explanation:
        """The score and what it is made of."""
        best = self._best
        words = Explanation(name="frequency", value=best.frequency, how="sum", parts=self._page.words(self._doc))
        added = [Explanation(name=name, value=value) for name, value in best.added.items()]
        return Explanation(
            name="score", value=self.score, how="sum", parts=(words, *(part for part in added if part.value))
        )

    @property
    def article(self) -> Article:
        """The article without its text."""
        return self._page.outlines[self._number].article

    @property
    def spans(self) -> Spans:
        """The spans of the query's words in the text."""
        return self._page.spans[self._number]

    def window(self, *, is_code: bool = False) -> Window:
        """Return the part of the text that answers best; for a query that is code, listings answer as well as prose."""
        return self._page.windows(is_code=is_code)[self._number]

    @property
    def nearest(self) -> int | None:
        """Where the piece of the text begins that is nearest to the query, if the post has none of its words."""
        return None if self._best.frequency or not self._best.added.get("meaning") else self._page.nearest(self._doc)

    def nearness(self, texts: Sequence[str]) -> Sequence[float]:
        """Return how near texts are to what the query means; nothing where that would take long."""
        return self._page.nearness(texts)

    def has(self, clause: Node) -> bool:
        """Return whether the post has what a clause of the query looks for."""
        return self._page.has(clause, self._doc)

    def cut(self, start: int, end: int) -> str:
        """Return the text between two offsets."""
        return self._page.segment.posts.cut(self._doc, start, end)

    @lazy
    def _quoting(self) -> Quoting:
        return Quoting(self._page.segment, self._doc)

    def is_unique(self, quotation: str) -> bool:
        """Return whether a quotation from the text is known to occur only once in the article, titles included."""
        return self._quoting.is_unique(quotation)


def few(leaf: Array, post: Array, at: Array) -> Array:
    """Return those of some indexes that are among the first MAX_OCCURRENCES of a leaf in a post."""
    if len(at) <= MAX_OCCURRENCES:
        return at
    group = leaf.take(at) * (int(post.max()) + 1) + post.take(at)
    if np.bincount(group).max() <= MAX_OCCURRENCES:
        return at
    by_group = group.argsort(kind="stable")
    order, group = at.take(by_group), group.take(by_group)
    place = np.arange(len(group))
    begins = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=begins[1:])
    return order[place - np.maximum.accumulate(np.where(begins, place, 0)) < MAX_OCCURRENCES]


def _joins(clause: Leaf | Variants) -> bool:
    return (clause.leaf if isinstance(clause, Variants) else clause).text.casefold() in JOINING
