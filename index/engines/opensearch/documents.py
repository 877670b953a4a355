"""A post -> what is sent to OpenSearch, and back: the candidates of a query become a segment that ranks them."""

import zlib
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from index.analysis import stem
from index.engines.opensearch.mapping import BREAK, FORM, FREQUENCY, NEVER, SCOPES, UNIT
from index.engines.whoosh.documents import Collected, Documents
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import UNDATED, exact_terms, seconds
from index.engines.whoosh.segment import Segment
from index.engines.whoosh.tokens import FIELDS, PostTokens, post_tokens
from index.model import Post
from index.ranking import TEXT, WEIGHT_UNIT, WEIGHTS, B


class Stored(msgspec.Struct, array_like=True):
    """A post as it is kept: compressed, with its tokens, so that nothing is analysed again."""

    article: bytes
    pieces: list[bytes]
    tokens: PostTokens


_decoder = msgspec.msgpack.Decoder(Stored)


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
    collected = Collected()
    collected.add(post)
    kept = Stored(collected.articles[0], collected.pieces, tokens)
    return b64encode(zlib.compress(msgspec.msgpack.encode(kept), 3)).decode()


def read(stored: str) -> Stored:
    """Read what is kept of a post."""
    return _decoder.decode(zlib.decompress(b64decode(stored)))


def segment(found: Sequence[Stored]) -> Segment:
    """Put posts into a segment, in this order."""
    collected, inverter = Collected(), Inverter()
    for stored in found:
        collected.articles.append(stored.article)
        collected.pieces += stored.pieces
        collected.text_at.append(len(collected.pieces))
    documents = Documents(collected.arrays())
    for number, stored in enumerate(found):
        inverter.add(documents.post(number), stored.tokens)
    return Segment(inverter.arrays(), documents, ())
