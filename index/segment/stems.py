"""Group terms by stem: which terms have a stem in which language, and the sum of their postings.

stem, stem_at            stems in byte order
stem_member_at           for each stem, the offset of its terms in the two arrays that follow
member_term,
member_language          a term and the language in which it has the stem, or ANY
own_stem                 T; the term is its own stem and no other term has it: such stems are left out above
stem_posting_at,
stem_posting_doc,
stem_posting_weight      the sum of the postings of a stem's terms; empty for a stem of one term in ANY language
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import numpy as np

from ..analysis import stem
from . import ragged
from .arrays import Array, compact
from .weights import add_up_weights

# Stands for the language of a term that has the same stem in all languages in which it occurs.
ANY = 0xFFFF


def stems(lexicon: Sequence[str], languages: Sequence[str], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Stem every term in every language in which it occurs."""
    owner = np.repeat(np.arange(len(lexicon)), np.diff(arrays["posting_at"]))
    pairs = np.unique(owner * len(languages) + arrays["doc_language"][arrays["posting_doc"]])
    members: dict[bytes, list[tuple[int, int]]] = {}
    ids = {term.encode(): number for number, term in enumerate(lexicon)}
    for term, group in _groups(pairs, max(1, len(languages))):
        forms = [stem(lexicon[term], languages[number]) for number in group]
        if forms.count(forms[0]) == len(forms):
            forms, group = forms[:1], [ANY]
        for form, number in zip(forms, group, strict=True):
            members.setdefault(form.encode(), []).append((term, number))
    alone = {form: ids[form] for form, terms in members.items() if terms == [(ids.get(form), ANY)]}
    own_stem = np.zeros(len(lexicon), bool)
    own_stem[list(alone.values())] = True
    kept = sorted(members.keys() - alone.keys())
    table = np.array([member for form in kept for member in members[form]], np.int64).reshape(-1, 2)
    counts = [len(members[form]) for form in kept]
    names = ragged.of_bytes(kept)
    return {
        "stem": names.values,
        "stem_at": names.at,
        "stem_member_at": np.fromiter(accumulate(counts, initial=0), np.uint32, len(counts) + 1),
        "member_term": table[:, 0].astype(np.uint32),
        "member_language": table[:, 1].astype(np.uint16),
        "own_stem": own_stem,
        **_postings(np.repeat(np.arange(len(kept)), counts), table, len(kept), arrays),
    }


def _groups(pairs: Array, base: int) -> Iterable[tuple[int, list[int]]]:
    """Group sorted `term * base + language` numbers by term."""
    terms, languages = (part.tolist() for part in np.divmod(pairs, base))
    start = 0
    for end in range(1, len(terms) + 1):
        if end == len(terms) or terms[end] != terms[start]:
            yield terms[start], languages[start:end]
            start = end


def _postings(owner: Array, members: Array, count: int, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Add up the postings of every stem's terms, each term in its languages."""
    alone = (np.bincount(owner, minlength=count)[owner] == 1) & (members[:, 1] == ANY)
    owner, terms, languages = owner[~alone], members[~alone, 0], members[~alone, 1]
    starts, ends = arrays["posting_at"][terms].astype(np.int64), arrays["posting_at"][terms + 1].astype(np.int64)
    counts = ends - starts
    posting = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    doc = arrays["posting_doc"][posting]
    wanted = np.repeat(languages, counts)
    kept = (wanted == ANY) | (arrays["doc_language"][doc] == wanted)
    posting, doc, stem_of = posting[kept], doc[kept], np.repeat(owner, counts)[kept]
    docs = max(1, len(arrays["doc_length"]))
    key = stem_of * docs + doc
    order = np.argsort(key, kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    return {
        "stem_posting_at": np.searchsorted(stem_of[order][first], np.arange(count + 1)).astype(np.uint32),
        "stem_posting_doc": compact(keys % docs),
        "stem_posting_weight": add_up_weights(arrays["posting_weight"][posting[order]], first),
    }
