"""Find the posts that answer a query: as it is typed, with other words, finished, or with its spelling corrected."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from ..engines.base import Match, QueryResult, Snapshot
from ..model import LearnedWord
from ..query.analysed import AnalysedQuery
from ..query.tree import Everything, Node
from ..ranking import REWARDS, Rewards
from ..retrieval.feedback import is_long
from .curation import Editorial
from .expansion import OtherWords, expand
from .learned_words import by_terms, learned_words
from .long_questions import bounded
from .spelling import Spelling

# With fewer complete matches than these, another spelling is suggested.
FEW_MATCHES = 10


class Answer(NamedTuple):
    """What was found, by the query as typed or by another one.

    Attributes:
        query: What was searched.
        expanded: The same with the variants of its words.
        found: The result.
        learned: Words that were searched as well, since it found little.
        did_you_mean: A query to offer.
    """

    query: AnalysedQuery
    expanded: AnalysedQuery
    found: QueryResult
    learned: Sequence[LearnedWord] = ()
    did_you_mean: str | None = None


class PostFinder(msgspec.Struct, frozen=True, kw_only=True):
    """Finds matches of some ranks.

    Attributes:
        snapshot: The generation to search.
        editorial: Synonyms and words that are learned.
        offset: The rank of the first match, from 0.
        limit: How many matches are wanted.
        language: The reader's, or "".
    """

    snapshot: Snapshot
    editorial: Editorial
    offset: int
    limit: int
    language: str

    def find(self, query: AnalysedQuery) -> Answer:
        """Find what was typed and, if it is little, what has words that the journal uses for these."""
        find = partial(
            find_posts,
            self.snapshot,
            offset=self.offset,
            limit=self.limit,
            language=self.language,
            rewards=self.editorial.rewards,
        )
        expand_by = partial(expand, snapshot=self.snapshot, offset=self.offset, limit=self.limit)
        searched = bounded(query, self.snapshot)
        expanded = expand_by(searched, others=OtherWords(self.editorial.synonyms))
        found = find(expanded)
        is_poor = query.order == "relevance" and not query.exact and found.complete < FEW_MATCHES
        learns = is_poor and self.editorial.learns
        learned = learned_words(self.snapshot, searched, self.editorial.excluded) if learns else []
        if learned:
            expanded = expand_by(searched, others=OtherWords(self.editorial.synonyms, by_terms(learned)))
            found = find(expanded)
        return Answer(searched, expanded, found, learned)

    def find_forgiving(self, query: AnalysedQuery) -> Answer:
        """Find what was typed or, if no post has all of it, what it begins, or its correction."""
        answer = self.find_finished(query)
        if answer.found.complete >= FEW_MATCHES or answer.query.is_unfinished:
            return answer
        spelling = Spelling(self.snapshot, query)
        better = spelling.right() if not answer.found.complete and not is_long(query.clauses) else None
        if better:
            corrected = self.find_finished(query.respelt(better))
            if corrected.found.total:
                return corrected
        return answer._replace(did_you_mean=spelling.offered())

    def find_finished(self, query: AnalysedQuery) -> Answer:
        """Find a query or, if no post has all of it, but some have words that begin as its last one, these."""
        answer = self.find(query)
        unfinished = query.unfinished if not answer.found.complete else None
        # To count them takes a fraction of ranking them.
        is_begun = unfinished is not None and self.snapshot.find(unfinished.required, limit=0).total > 0
        return self.find(unfinished) if unfinished and is_begun else answer


def find_posts(
    snapshot: Snapshot,
    query: AnalysedQuery,
    *,
    offset: int = 0,
    limit: int = 1,
    language: str = "",
    rewards: Rewards = REWARDS,
) -> QueryResult:
    """Find the posts with all words and, if these are few, those with some; what is quoted is given up last."""

    def find(wider: Node | None) -> QueryResult:
        return snapshot.find(
            query.required,
            wider=wider,
            title=query.terms,
            sort=query.order,
            offset=offset,
            limit=limit,
            language=language,
            meaning=query.meaning,
            rewards=rewards,
        )

    found = find(query.relaxed)
    return find(query.unquoted) if not found.total and query.unquoted else found


def find_pinned(snapshot: Snapshot, query: AnalysedQuery, path: str) -> Match | None:
    """Find a pinned post with the spans of the query's words, or without them; None if a filter excludes it."""
    pinned = query.only(path)
    found = find_posts(snapshot, pinned)
    found = found if found.total else find_posts(snapshot, msgspec.structs.replace(pinned, tree=Everything()))
    return next(iter(found.matches), None)
