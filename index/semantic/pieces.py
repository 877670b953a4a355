"""Cut posts into the pieces that vectors stand for: a section, or a part of a long one."""

from collections.abc import Iterator
from typing import NamedTuple

from ..model import Post, Section

# Characters of a piece, some 150 words. The vector of a longer text is nearer to everything: with 400 words,
# nDCG@10 is 0.018 lower on TIME's articles, and 0.002 higher on Cranfield's abstracts.
PIECE_LENGTH = 1_000
# Pieces of a section; what is behind them hardly tells what it is about.
MAX_PIECES = 8
# How far behind its length a piece ends between words.
WORD_SLACK = 32


class Piece(NamedTuple):
    """A piece of a post: where it begins in the text, and its words behind the titles that it stands below."""

    start: int
    words: str


def pieces(post: Post) -> Iterator[Piece]:
    """Yield the pieces of a post; a section without text is one for its heading."""
    for section in post.sections:
        start, end = section.start, _end(post, section, section.start)
        for _ in range(MAX_PIECES):
            yield Piece(start, f"{post.title} {section.title} {post.text[start:end]}")
            if end == section.end:
                break
            start, end = end, _end(post, section, end)


def _end(post: Post, section: Section, start: int) -> int:
    """Return where a piece ends that begins somewhere: behind a word, unless that is far."""
    end = start + PIECE_LENGTH
    return min(section.end, post.text.find(" ", end, end + WORD_SLACK) + 1 or end)
