"""Turn a post into an OpenSearch document: the terms that find it, what it is ranked by, and what is shown of it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

from ...analysis import measure, sortable, stem
from ...model import Post
from ...ranking import TEXT, WEIGHT_UNIT, WEIGHTS, B
from ...segment.columns import UNDATED, exact_terms, facet_terms, seconds
from ...segment.fields import FIELDS, PostTokens, post_tokens
from ...segment.vectors import Embedder, VectorBuilder
from . import postings
from .mapping import BREAK, FORM, FREQUENCY, NEVER, SCOPES, UNIT
from .records import encoded, packed_post, packed_vectors, record_of


def key(path: str, generation: int) -> str:
    """Return the id of one version of a post."""
    return f"{sha256(path.encode()).hexdigest()[:32]}-{generation}"


def document_of(
    post: Post, generation: int, average: float, embedder: Embedder | None = None, *, removed: int = NEVER
) -> dict[str, Any]:
    """Return the document of a post.

    Args:
        post: The post.
        generation: The first generation that has this version of the post.
        average: The average length of a post, for OpenSearch's own scores; the final ranking uses the exact one.
        embedder: Makes the vectors of the post; None for none.
        removed: The first generation that no longer has it.
    """
    tokens = post_tokens(post)
    runs = list(_runs(tokens))
    words = _length(runs)
    norm = 1 - B + B * words / average
    document = {
        **exact_terms(post),
        "filter": facet_terms(post),
        "facet": [f"{name}\0{value}" for name, values in post.facets.items() for value in values],
        "measure": _measures(post),
        "order": {name: sortable(values[0]) for name, values in post.facets.items()},
        "tags": list(post.tags),
        "languages": post.language,
        "fingerprint": post.fingerprint,
        "stamp": post.stamp,
        "sections": len(post.sections),
        "length": words,
        "added": generation,
        "removed": removed,
        "term": sorted({form for _, run in runs for forms in run for form in forms if form}),
        "exact": [_value(run) for _, run in runs],
        "stem": _frequencies(runs, post.language, norm),
        "columns": encoded(record_of(post, tokens, words)),
        "postings": encoded(postings.pack_postings(tokens, post.language)),
        "shown": encoded(packed_post(post, tokens)),
    }
    return document | _scoped(runs, post.language, norm) | _optional(post) | _embedded(post, embedder)


def _scoped(runs: Sequence[tuple[str, Any]], language: str, norm: float) -> dict[str, Any]:
    """Return the fields that can be searched by themselves."""
    fields: dict[str, Any] = {}
    for name in SCOPES:
        own = [(field, run) for field, run in runs if field == name]
        fields[f"exact_{name}"] = [_value(run) for _, run in own]
        fields[f"stem_{name}"] = _frequencies(own, language, norm)
    return fields


def _embedded(post: Post, embedder: Embedder | None) -> dict[str, str]:
    """Return the vectors of a post, and the id of the model that made them; nothing where none could be made."""
    builder = VectorBuilder(embedder)
    builder.add(post)
    arrays = builder.arrays()
    made_by = arrays["vector_model"].tobytes().decode()
    return {"vectors": encoded(packed_vectors(arrays)), "model": made_by} if made_by else {}


def _optional(post: Post) -> dict[str, Any]:
    """Return the fields that not every post has."""
    when = seconds(post.date)
    return {
        **({"when": when} if when != UNDATED else {}),
        **({"boost": post.boost} if post.boost != 1 else {}),
        **({"expires": int(post.expires.timestamp())} if post.expires else {}),
    }


def _measures(post: Post) -> dict[str, list[float]]:
    """Return the values of facets that are numbers or dates."""
    found = {name: list(map(measure, values)) for name, values in post.facets.items()}
    return {name: [value for value in values if value is not None] for name, values in found.items()}


def length(post: Post) -> int:
    """Return the number of tokens in the prose and code of a post."""
    return _length(list(_runs(post_tokens(post))))


def _length(runs: Sequence[tuple[str, Any]]) -> int:
    return sum(len([term for term, *_ in run if term]) for field, run in runs if field in TEXT)


def _runs(tokens: PostTokens) -> Any:
    """Yield the field of each run, and the forms of the token at each of its positions."""
    extras: defaultdict[int, list[str]] = defaultdict(list)
    for position, term in tokens.extras:
        extras[position].append(term)
    more = extras.get
    ends = [run.position for run in tokens.runs[1:]] + [len(tokens.terms)]
    for run, end in zip(tokens.runs, ends, strict=True):
        yield (
            FIELDS[run.field],
            [(tokens.terms[position], *more(position, ())) for position in range(run.position, end)],
        )


def _value(run: Sequence[tuple[str, ...]]) -> str:
    return BREAK.join(filter(None, [FORM.join(filter(None, forms)) if len(forms) > 1 else forms[0] for forms in run]))


def _frequencies(runs: Sequence[tuple[str, Any]], language: str, norm: float) -> str:
    """Return the stems of some runs with their weighted frequencies."""
    weights: defaultdict[str, float] = defaultdict(float)
    for field, run in runs:
        weight = WEIGHTS[field] / WEIGHT_UNIT / (norm if field in TEXT else 1)
        for form, count in Counter(chain.from_iterable(run)).items():
            weights[form] += weight * count
    # A free position has no term.
    weights.pop("", None)
    total: defaultdict[str, float] = defaultdict(float)
    for form, weight in weights.items():
        total[stem(form, language)] += weight
    return BREAK.join(f"{term}{FREQUENCY}{max(1, round(value * UNIT))}" for term, value in total.items())
