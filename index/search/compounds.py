"""Compounds of a query's word, in posts of languages that write them as one.

A compound is told by the journal itself, without a dictionary: what it has beside the word is a word of some post, or
the word is one and long.
"""

from ..analysis import MIN_SOUGHT, SURE_PART, SURE_REST, is_part, rests
from ..engines.base import Snapshot
from ..query.tree import Leaf, Term
from ..ranking import COMPOUND

# Compounds of one word that are looked for, the most frequent first; each costs a look at its postings.
MAX_COMPOUNDS = 40
# Terms that are looked at, since most of what begins or ends with a word is a compound with it.
MAX_COMPARED_COMPOUNDS = 200


def compound_variants(word: str, snapshot: Snapshot) -> dict[Leaf, float]:
    """Return the compounds that begin or end with a word, with their weight."""
    if len(word) < MIN_SOUGHT or not word.isalpha():
        return {}
    languages = snapshot.compounds(word)
    if not languages:
        return {}
    posts = snapshot.document_frequencies(list(languages))
    frequent = sorted(posts, key=lambda term: (-posts[term], term))[:MAX_COMPARED_COMPOUNDS]
    beside = {term: set(filter(is_part, rests(term, word, languages[term]))) for term in frequent}
    known = snapshot.document_frequencies([word, *sorted(set().union(*beside.values()))])
    is_sure = known[word] > 0 and len(word) >= SURE_PART
    found = [
        term for term in frequent if any(known[rest] or (is_sure and len(rest) >= SURE_REST) for rest in beside[term])
    ]
    return {Term(term): COMPOUND for term in found[:MAX_COMPOUNDS]}
