"""Turn a post into an OpenSearch document: the terms that find it, what it is ranked by, and what is shown of it."""

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from ...analysis import measure, sortable, stem
from ...model import Post
from ...ranking import TEXT, WEIGHT_UNIT, WEIGHTS, B
from ...segment.columns import UNDATED, exact_terms, facet_terms, seconds
from ...segment.fields import FIELDS, PostTokens
from ...segment.references import OWN
from ...segment.vectors import Embedder, VectorBuilder
from . import postings
from .mapping import BREAK, FORM, FREQUENCY, NEVER, SCOPES, UNIT
from .records import encoded, packed_post, packed_vectors, record_of


def key(path: str, generation: int) -> str:
    """Return the id of one version of a post."""
    return f"{sha256(path.encode()).hexdigest()[:32]}-{generation}"


def document_of(
    post: Post,
    tokens: PostTokens,
    generation: int,
    average: float,
    embedder: Embedder | None = None,
    *,
    removed: int = NEVER,
) -> dict[str, Any]:
    """Return the document of a post.

    Args:
        post: The post.
        tokens: Its tokens.
        generation: The first generation that has this version of the post.
        average: The average length of a post, for OpenSearch's own scores; the final ranking uses the exact one.
        embedder: Makes the vectors of the post; None for none.
        removed: The first generation that no longer has it.
    """
    terms, counts = postings.post_terms(tokens), _counts(tokens)
    runs = list(_runs(tokens))
    words = length(tokens)
    norm = 1 - B + B * words / average
    document = {
        "fingerprint": post.fingerprint,
        "stamp": post.stamp,
        "sections": len(post.sections),
        "length": words,
        "added": generation,
        "removed": removed,
        "term": terms.terms,
        "exact": [run for _, run in runs],
        "stem": _frequencies(counts, post.language, norm),
        "columns": encoded(record_of(post, tokens, words)),
        "postings": encoded(postings.pack_postings(terms, post.language)),
        "shown": encoded(packed_post(post, tokens)),
    }
    for name in SCOPES:
        document[f"exact_{name}"] = [run for field, run in runs if field == name]
        document[f"stem_{name}"] = _frequencies({name: counts[name]}, post.language, norm)
    return document | _values_of(post) | _optional(post) | _embedded(post, embedder)


def _values_of(post: Post) -> dict[str, Any]:
    """Return the fields by which posts are filtered, counted and sorted."""
    found = facet_terms(post)
    references = [term for term in found if term.partition("\0")[0] in OWN]
    return {
        **exact_terms(post),
        "filter": [term for term in found if term not in references],
        "reference": references,
        "facet": [f"{name}\0{value}" for name, values in post.facets.items() for value in values],
        "measure": _measures(post),
        "order": {name: sortable(values[0]) for name, values in post.facets.items()},
        "tags": list(post.tags),
        "languages": post.language,
    }


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


def length(tokens: PostTokens) -> int:
    """Return the number of tokens in the prose and code of a post."""
    # A free position has no term.
    return sum(
        stop - start - tokens.terms[start:stop].count("") for name, start, stop in _spans(tokens) if name in TEXT
    )


def _spans(tokens: PostTokens) -> Iterator[tuple[str, int, int]]:
    """Yield the field of each run, its first position and the one behind its last."""
    stops = [run.position for run in tokens.runs[1:]] + [len(tokens.terms)]
    for run, stop in zip(tokens.runs, stops, strict=True):
        yield FIELDS[run.field], run.position, stop


def _runs(tokens: PostTokens) -> Iterator[tuple[str, str]]:
    """Yield the field of each run and its terms, each with its other forms."""
    spelled = [*tokens.terms]
    for position, form in tokens.extras:
        spelled[position] += FORM + form
    for name, start, stop in _spans(tokens):
        yield name, BREAK.join(filter(None, spelled[start:stop]))


def _counts(tokens: PostTokens) -> defaultdict[str, Counter[str]]:
    """Return how often each field has each form of a token."""
    forms: defaultdict[str, list[str]] = defaultdict(list)
    for name, start, stop in _spans(tokens):
        forms[name] += tokens.terms[start:stop]
    first = [run.position for run in tokens.runs]
    for position, form in tokens.extras:
        forms[FIELDS[tokens.runs[bisect(first, position) - 1].field]].append(form)
    return defaultdict(Counter, {name: Counter(filter(None, own)) for name, own in forms.items()})


def _frequencies(counts: Mapping[str, Counter[str]], language: str, norm: float) -> str:
    """Return the stems of some fields with their weighted frequencies."""
    total: defaultdict[str, float] = defaultdict(float)
    for name, forms in counts.items():
        weight = WEIGHTS[name] / WEIGHT_UNIT / (norm if name in TEXT else 1)
        for form, count in forms.items():
            total[stem(form, language)] += weight * count
    return BREAK.join([f"{term}{FREQUENCY}{round(value * UNIT) or 1}" for term, value in total.items()])
