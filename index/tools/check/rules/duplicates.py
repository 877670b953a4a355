"""Posts with nearly the same text.

Shingles of words, MinHash and bands: A. Broder, "On the resemblance and containment of documents" (1997); J. Leskovec,
A. Rajaraman, J. Ullman, "Mining of Massive Datasets", chapter 3. Time grows with the number of words, as only so many
posts of a bucket are compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ..finding import Fault
from ..page import Page
from ..site import Site

SHINGLE = 5
"""Words that are compared together."""
HASHES, BAND = 64, 4
"""Two posts that share 90 % of their shingles meet in one of 16 buckets, but for one time in a million."""
RESEMBLANCE = 0.9
"""Shingles in common, of all that two posts have, from which on they are told of."""
MIN_SHINGLES = 60
"""A shorter post is a note or a list that others may well repeat."""
MAX_BUCKET = 30
"""Posts of one bucket that are compared with each other; in a larger one, those that follow each other by path."""
MAX_SHINGLES = 20_000
"""Shingles of a post that are looked at."""

_SHINGLE_WORD = re.compile(r"\w+")

Shingles = NDArray[np.uint64]


def alike(site: Site) -> Iterator[Fault]:
    """Find posts that share most of their text with one before them."""
    shingles = {
        number: found for number, page in enumerate(site.pages) if len(found := _shingles(page)) >= MIN_SHINGLES
    }
    told: set[int] = set()
    for first, second in sorted(_candidates(site.pages, shingles)):
        share = _resemblance(shingles[first], shingles[second])
        if second not in told and share >= RESEMBLANCE:
            told.add(second)
            page, other = site.pages[second], site.pages[first]
            message = f"has {share:.0%} of its text in common with {other.path}"
            yield Fault(
                "alike", page.source, None, message, "keep one of them, and let the other link or redirect to it"
            )


def _shingles(page: Page) -> Shingles:
    """Hash each run of words of a post; each hash once, in order."""
    words = np.array(
        [crc32(word.encode()) for word in _SHINGLE_WORD.findall(page.post.text.casefold())], dtype=np.uint64
    )
    if len(words) < MIN_SHINGLES:
        return words[:0]
    runs = np.zeros(len(words) - SHINGLE + 1, dtype=np.uint64)
    for offset in range(SHINGLE):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + words[offset : offset + len(runs)]
    return np.unique(runs[:MAX_SHINGLES])


def _candidates(pages: tuple[Page, ...], shingles: dict[int, Shingles]) -> set[tuple[int, int]]:
    """Pair the posts of a language that agree in a whole band."""
    buckets: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, found in shingles.items():
        least = _least(found)
        for start in range(0, HASHES, BAND):
            buckets[pages[number].post.language, start, *least[start : start + BAND].tolist()].append(number)
    pairs: set[tuple[int, int]] = set()
    for bucket in buckets.values():
        near = bucket if len(bucket) <= MAX_BUCKET else []
        pairs.update(combinations(near, 2))
        pairs.update(pairwise(bucket))
    return pairs


def _least(shingles: Shingles) -> Shingles:
    """Return the MinHash signature: the least value of each hash function over a post's shingles."""
    mixed = shingles[:, None] * _FACTORS + _TERMS
    mixed ^= mixed >> np.uint64(31)
    least: Shingles = mixed.min(axis=0)
    return least


def _resemblance(one: Shingles, other: Shingles) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)


_random = np.random.default_rng(1997)
_FACTORS = _random.integers(1, 1 << 63, HASHES, dtype=np.uint64) | np.uint64(1)
_TERMS = _random.integers(0, 1 << 63, HASHES, dtype=np.uint64)
