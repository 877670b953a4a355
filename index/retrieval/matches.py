"""The matches of a page, read from their segments on demand."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..model import Article, Explanation, Spans
from ..query.relax import added
from ..query.tree import And, Leaf, Node, Or, Phrase, Prefix, Term, Variants, Word, conjuncts, units, wanted
from ..ranking import JOINING, JOINING_PART
from ..segment.arrays import Array
from ..segment.fields import FIELDS
from ..segment.offsets import unpack
from ..segment.positions import NOWHERE
from ..segment.postings import IN_TEXT
from .boolean import Evaluation, blank
from .explanation import words
from .listed import Best
from .question import Question
from .spelled import Spelled
from .uniqueness import Quoting

HEADINGS_FIELD = FIELDS.index("headings")

# In a post that has a word more often, the passage is chosen among its first occurrences.
MAX_OCCURRENCES = 50


class PageOfSegment:
    """The posts of one segment that are on a page; the spans of all of them are looked up at once.

    Args:
        evaluation: The query on the segment.
        question: What is looked for.
        docs: The posts.
    """

    def __init__(self, evaluation: Evaluation, question: Question, docs: Sequence[int]) -> None:
        query, wider = question.query, question.wider
        self.segment = evaluation.segment
        self.docs = docs
        self._evaluation = evaluation
        self._query = query
        self._meaning = question.meaning
        self._shown = And((*conjuncts(query), *added(query, wider))) if wider else query
        leaves, clauses = wanted(self._shown), units(self._shown)
        self._typed = len(wanted(query))
        self._found = [evaluation.found[leaf] for leaf in leaves]
        self._spelled = Spelled(leaves, self.segment.names.languages)
        # Where a post answers, words that only join others say even less than which post does.
        self._weights = [evaluation.weight(clause) * (JOINING_PART if _joins(clause) else 1) for clause in clauses]
        # The clause of every leaf.
        self._clause = np.repeat(np.arange(len(clauses)), [len(wanted(clause)) for clause in clauses])

    def has(self, clause: Node, doc: int) -> bool:
        """Check whether a post has what a clause looks for; what excludes or filters looks for nothing."""
        match clause:
            case Word() | Phrase() | Prefix() | Term():
                docs = self._evaluation.found[clause].docs
                at = docs.searchsorted(docs.dtype.type(doc))
                return bool(at < len(docs) and docs[at] == doc) or blank(clause)
            case And(nodes):
                return all(self.has(node, doc) for node in nodes)
            case Or(nodes):
                return any(self.has(node, doc) for node in nodes)
            case Variants():
                return any(self.has(leaf, doc) for leaf, _ in clause.weighted)
            case _:
                return True

    def words(self, doc: int) -> tuple[Explanation, ...]:
        """What each word of the query adds to the score of a post."""
        is_complete = doc in self._evaluation.evaluate(self._query).docs
        return tuple(words(self._evaluation, self._query if is_complete else self._shown, doc))

    def nearest(self, doc: int) -> int | None:
        """Return where the piece of a post begins that is nearest to the query; None without a vector of it."""
        if self._meaning is None:
            return None
        return int(self.segment.vectors.near(np.array([doc]), self._meaning).starts[0])

    @cached_property
    def spans(self) -> dict[int, Spans]:
        """The spans of the leaves in the text and in headings, by post; other fields are left out."""
        first, leaf = self._meant(*self._places())
        doc, run = self.segment.docs_at(first), self.segment.runs_at(first)
        field = self.segment.arrays["run_field"].take(run)
        headings = self._headings(*(column[field == HEADINGS_FIELD] for column in (doc, run, leaf)))
        first, leaf, doc = self._few(*(column[IN_TEXT.take(field)] for column in (first, leaf, doc)))
        starts, ends = unpack(self.segment.arrays, first)
        wide = np.flatnonzero(self._widths.take(leaf) > 1)
        if len(wide):
            last = first[wide] + self._widths.take(leaf[wide]) - np.uint32(1)
            ends[wide] = unpack(self.segment.arrays, last)[1]
        self._spelled.fit(starts, ends, leaf, doc, self.segment.posts.cut)
        order = np.lexsort((starts, doc))
        docs = sorted(self.docs)
        bounds = doc.take(order).searchsorted([*docs, self.segment.docs]).tolist()
        begins, stops, terms = (column.take(order).tolist() for column in (starts, ends, self._clause.take(leaf)))
        return {
            doc: Spans(begins[low:high], stops[low:high], terms[low:high], self._weights, headings.get(doc, []))
            for doc, low, high in zip(docs, bounds, bounds[1:], strict=False)
        }

    @cached_property
    def _widths(self) -> Array:
        return np.array([found.width for found in self._found], np.uint32)

    def _places(self) -> tuple[Array, Array]:
        """Return the positions of the leaves, with the number of the leaf."""
        among = self.segment.among(self.docs)
        found = [found.places(among) for found in self._found]
        return np.concatenate([NOWHERE, *found]), np.repeat(np.arange(len(found)), list(map(len, found)))

    def _meant(self, first: Array, leaf: Array) -> tuple[Array, Array]:
        """Leave out what only the wider query looks for in posts that have the query: parts of words that are whole."""
        is_part = leaf >= self._typed
        if not is_part.any():
            return first, leaf
        complete = [doc for doc in self.docs if self.has(self._query, doc)]
        meant = ~(is_part & np.isin(self.segment.docs_at(first), complete))
        return first[meant], leaf[meant]

    def _few(self, first: Array, leaf: Array, doc: Array) -> tuple[Array, Array, Array]:
        """Keep the first MAX_OCCURRENCES occurrences of a leaf in a post."""
        group = leaf * self.segment.docs + doc
        place = np.arange(len(group))
        begins = np.ones(len(group), bool)
        np.not_equal(group[1:], group[:-1], out=begins[1:])
        few = place - np.maximum.accumulate(np.where(begins, place, 0)) < MAX_OCCURRENCES
        return first[few], leaf[few], doc[few]

    def _headings(self, doc: Array, run: Array, leaf: Array) -> dict[int, list[tuple[int, int]]]:
        """Return the leaves in headings, by post: the title comes before the first heading."""
        found: dict[int, list[tuple[int, int]]] = {}
        section = self.segment.runs.section
        title = section.take(self.segment.runs_at(self.segment.arrays["doc_at"].take(doc)))
        number = section.take(run) - title - 1
        for post, at, term in zip(doc.tolist(), number.tolist(), self._clause.take(leaf).tolist(), strict=True):
            found.setdefault(post, []).append((at, term))
        return found


class ArrayMatch:
    """One matching post."""

    def __init__(
        self, page: PageOfSegment, best: Best, copies: Sequence[Article] = (), translations: Sequence[Article] = ()
    ) -> None:
        self.score = best.score
        self.copies = copies
        self.translations = translations
        self._page = page
        self._doc = best.doc
        self._best = best

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
        return self._page.segment.posts.article(self._doc)

    @property
    def spans(self) -> Spans:
        """The spans of the query's words in the text."""
        return self._page.spans[self._doc]

    @property
    def nearest(self) -> int | None:
        """Where the piece of the text begins that is nearest to the query, if the post has none of its words."""
        return None if self._best.frequency or not self._best.added.get("meaning") else self._page.nearest(self._doc)

    def has(self, clause: Node) -> bool:
        """Return whether the post has what a clause of the query looks for."""
        return self._page.has(clause, self._doc)

    def cut(self, start: int, end: int) -> str:
        """Return the text between two offsets."""
        return self._page.segment.posts.cut(self._doc, start, end)

    @cached_property
    def _quoting(self) -> Quoting:
        return Quoting(self._page.segment, self._doc)

    def is_unique(self, quotation: str) -> bool:
        """Return whether a quotation from the text is known to occur only once in the article, titles included."""
        return self._quoting.is_unique(quotation)


def _joins(clause: Leaf | Variants) -> bool:
    return (clause.leaf if isinstance(clause, Variants) else clause).text.casefold() in JOINING
