"""Explain the score of one post, with the numbers of `boolean`."""

from collections.abc import Iterator

import numpy as np

from ..model import Explanation
from ..query.tree import And, Leaf, Node, Or, Phrase, Prefix, Term, Variants, Word
from ..ranking import BM25, K1, WEIGHT_UNIT
from ..segment.fields import FIELDS
from ..segment.postings import FIELD_WEIGHTS, IN_TEXT
from ..segment.segment import Segment
from .boolean import Evaluation
from .places import find_keys, places_of
from .terms import LeafPostings


def words(evaluation: Evaluation, node: Node, doc: int) -> Iterator[Explanation]:
    """Yield what each word of a query tree adds to the score of a matching post."""
    match node:
        case And(nodes) | Or(nodes):
            for inner in nodes:
                if doc in evaluation.evaluate(inner).docs:
                    yield from words(evaluation, inner, doc)
        case Word() | Phrase() | Prefix() | Term():
            frequency = _frequency(evaluation.segment, evaluation.found[node], doc)
            yield _word(_name(node), evaluation.idf[node], frequency)
        case Variants(leaf, _):
            variants = [
                Explanation(
                    name=f"{_name(each)} × {weight:g}", value=part.value * weight, how="weight × tf", parts=(part,)
                )
                for each, weight in node.weighted
                if (part := _frequency(evaluation.segment, evaluation.found[each], doc)).value
            ]
            yield _word(_name(leaf), evaluation.idf[node], _sum("tf", *variants))


def _word(name: str, idf: float, tf: Explanation) -> Explanation:
    value = idf * tf.value * (K1 + 1) / (tf.value + K1)
    return Explanation(name=name, value=value, how=BM25, parts=(Explanation(name="idf", value=idf), tf))


def _name(leaf: Leaf) -> str:
    text = {Phrase: f'"{leaf.text}"', Prefix: f"{leaf.text}*"}.get(type(leaf), leaf.text)
    return f"{text} in {leaf.field}" if leaf.field else text


def _sum(name: str, *summands: Explanation) -> Explanation:
    return Explanation(name=name, value=sum(part.value for part in summands), how="sum", parts=summands)


def _frequency(segment: Segment, found: LeafPostings, doc: int) -> Explanation:
    """Return the weighted frequency of a leaf in a post, by field."""
    place = np.flatnonzero(found.docs == doc)
    if not len(place):
        return Explanation(name="tf", value=0.0)
    docs = np.array([doc])
    fields = segment.arrays["run_field"].take(places_of(segment, find_keys(segment, [found], [0], docs), docs).run)
    counts = np.bincount(fields, minlength=len(FIELDS)).tolist()
    summands = tuple(_in_field(segment, doc, field, count) for field, count in enumerate(counts) if count)
    return Explanation(name="tf", value=float(found.tf(segment, place)[0]), how="sum", parts=summands)


def _in_field(segment: Segment, doc: int, field: int, count: int) -> Explanation:
    weight = int(FIELD_WEIGHTS[field]) / WEIGHT_UNIT
    norm = float(segment.norm[doc]) * WEIGHT_UNIT if IN_TEXT[field] else 1.0
    numbers = [Explanation(name="weight", value=weight), Explanation(name="frequency", value=count)]
    numbers += [Explanation(name="length", value=norm)] if IN_TEXT[field] else []
    return Explanation(name=FIELDS[field], value=weight * count * norm, how="product", parts=tuple(numbers))
