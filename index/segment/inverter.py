"""Invert the posts of a segment into the arrays that queries are answered from.

Terms are numbered in byte order. Positions are numbered through the whole segment, post by post; every post begins with
a new block (see `offsets`). With T terms, P postings (a term in a post), N positions, D posts and R runs:

    lexicon, lexicon_at      the terms' bytes, T + 1 offsets
    posting_at               T + 1; postings of a term are ordered by post
    posting_doc              P; the number of the post
    posting_weight           P; see `weights`
    position_at, position    T + 1 and N'; the positions of a term by post, counted from the first position of the post
    run_at, run_field        R; the first position of a run and its field, see `fields.TokenRun`
    doc_at                   D + 1; a post's first position
    doc_length               D; tokens of prose and code
    doc_when, doc_year,
    doc_language,
    doc_sections, doc_boost,
    doc_text_sum,
    doc_translation_sum      D; see `columns.seconds`; numbers of names; the number of sections; the post's boost; see
                             `columns.text_sum` and `columns.translation_sum`
    facet_doc, facet_value   one entry for each tag, and each value of a key, of a post; index into the names of values
    key, key_at, key_doc_at,
    key_doc                  values of filters as field, NUL, value, in byte order, and the posts that have each
    names, holdings          msgpack: `SegmentNames`; the `Holding` of every post, by path

The arrays of `offsets`, `stems`, `compounds` and `weights` come beside them.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import msgspec
import numpy as np

from ..model import Holding, Post
from . import offsets, ragged, weights
from .arrays import Array, compact
from .columns import exact_terms, facet_terms, seconds, text_sum, translation_sum
from .compounds import compounds
from .fields import PostTokens
from .offsets import BLOCK
from .postings import invert
from .stems import stems

# A name, or the name of a facet and a value.
NameT = TypeVar("NameT", str, tuple[str, str])


class SegmentNames(msgspec.Struct):
    """The names that the arrays number, sorted; a value of a facet comes with the facet's name, such as "tag"."""

    values: list[tuple[str, str]]
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
        self.columns: list[tuple[int, str, str, int, float, int, int]] = []
        self.facets: list[tuple[int, tuple[str, str]]] = []
        self.keys: dict[bytes, list[int]] = {}
        self.holdings: dict[str, Holding] = {}

    def add(self, post: Post, tokens: PostTokens) -> None:
        """Add the next post."""
        number, first, id_of = len(self.columns), len(self.ids), self.terms.__getitem__
        padding = -len(tokens.terms) % BLOCK
        self.ids.extend([*map(id_of, tokens.terms), *[0] * padding])
        self.starts.extend(tokens.starts + [0] * padding)
        self.lengths.extend(tokens.lengths + [0] * padding)
        self.extra_ids.extend([id_of(term) for _, term in tokens.extras])
        self.extra_positions.extend([first + position for position, _ in tokens.extras])
        self.run_at.extend([first + run.position for run in tokens.runs])
        self.run_field.extend([run.field for run in tokens.runs])
        self.doc_at.append(len(self.ids))
        year = str(post.date.year) if post.date else ""
        self.columns.append(
            (
                *(seconds(post.date), year, post.language, len(post.sections), post.boost, text_sum(post.text)),
                translation_sum(post),
            )
        )
        facets = {"tag": post.tags, **post.facets}
        self.facets += [(number, (name, value)) for name, values in facets.items() for value in values]
        keys = {f"{name}\0{value}" for name, values in exact_terms(post).items() for value in values}
        for key in keys.union(facet_terms(post)):
            self.keys.setdefault(key.encode(), []).append(number)
        self.holdings[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the posts added."""
        lexicon = sorted(term.encode() for term in self.terms)[1:]
        rank = np.zeros(len(self.terms), np.uint32)
        rank[[self.terms[term.decode()] for term in lexicon]] = np.arange(1, len(lexicon) + 1, dtype=np.uint32)
        arrays: dict[str, Array] = {
            "run_at": np.array(self.run_at, np.uint32),
            "run_field": np.array(self.run_field, np.uint8),
            "doc_at": np.array(self.doc_at, np.uint32),
            **self._columns(),
            **self._keys(),
        }
        arrays |= offsets.pack(np.array(self.starts), np.array(self.lengths), arrays["doc_at"])
        extras = rank[np.array(self.extra_ids, np.intp)], np.array(self.extra_positions, np.uint32)
        arrays |= invert(rank[np.array(self.ids, np.intp)], extras, len(lexicon), arrays)
        return complete(arrays, lexicon, self.holdings)

    def _columns(self) -> dict[str, Array]:
        when, years, languages, sections, boost, sums, translated = (
            zip(*self.columns, strict=True) if self.columns else ((),) * 7
        )
        year_names, doc_year = _numbered(years)
        language_names, doc_language = _numbered(languages)
        values, facet_value = _numbered([value for _, value in self.facets])
        names = SegmentNames(values, year_names, language_names)
        return {
            "doc_when": np.array(when, np.int64),
            "doc_year": compact(doc_year),
            "doc_language": doc_language.astype(np.uint16),
            "doc_sections": compact(np.array(sections, np.int64)),
            "doc_boost": np.array(boost, np.float32),
            "doc_text_sum": np.array(sums, np.uint64),
            "doc_translation_sum": np.array(translated, np.uint64),
            "facet_doc": compact(np.array([doc for doc, _ in self.facets], np.int64)),
            "facet_value": compact(facet_value),
            "names": np.frombuffer(msgspec.msgpack.encode(names), np.uint8),
        }

    def _keys(self) -> dict[str, Array]:
        keys = sorted(self.keys)
        docs = [self.keys[key] for key in keys]
        strings = ragged.of_bytes(keys)
        return {
            "key": strings.values,
            "key_at": strings.at,
            "key_doc_at": np.fromiter(accumulate(map(len, docs), initial=0), np.uint32, len(docs) + 1),
            "key_doc": compact(np.array([doc for part in docs for doc in part], np.int64)),
        }


def _numbered(values: Sequence[NameT]) -> tuple[list[NameT], Array]:
    """Return the distinct values, sorted, and for every value its number among them."""
    names = sorted(set(values))
    number = {name: n for n, name in enumerate(names)}
    return names, np.array([number[value] for value in values], np.int64)


def complete(arrays: dict[str, Array], lexicon: Sequence[bytes], holdings: dict[str, Holding]) -> dict[str, Array]:
    """Add the lexicon, the stems and the table of weights, which follow from the postings, and the holdings."""
    names = msgspec.msgpack.decode(arrays["names"].tobytes(), type=SegmentNames)
    strings = ragged.of_bytes(lexicon)
    arrays |= {"lexicon": strings.values, "lexicon_at": strings.at}
    terms = [term.decode() for term in lexicon]
    arrays |= stems(terms, names.languages, arrays) | compounds(terms, names.languages, arrays)
    arrays |= weights.tabled(arrays, ("posting_weight", "stem_posting_weight"))
    arrays["holdings"] = np.frombuffer(msgspec.msgpack.encode(holdings), np.uint8)
    return arrays
