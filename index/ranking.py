"""How a match is scored: BM25F, its parameters, and nothing else.

BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6) adds a term's
weighted frequencies over the fields of a post before it saturates the sum:

    tf    = sum over the fields of  weight * frequency / (1 - b + b * length / average length)
    score = idf * tf * (K1 + 1) / (tf + K1)
    idf   = ln(1 + (posts - df + 0.5) / (df + 0.5))

Only prose and code are normalized by length, both by the length of the text they share (B); the other fields are short
(b = 0).
"""

from math import log

K1 = 1.2
B = 0.75

# Tenths, so that weighted frequencies are whole numbers. Read the Docs gives titles 1.5 and headings 2 times the
# weight of text, Pagefind 5 and up to 7.
WEIGHTS = {
    "title": 40,
    "address": 10,
    "summary": 20,
    "tags": 30,
    "languages": 10,
    "headings": 20,
    "prose": 10,
    "code": 7,
}
WEIGHT_UNIT = 10

# The fields that are normalized by length.
TEXT = ("prose", "code")


def idf(posts: int, df: int) -> float:
    """Give the inverse document frequency of a term that `df` of `posts` posts have; always above 0."""
    return log(1 + (posts - df + 0.5) / (df + 0.5))
