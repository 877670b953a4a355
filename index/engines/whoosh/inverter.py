"""The posts of a segment -> the arrays that queries are answered from.

Terms are numbered in byte order, positions through the whole segment: a post's tokens follow each other, and so do the
posts. With T terms, P postings (a term in a post), N positions, D posts and R runs:

    lexicon, lexicon_at      the terms' bytes, T + 1 offsets
    posting_at               T + 1; postings of a term are ordered by post
    posting_doc              P; the post
    posting_short            P; weighted frequency in the fields that are not normalized by length
    posting_text             P; weighted frequency in prose and code
    position_at, position    T + 1 and N'; where a term stands, ascending
    run_at, run_field        R; the first position of a run and its field, see `tokens.Run`
    doc_at                   D + 1; a post's first position
    offsets, offsets_at      where the tokens of a post stand in its text, see `pack_offsets`; D + 1
    doc_length               D; tokens of prose and code
    doc_when, doc_year,
    doc_language,
    doc_sections             D; see `schema.seconds`; numbers of names; how many sections
    tag_doc, tag_name        one entry for each tag of a post; index into the names of tags
    key, key_at, key_doc_at,
    key_doc                  what filters look for, as field, NUL, value, in byte order, and the posts that have it
    stem, stem_at, stem_member_at,
    member_term,
    member_language          stems in byte order, and the terms that have them, each in one language or in ANY
    own_stem                 T; the term is its own stem and the only one to have it, and left out there
    stem_posting_at,
    stem_posting_doc,
    stem_posting_short,
    stem_posting_text        the postings of a stem's terms added up; empty for a stem of one term in ANY language
    names, holdings          msgpack: `Names`; what is held of every post, by path
"""

import zlib
from collections.abc import Iterable
from itertools import accumulate

import msgspec
import numpy as np

from index.analysis import stem
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.schema import exact_terms, seconds
from index.engines.whoosh.tokens import FIELDS, PostTokens
from index.model import Holding, Post
from index.ranking import TEXT, WEIGHTS

# A term that has one stem in every language that it occurs in.
ANY = 0xFFFF

FIELD_WEIGHTS = np.array([WEIGHTS[name] for name in FIELDS], np.uint32)
IN_TEXT = np.array([name in TEXT for name in FIELDS])


class Names(msgspec.Struct):
    """What the arrays count by number."""

    tags: list[str]
    years: list[str]
    languages: list[str]


