"""Long questions: of more words than can be looked up, those are searched that say most."""

from collections import Counter

from msgspec.structs import replace

from .. import analysis
from ..engines.base import Snapshot
from ..query.analysed import AnalysedQuery
from ..query.tree import MAX_CLAUSES, Node, Word, all_of, conjuncts, leaves
from ..ranking import weight

# A word that a question repeats counts as often, up to this: on CISI's questions, nDCG@10 is 0.383 with 4 and without
# a bound, 0.377 with 3, and 0.337 if each word counts once.
MAX_REPEATS = 4


def bounded(query: AnalysedQuery, snapshot: Snapshot) -> AnalysedQuery:
    """Return a query with its clauses; of more than MAX_CLAUSES, the words that say most are kept.

    These are rare in the posts and frequent in the question. Operators, and what is quoted or in a field, are kept
    before any word; of more of these than MAX_CLAUSES, the first are.
    """
    if len(query.leaves) < MAX_CLAUSES:
        return query
    clauses = conjuncts(query.whole)
    repeats = Counter(clause for clause in clauses if isinstance(clause, Word) and clause.field is None)
    room = MAX_CLAUSES - sum(len(leaves(clause)) or 1 for clause in clauses if clause not in repeats)
    if room <= 0:
        return query
    weights = _weights(snapshot, repeats)
    telling = set(sorted(repeats, key=lambda word: -weights[word] * repeats[word])[:room])
    seen: Counter[Node] = Counter()
    kept = []
    for clause in clauses:
        seen[clause] += 1
        if clause not in repeats or (clause in telling and seen[clause] <= MAX_REPEATS):
            kept.append(clause)
    return replace(query, tree=all_of(kept))


def _weights(snapshot: Snapshot, words: Counter[Word]) -> dict[Word, float]:
    """Return the weight of each word by its rarest term; 0 for what no post has."""
    terms = {word: analysis.terms(word.text) for word in words}
    df = snapshot.document_frequencies([term for own in terms.values() for term in own])
    fewest = {word: min((df[term] for term in own if df[term]), default=0) for word, own in terms.items()}
    posts = len(snapshot.holdings())
    return {word: weight(word.text, posts, n) if n else 0.0 for word, n in fewest.items()}
