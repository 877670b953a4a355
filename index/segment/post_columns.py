"""The columns of posts: what a segment holds of each post beside its words.

With D posts:

    doc_length               D; tokens of prose and code
    doc_when, doc_year,
    doc_language,
    doc_sections, doc_boost,
    doc_text_sum,
    doc_translation_sum,
    doc_title_sum            D; see `columns.seconds`; numbers of names; the number of sections; the post's boost; see
                             `columns.text_sum`, `columns.translation_sum` and `columns.title_sum`
    facet_doc, facet_value   one entry for each tag, and each value of a key, of a post; index into the names of values
    key, ...                 values of filters as field, NUL, value, in byte order, front-coded; see `lexicon`
    key_doc_at, key_doc      the posts that have each
    names                    msgpack: `SegmentNames`

`doc_length` comes with the postings.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import msgspec
import numpy as np

from ..model import Post
from .arrays import Array, compact
from .columns import exact_terms, facet_terms, seconds, text_sum, title_sum, translation_sum
from .lexicon import front_coded

# A name, or the name of a facet and a value.
NameT = TypeVar("NameT", str, tuple[str, str])


class SegmentNames(msgspec.Struct):
    """The names that the arrays number, sorted; a value of a facet comes with the facet's name, such as "tag"."""

    values: list[tuple[str, str]]
    years: list[str]
    languages: list[str]


class PostColumns(msgspec.Struct, array_like=True):
    """The columns of one post; a date is in seconds since 1970, the keys are of filters."""

    when: int
    year: str
    language: str
    sections: int
    boost: float
    text_sum: int
    translation_sum: int
    title_sum: int
    facets: list[tuple[str, str]]
    keys: list[str]


def post_columns(post: Post) -> PostColumns:
    """Return the columns of a post."""
    facets = {"tag": post.tags, **post.facets}
    keys = {f"{name}\0{value}" for name, values in exact_terms(post).items() for value in values}
    return PostColumns(
        seconds(post.date),
        str(post.date.year) if post.date else "",
        post.language,
        len(post.sections),
        post.boost,
        text_sum(post.text),
        translation_sum(post),
        title_sum(post.title),
        [(name, value) for name, values in facets.items() for value in values],
        list(keys.union(facet_terms(post))),
    )


def columns_of(posts: Sequence[PostColumns]) -> dict[str, Array]:
    """Return the columns of the posts of a segment, in their order."""
    years, doc_year = _numbered([post.year for post in posts])
    languages, doc_language = _numbered([post.language for post in posts])
    values, facet_value = _numbered([value for post in posts for value in post.facets])
    names = SegmentNames(values, years, languages)
    return {
        "doc_when": np.array([post.when for post in posts], np.int64),
        "doc_year": compact(doc_year),
        "doc_language": doc_language.astype(np.uint16),
        "doc_sections": compact(np.array([post.sections for post in posts], np.int64)),
        "doc_boost": np.array([post.boost for post in posts], np.float32),
        "doc_text_sum": np.array([post.text_sum for post in posts], np.uint64),
        "doc_translation_sum": np.array([post.translation_sum for post in posts], np.uint64),
        "doc_title_sum": np.array([post.title_sum for post in posts], np.uint64),
        "facet_doc": compact(np.array([doc for doc, post in enumerate(posts) for _ in post.facets], np.int64)),
        "facet_value": compact(facet_value),
        "names": np.frombuffer(msgspec.msgpack.encode(names), np.uint8),
        **_keys(posts),
    }


def _keys(posts: Sequence[PostColumns]) -> dict[str, Array]:
    docs_of: dict[bytes, list[int]] = {}
    for number, post in enumerate(posts):
        for key in post.keys:
            docs_of.setdefault(key.encode(), []).append(number)
    keys = sorted(docs_of)
    docs = [docs_of[key] for key in keys]
    return {
        **front_coded("key", keys),
        "key_doc_at": np.fromiter(accumulate(map(len, docs), initial=0), np.uint32, len(docs) + 1),
        "key_doc": compact(np.array([doc for part in docs for doc in part], np.int64)),
    }


def _numbered(values: Sequence[NameT]) -> tuple[list[NameT], Array]:
    """Return the distinct values, sorted, and for every value its number among them."""
    names = sorted(set(values))
    number = {name: n for n, name in enumerate(names)}
    return names, np.array([number[value] for value in values], np.int64)