class Inverter:
    """Collects posts in the order of their numbers in the segment."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {"": 0}
        self.ids: list[Array] = []
        self.offsets: list[bytes] = []
        self.runs: list[Array] = []
        self.doc_at = [0]
        self.posts: list[tuple[int, int, int, int]] = []
        self.tags: list[tuple[int, int]] = []
        self.keys: dict[bytes, list[int]] = {}
        self.tag_names: dict[str, int] = {}
        self.year_names: dict[str, int] = {}
        self.language_names: dict[str, int] = {}
        self.holdings: dict[str, Holding] = {}

    def add(self, post: Post, tokens: PostTokens) -> None:
        """Add the next post."""
        number, at, ids = len(self.posts), self.doc_at[-1], self.terms
        self.ids.append(np.array([ids.setdefault(term, len(ids)) for term in tokens.terms], np.uint32))
        self.offsets.append(pack_offsets(tokens))
        self.runs.append(np.array([(at + run.position, run.field) for run in tokens.runs], np.uint32))
        self.doc_at.append(at + len(tokens.terms))
        year = str(post.date.year) if post.date else ""
        self.posts.append(
            (
                seconds(post.date),
                self.year_names.setdefault(year, len(self.year_names)),
                self.language_names.setdefault(post.language, len(self.language_names)),
                len(post.sections),
            )
        )
        self.tags += [(number, self.tag_names.setdefault(tag, len(self.tag_names))) for tag in post.tags]
        for name, values in exact_terms(post).items():
            for value in set(values):
                self.keys.setdefault(f"{name}\0{value}".encode(), []).append(number)
        self.holdings[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)

    def arrays(self) -> dict[str, Array]:
        """Invert what was added."""
        lexicon = sorted(self.terms, key=str.encode)[1:]
        tokens = self._tokens(lexicon)
        runs = np.concatenate([*self.runs, np.empty((0, 2), np.uint32)])
        doc_at = np.array(self.doc_at, np.uint32)
        found = {
            **_strings("lexicon", [term.encode() for term in lexicon]),
            **_strings("offsets", self.offsets),
            "run_at": np.ascontiguousarray(runs[:, 0]),
            "run_field": runs[:, 1].astype(np.uint8),
            "doc_at": doc_at,
            **self._columns(),
            **self._keys(),
        }
        found |= _postings(tokens, len(lexicon), found)
        found |= self._stems(lexicon, found)
        found["names"] = np.frombuffer(msgspec.msgpack.encode(self._names()), np.uint8)
        found["holdings"] = np.frombuffer(msgspec.msgpack.encode(self.holdings), np.uint8)
        return found

    def _tokens(self, lexicon: list[str]) -> Array:
        """Give the term at every position, numbered by its place in the lexicon from 1; 0 where there is none."""
        rank = np.zeros(len(self.terms), np.uint32)
        rank[[self.terms[term] for term in lexicon]] = np.arange(1, len(lexicon) + 1, dtype=np.uint32)
        return np.asarray(rank[np.concatenate([*self.ids, np.empty(0, np.uint32)])])

    def _columns(self) -> dict[str, Array]:
        posts = np.array(self.posts, np.int64).reshape(-1, 4)
        tags = np.array(self.tags, np.int64).reshape(-1, 2)
        return {
            "doc_when": np.ascontiguousarray(posts[:, 0]),
            "doc_year": _compact(posts[:, 1]),
            "doc_language": posts[:, 2].astype(np.uint16),
            "doc_sections": _compact(posts[:, 3]),
            "tag_doc": _compact(tags[:, 0]),
            "tag_name": _compact(tags[:, 1]),
        }

    def _keys(self) -> dict[str, Array]:
        keys = sorted(self.keys)
        docs = [self.keys[key] for key in keys]
        return {
            **_strings("key", keys),
            "key_doc_at": np.array([0, *accumulate(map(len, docs))], np.uint32),
            "key_doc": _compact(np.array([doc for part in docs for doc in part], np.int64)),
        }

    def _stems(self, lexicon: list[str], arrays: dict[str, Array]) -> dict[str, Array]:
        """Find the stem of every term in every language that it occurs in."""
        languages = list(self.language_names)
        owner = np.repeat(np.arange(len(lexicon)), np.diff(arrays["posting_at"]))
        pairs = np.unique(owner * len(languages) + arrays["doc_language"][arrays["posting_doc"]])
        members: dict[bytes, list[tuple[int, int]]] = {}
        ids = {term.encode(): number for number, term in enumerate(lexicon)}
        for term, group in _groups(pairs, max(1, len(languages))):
            stems = {number: stem(lexicon[term], languages[number]) for number in group}
            distinct = set(stems.values())
            for number, form in [(ANY, distinct.pop())] if len(distinct) == 1 else stems.items():
                members.setdefault(form.encode(), []).append((term, number))
        alone = {form: ids[form] for form, terms in members.items() if terms == [(ids.get(form), ANY)]}
        own_stem = np.zeros(len(lexicon), bool)
        own_stem[list(alone.values())] = True
        forms = sorted(members.keys() - alone.keys())
        table = np.array([member for form in forms for member in members[form]], np.int64).reshape(-1, 2)
        counts = [len(members[form]) for form in forms]
        return {
            **_strings("stem", forms),
            "stem_member_at": np.array([0, *accumulate(counts)], np.uint32),
            "member_term": table[:, 0].astype(np.uint32),
            "member_language": table[:, 1].astype(np.uint16),
            "own_stem": own_stem,
            **_stem_postings(np.repeat(np.arange(len(forms)), counts), table, len(forms), arrays),
        }

    def _names(self) -> Names:
        return Names(
            tags=list(self.tag_names),
            years=list(self.year_names),
            languages=list(self.language_names),
        )


def pack_offsets(tokens: PostTokens) -> bytes:
    """Compress where tokens start and how long they are: steps from start to start, then lengths, then the step's size.

    Most steps and lengths are alike, so that a token takes about a byte instead of five.
    """
    steps = _compact(np.diff(np.array(tokens.starts, np.int64), prepend=0))
    lengths = np.array(tokens.lengths, np.uint8)
    return zlib.compress(steps.tobytes() + lengths.tobytes() + bytes([steps.itemsize]))


def unpack_offsets(packed: bytes) -> tuple[Array, Array]:
    """Give the starts and lengths that `pack_offsets` compressed, by position from the post's first one."""
    data = zlib.decompress(packed)
    size = data[-1]
    count = (len(data) - 1) // (size + 1)
    steps = np.frombuffer(data, f"<u{size}", count)
    return np.cumsum(steps, dtype=np.uint32), np.frombuffer(data, np.uint8, count, size * count)


