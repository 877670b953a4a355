"""The posts of a segment -> the arrays that queries are answered from.

Terms are numbered in byte order, positions through the whole segment: a post's tokens follow each other, and so do the
posts, each from the next block on (see `offsets`). With T terms, P postings (a term in a post), N positions, D posts
and R runs:

    lexicon, lexicon_at      the terms' bytes, T + 1 offsets
    posting_at               T + 1; postings of a term are ordered by post
    posting_doc              P; the post
    posting_weight           P; see `weights`
    position_at, position    T + 1 and N'; where a term stands, post by post, from the first position of the post on
    run_at, run_field        R; the first position of a run and its field, see `tokens.Run`
    doc_at                   D + 1; a post's first position
    doc_length               D; tokens of prose and code
    doc_when, doc_year,
    doc_language,
    doc_sections             D; see `schema.seconds`; numbers of names; how many sections
    tag_doc, tag_name        one entry for each tag of a post; index into the names of tags
    key, key_at, key_doc_at,
    key_doc                  what filters look for, as field, NUL, value, in byte order, and the posts that have it
    names, holdings          msgpack: `Names`; what is held of every post, by path

Beside them those of `offsets`, `stems` and `weights`.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np

from index.engines.whoosh import lists, offsets, weights
from index.engines.whoosh.arrays import Array, compact
from index.engines.whoosh.offsets import BLOCK
from index.engines.whoosh.postings import invert
from index.engines.whoosh.schema import exact_terms, seconds
from index.engines.whoosh.stems import stems
from index.engines.whoosh.tokens import PostTokens
from index.model import Holding, Post


class Names(msgspec.Struct):
    """What the arrays count by number, sorted."""

    tags: list[str]
    years: list[str]
    languages: list[str]


class Inverter:
    """Collects posts in the order of their numbers in the segment."""

    def __init__(self) -> None:
        self.terms: defaultdict[str, int] = defaultdict()
        self.terms.default_factory = self.terms.__len__
        self.terms[""] = 0
        self.ids = array("I")
        self.starts = array("I")
        self.lengths = array("B")
        self.extra_ids = array("I")
        self.extra_positions = array("I")
        self.run_at = array("I")
        self.run_field = array("B")
        self.doc_at = array("I", [0])
        self.columns: list[tuple[int, str, str, int]] = []
        self.tags: list[tuple[int, str]] = []
        self.keys: dict[bytes, list[int]] = {}
        self.holdings: dict[str, Holding] = {}

    def add(self, post: Post, tokens: PostTokens) -> None:
        """Add the next post."""
        number, at, id_of = len(self.columns), len(self.ids), self.terms.__getitem__
        rest = -len(tokens.terms) % BLOCK
        self.ids.extend([*map(id_of, tokens.terms), *[0] * rest])
        self.starts.extend(tokens.starts + [0] * rest)
        self.lengths.extend(tokens.lengths + [0] * rest)
        self.extra_ids.extend([id_of(term) for _, term in tokens.extras])
        self.extra_positions.extend([at + position for position, _ in tokens.extras])
        self.run_at.extend([at + run.position for run in tokens.runs])
        self.run_field.extend([run.field for run in tokens.runs])
        self.doc_at.append(len(self.ids))
        year = str(post.date.year) if post.date else ""
        self.columns.append((seconds(post.date), year, post.language, len(post.sections)))
        self.tags += [(number, tag) for tag in post.tags]
        for name, values in exact_terms(post).items():
            for value in set(values):
                self.keys.setdefault(f"{name}\0{value}".encode(), []).append(number)
        self.holdings[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)

    def arrays(self) -> dict[str, Array]:
        """Invert what was added."""
        lexicon = sorted(term.encode() for term in self.terms)[1:]
        rank = np.zeros(len(self.terms), np.uint32)
        rank[[self.terms[term.decode()] for term in lexicon]] = np.arange(1, len(lexicon) + 1, dtype=np.uint32)
        found: dict[str, Array] = {
            "run_at": np.array(self.run_at, np.uint32),
            "run_field": np.array(self.run_field, np.uint8),
            "doc_at": np.array(self.doc_at, np.uint32),
            **self._columns(),
            **self._keys(),
        }
        found |= offsets.pack(np.array(self.starts), np.array(self.lengths), found["doc_at"])
        extras = rank[np.array(self.extra_ids, np.intp)], np.array(self.extra_positions, np.uint32)
        found |= invert(rank[np.array(self.ids, np.intp)], extras, len(lexicon), found)
        return complete(found, lexicon, self.holdings)

    def _columns(self) -> dict[str, Array]:
        when, years, languages, sections = zip(*self.columns, strict=True) if self.columns else ((), (), (), ())
        year_names, doc_year = _numbered(years)
        language_names, doc_language = _numbered(languages)
        tag_names, tag_name = _numbered([tag for _, tag in self.tags])
        return {
            "doc_when": np.array(when, np.int64),
            "doc_year": compact(doc_year),
            "doc_language": doc_language.astype(np.uint16),
            "doc_sections": compact(np.array(sections, np.int64)),
            "tag_doc": compact(np.array([doc for doc, _ in self.tags], np.int64)),
            "tag_name": compact(tag_name),
            "names": np.frombuffer(msgspec.msgpack.encode(Names(tag_names, year_names, language_names)), np.uint8),
        }

    def _keys(self) -> dict[str, Array]:
        keys = sorted(self.keys)
        docs = [self.keys[key] for key in keys]
        strings = lists.of_bytes(keys)
        return {
            "key": strings.values,
            "key_at": strings.at,
            "key_doc_at": np.fromiter(accumulate(map(len, docs), initial=0), np.uint32, len(docs) + 1),
            "key_doc": compact(np.array([doc for part in docs for doc in part], np.int64)),
        }


def _numbered(values: Sequence[str]) -> tuple[list[str], Array]:
    """Give the different values, sorted, and for every value its number among them."""
    names = sorted(set(values))
    number = {name: n for n, name in enumerate(names)}
    return names, np.array([number[value] for value in values], np.int64)


def complete(arrays: dict[str, Array], lexicon: Sequence[bytes], holdings: dict[str, Holding]) -> dict[str, Array]:
    """Add what follows from the postings, whose weights are not in a table up to here."""
    names = msgspec.msgpack.decode(arrays["names"].tobytes(), type=Names)
    strings = lists.of_bytes(lexicon)
    arrays |= {"lexicon": strings.values, "lexicon_at": strings.at}
    arrays |= stems([term.decode() for term in lexicon], names.languages, arrays)
    arrays |= weights.tabled(arrays, ("posting_weight", "stem_posting_weight"))
    arrays["holdings"] = np.frombuffer(msgspec.msgpack.encode(holdings), np.uint8)
    return arrays
