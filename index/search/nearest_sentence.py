"""The sentence of a post that is nearest to what a query means, for a post that has none of its words."""

from itertools import pairwise

from ..engines.base import Match
from ..retrieval.windows import section_at
from ..semantic.pieces import PIECE_LENGTH
from .text_fragments import SENTENCE_END

# A sentence of fewer letters says too little, however near its words are.
MIN_SENTENCE = 20


def nearest_sentence(match: Match, start: int) -> int:
    """Return where the nearest sentence begins in the nearest piece of a post, which begins at an offset."""
    end = min(section_at(match.article, start).end, start + PIECE_LENGTH)
    text = match.cut(start, end)
    bounds = [0, *(found.end() for found in SENTENCE_END.finditer(text)), len(text)]
    sentences = [(low, text[low:high]) for low, high in pairwise(bounds) if high - low >= MIN_SENTENCE]
    near = match.nearness([sentence for _, sentence in sentences]) if len(sentences) > 1 else ()
    best = max(range(len(near)), key=near.__getitem__, default=None)
    return start if best is None else start + sentences[best][0]
