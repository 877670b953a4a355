"""A post -> what is sent to OpenSearch: terms to be found by, and a segment of one post, which ranks it."""

import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
import numpy as np

from index.analysis import stem
from index.engines.opensearch.mapping import BREAK, FORM, FREQUENCY, NEVER, SCOPES, UNIT
from index.engines.whoosh import documents, merging
from index.engines.whoosh.arrays import Array
from index.engines.whoosh.documents import Collected, Documents
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import UNDATED, exact_terms, seconds
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import FIELDS, PostTokens, post_tokens
from index.model import Post
from index.ranking import TEXT, WEIGHT_UNIT, WEIGHTS, B


class Stored(NamedTuple):
    """The arrays of a segment, and those of its documents."""

    postings: Mapping[str, Array]
    documents: Mapping[str, Array]


# Every array of the two by its name: its type and its bytes.
Packed = tuple[dict[str, tuple[str, bytes]], dict[str, tuple[str, bytes]]]

_decoder = msgspec.msgpack.Decoder(Packed)

# A segment of one post keeps it.
ALIVE = np.ones(1, bool)

# What follows from the other arrays, and is made again where segments are merged.
MADE_AGAIN = ("stem", "member_", "own_stem")


def key(path: str, generation: int) -> str:
    """Give the id of one version of a post."""
    return f"{sha256(path.encode()).hexdigest()[:32]}-{generation}"


def document(post: Post, generation: int, average: float) -> dict[str, Any]:
    """Give the document of a post.

    Args:
        post: The post.
        generation: The first one that has it.
        average: The average length that frequencies in the text are normalized by; what is ranked in the end is
            normalized by the exact one.
    """
    tokens = post_tokens(post)
    runs = list(_runs(tokens))
    words = _length(runs)
    found = {
        **exact_terms(post),
        "tags": list(post.tags),
        "languages": post.language,
        "fingerprint": post.fingerprint,
        "stamp": post.stamp,
        "sections": len(post.sections),
        "length": words,
        "added": generation,
        "removed": NEVER,
        "term": sorted({form for _, run in runs for forms in run for form in forms if form}),
        "exact": [_value(run) for _, run in runs],
        "stem": _frequencies(runs, post.language, 1 - B + B * words / average),
        "stored": _stored(post, tokens),
    }
    for name in SCOPES:
        own = [(field, run) for field, run in runs if field == name]
        found[f"exact_{name}"] = [_value(run) for _, run in own]
        found[f"stem_{name}"] = _frequencies(own, post.language, 1 - B + B * words / average)
    if (when := seconds(post.date)) != UNDATED:
        found["when"] = when
    if post.expires:
        found["expires"] = int(post.expires.timestamp())
    return found


def length(post: Post) -> int:
    """Give the number of tokens of a post's prose and code."""
    return _length(list(_runs(post_tokens(post))))


def _length(runs: Sequence[tuple[str, Any]]) -> int:
    return sum(len([term for term, *_ in run if term]) for field, run in runs if field in TEXT)


def _runs(tokens: PostTokens) -> Any:
    """Give each run's field, and the forms at each of its places."""
    extras: defaultdict[int, list[str]] = defaultdict(list)
    for place, term in tokens.extras:
        extras[place].append(term)
    ends = [run.position for run in tokens.runs[1:]] + [len(tokens.terms)]
    for run, end in zip(tokens.runs, ends, strict=True):
        yield FIELDS[run.field], [(tokens.terms[at], *extras[at]) for at in range(run.position, end)]


def _value(run: Sequence[tuple[str, ...]]) -> str:
    return BREAK.join(filter(None, (FORM.join(filter(None, forms)) for forms in run)))


def _frequencies(runs: Sequence[tuple[str, Any]], language: str, norm: float) -> str:
    """Give the stems with their weighted frequencies."""
    total: defaultdict[str, float] = defaultdict(float)
    for field, run in runs:
        weight = WEIGHTS[field] / WEIGHT_UNIT / (norm if field in TEXT else 1)
        for forms in run:
            for form in filter(None, forms):
                total[stem(form, language)] += weight
    return BREAK.join(f"{term}{FREQUENCY}{max(1, round(value * UNIT))}" for term, value in total.items())


def _stored(post: Post, tokens: PostTokens) -> str:
    collected, inverter = Collected(), Inverter()
    collected.add(post)
    inverter.add(post, tokens)
    postings = {name: array for name, array in inverter.arrays().items() if not name.startswith(MADE_AGAIN)}
    packed = msgspec.msgpack.encode([_packed(postings), _packed(collected.arrays())])
    return b64encode(zlib.compress(packed, 3)).decode()


def _packed(arrays: Mapping[str, Array]) -> dict[str, tuple[str, bytes]]:
    return {name: (array.dtype.str, array.tobytes()) for name, array in arrays.items()}


def read(stored: str) -> Stored:
    """Read what is stored of a post."""
    # OpenSearch gives it without padding; too much does no harm.
    packed = _decoder.decode(zlib.decompress(b64decode(stored + "==")))
    return Stored(*({name: np.frombuffer(data, kind) for name, (kind, data) in part.items()} for part in packed))


def documents_of(found: Sequence[Stored]) -> Documents:
    """Give posts by their numbers, in this order."""
    return Documents(documents.merge([(stored.documents, ALIVE) for stored in found]))


def merged(parts: Sequence[tuple[Stored, Array]]) -> Segment:
    """Merge segments, each given with which of its posts are to be kept."""
    arrays = merging.merge([(stored.postings, kept) for stored, kept in parts])
    return Segment(arrays, Documents(documents.merge([(stored.documents, kept) for stored, kept in parts])), ())