def _strings(name: str, values: list[bytes]) -> dict[str, Array]:
    return {
        name: np.frombuffer(b"".join(values), np.uint8),
        f"{name}_at": np.array([0, *accumulate(map(len, values))], np.uint32),
    }


def _compact(values: Array) -> Array:
    """Keep whole numbers in as few bytes as the largest one needs."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _groups(pairs: Array, base: int) -> Iterable[tuple[int, list[int]]]:
    """Group sorted `term * base + language` numbers by term."""
    terms, languages = (part.tolist() for part in np.divmod(pairs, base))
    start = 0
    for end in range(1, len(terms) + 1):
        if end == len(terms) or terms[end] != terms[start]:
            yield terms[start], languages[start:end]
            start = end


def _postings(tokens: Array, terms: int, arrays: dict[str, Array]) -> dict[str, Array]:
    """Sort the positions by term, and add up each term's weighted frequencies by post."""
    order = np.argsort(tokens, kind="stable")
    position = order[np.searchsorted(tokens[order], 1) :].astype(np.uint32)
    term = tokens[position] - 1
    runs = np.diff(np.append(arrays["run_at"], np.uint32(len(tokens))))
    field = np.repeat(arrays["run_field"], runs)[position]
    doc_at = arrays["doc_at"]
    docs = len(doc_at) - 1
    doc = np.repeat(np.arange(docs, dtype=np.uint32), np.diff(doc_at))[position]
    new = np.ones(len(term), bool)
    new[1:] = (term[1:] != term[:-1]) | (doc[1:] != doc[:-1])
    first = np.flatnonzero(new)
    weight, in_text = FIELD_WEIGHTS[field], IN_TEXT[field]
    return {
        "posting_at": np.searchsorted(term[first], np.arange(terms + 1)).astype(np.uint32),
        "posting_doc": _compact(doc[first]),
        "posting_short": _frequencies(np.where(in_text, 0, weight), first),
        "posting_text": _frequencies(np.where(in_text, weight, 0), first),
        "position_at": np.searchsorted(term, np.arange(terms + 1)).astype(np.uint32),
        "position": position,
        "doc_length": np.bincount(doc[in_text], minlength=docs).astype(np.uint32),
    }


def _stem_postings(owner: Array, members: Array, stems: int, arrays: dict[str, Array]) -> dict[str, Array]:
    """Add up the postings of every stem's terms, each in its language."""
    alone = (np.bincount(owner, minlength=stems)[owner] == 1) & (members[:, 1] == ANY)
    owner, terms, languages = owner[~alone], members[~alone, 0], members[~alone, 1]
    starts, ends = arrays["posting_at"][terms].astype(np.int64), arrays["posting_at"][terms + 1].astype(np.int64)
    counts = ends - starts
    posting = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    doc = arrays["posting_doc"][posting]
    wanted = np.repeat(languages, counts)
    kept = (wanted == ANY) | (arrays["doc_language"][doc] == wanted)
    posting, doc, stem_of = posting[kept], doc[kept], np.repeat(owner, counts)[kept]
    key = stem_of * len(arrays["doc_length"]) + doc
    order = np.argsort(key, kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    posting = posting[order]
    return {
        "stem_posting_at": np.searchsorted(stem_of[order][first], np.arange(stems + 1)).astype(np.uint32),
        "stem_posting_doc": _compact(keys % max(1, len(arrays["doc_length"]))),
        "stem_posting_short": _frequencies(arrays["posting_short"][posting].astype(np.int64), first),
        "stem_posting_text": _frequencies(arrays["posting_text"][posting].astype(np.int64), first),
    }


def _frequencies(values: Array, first: Array) -> Array:
    """Add up weights by posting, in 16 bits: above a frequency of 6,553 BM25 is at its ceiling anyway."""
    sums = np.add.reduceat(values, first) if len(first) else values[:0]
    return np.minimum(sums, 0xFFFF).astype(np.uint16)
