"""Group terms by stem: which terms have a stem in which language, and the sum of their postings.

stem, ...                stems in byte order, front-coded; see `lexicon`
stem_member_at           for each stem, the offset of its terms in the two arrays that follow
member_term,
member_language          a term and the language in which it has the stem, or ANY
own_stem                 T bits; the term is its own stem and no other term has it: such stems are left out above
stem_posting_at,
stem_posting_doc,
stem_posting_weight      the sum of the postings of a stem's terms; empty for a stem of one term in ANY language
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np

from ..analysis import stem
from . import ragged
from .arrays import Array, compact
from .lexicon import front_coded
from .weights import add_up_weights

# Stands for the language of a term that has the same stem in all languages in which it occurs.
ANY = 0xFFFF


def stems(lexicon: Sequence[str], languages: Sequence[str], arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Stem every term in every language in which it occurs."""
    members: dict[str, list[tuple[int, int]]] = {}
    ids = {term: number for number, term in enumerate(lexicon)}
    for term, group in _spoken(arrays, max(1, len(languages))):
        forms = [stem(lexicon[term], languages[number]) for number in group]
        if forms.count(forms[0]) == len(forms):
            forms, group = forms[:1], [ANY]
        for form, number in zip(forms, group, strict=True):
            members.setdefault(form, []).append((term, number))
    alone = {form: ids[form] for form, terms in members.items() if terms == [(ids.get(form), ANY)]}
    own_stem = np.zeros(len(lexicon), bool)
    own_stem[list(alone.values())] = True
    kept = sorted(members.keys() - alone.keys())
    table = np.array([member for form in kept for member in members[form]], np.int64).reshape(-1, 2)
    counts = [len(members[form]) for form in kept]
    return {
        **front_coded("stem", [form.encode() for form in kept]),
        "stem_member_at": np.fromiter(accumulate(counts, initial=0), np.uint32, len(counts) + 1),
        "member_term": table[:, 0].astype(np.uint32),
        "member_language": table[:, 1].astype(np.uint16),
        "own_stem": np.packbits(own_stem, bitorder="little"),
        **_postings(np.repeat(np.arange(len(kept)), counts), table, len(kept), arrays),
    }


def _spoken(arrays: Mapping[str, Array], languages: int) -> Iterator[tuple[int, list[int]]]:
    """Yield each term with the languages of its posts."""
    at, docs, spoken = (arrays[name] for name in ("posting_at", "posting_doc", "doc_language"))
    for part in ragged.stretches(at):
        owner = np.repeat(np.arange(part.start, part.stop), np.diff(at[part.start : part.stop + 1]))
        inside = docs[int(at[part.start]) : int(at[part.stop])]
        # Marked and not sorted, which takes a tenth of the time.
        occurs = np.zeros((part.stop - part.start) * languages, bool)
        occurs[(owner - part.start) * languages + spoken[inside]] = True
        yield from _groups(np.flatnonzero(occurs) + part.start * languages, languages)


def _groups(pairs: Array, base: int) -> Iterable[tuple[int, list[int]]]:
    """Group sorted `term * base + language` numbers by term."""
    terms, languages = np.divmod(pairs, base)
    starts, numbers = np.flatnonzero(np.diff(terms, prepend=-1)), languages.tolist()
    for term, (start, end) in zip(terms[starts].tolist(), pairwise([*starts.tolist(), len(numbers)]), strict=True):
        yield term, numbers[start:end]


def _postings(owner: Array, members: Array, count: int, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Add up the postings of every stem's terms, each term in its languages."""
    alone = (np.bincount(owner, minlength=count)[owner] == 1) & (members[:, 1] == ANY)
    owner, members = owner[~alone], members[~alone]
    sizes = np.diff(arrays["posting_at"])[members[:, 0]]
    at = np.searchsorted(owner, np.arange(count + 1))
    before = ragged.offsets(sizes)[at]
    counts, docs, weights = np.zeros(count, np.int64), [np.empty(0, np.uint32)], [np.empty(0, np.uint64)]
    for part in ragged.stretches(before):
        inside = slice(at[part.start], at[part.stop])
        stem_of, doc, weight = _added(owner[inside], members[inside], arrays)
        counts[part] = np.bincount(stem_of - part.start, minlength=part.stop - part.start)
        docs.append(doc)
        weights.append(weight)
    return {
        "stem_posting_at": ragged.offsets(counts),
        "stem_posting_doc": compact(np.concatenate(docs)),
        "stem_posting_weight": np.concatenate(weights),
    }


def _added(owner: Array, members: Array, arrays: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """Add up the postings of some terms by stem and post; return the numbers of these, and the weights."""
    terms, languages = members.T
    starts, ends = arrays["posting_at"][terms].astype(np.int64), arrays["posting_at"][terms + 1].astype(np.int64)
    counts = ends - starts
    posting = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    doc = arrays["posting_doc"][posting]
    wanted = np.repeat(languages, counts)
    kept = (wanted == ANY) | (arrays["doc_language"][doc] == wanted)
    docs = max(1, len(arrays["doc_length"]))
    key = np.repeat(owner, counts)[kept] * docs + doc[kept]
    order = np.argsort(key, kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    stem_of, doc = np.divmod(keys, docs)
    return stem_of, doc.astype(np.uint32), add_up_weights(arrays["posting_weight"][posting[kept][order]], first)
