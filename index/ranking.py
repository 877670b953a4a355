"""How a match is scored: BM25F, its parameters, and nothing else.

BM25F (Robertson, Zaragoza: The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6) adds a term's
weighted frequencies over the fields of a post before it saturates the sum:

    tf    = sum over the fields of  weight * frequency / (1 - b + b * length / average length)
    score = idf * tf * (K1 + 1) / (tf + K1)
    idf   = ln(1 + (posts - df + 0.5) / (df + 0.5))

Only prose and code are normalized by length, both by the length of the text they share (B); the other fields are short
(b = 0).
"""

from collections.abc import Mapping
from math import log

K1 = 1.2
B = 0.75

# Tenths, so that weighted frequencies are whole numbers. Read the Docs gives titles 1.5 and headings 2 times the
# weight of text, Pagefind 5 and up to 7. Half or twice of any one of them changes nDCG@10 on the link texts of Go and
# of Kubernetes (0.762 and 0.772) by 0.003 at most: with titles at 80 to 0.764 and 0.772, headings at 10 to 0.764 and
# 0.773 and at 40 to 0.760 and 0.772; summaries, addresses, tags and code by less than 0.001.
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

# The rewards of rescoring, by name.
Rewards = Mapping[str, float]

# As shares of the highest score that BM25F can give the query; see `rescoring`. Chosen together on the eight sets that
# docs/numbers.md names. Half and twice of each, as mean and worst change of nDCG@10 over the eight:
# docs/numbers.md#constants.
# "date", where a query asks for a year or for what is latest: of the 17 link texts of Go with a year, nDCG@10 rises
# from 0.772 to 0.788, at 0.05 to 0.780; those with a word such as "latest" are few, and older than they say.
REWARDS: Rewards = {
    "named": 0.3,
    "title": 0.2,
    "heading": 0.25,
    "address": 0.2,
    "beginning": 0.05,
    "section": 0.15,
    "repeated": 0.1,
    "order": 0.15,
    "name_order": 0.05,
    "exact": 0.05,
    "feedback": 0.25,
    "date": 0.1,
    "meaning": 0.6,
    # For journals whose readers look for code, or by tags: the settings can raise them.
    "code": 0.0,
    "tags": 0.0,
}

# What the meaning of a query of fewer clauses counts: its words say more. Chosen together over the eight sets: each
# gains, also where it was left out of the choice; with 0.5 for all queries Cranfield gains 0.002 less.
FEW_CLAUSES, OF_FEW_CLAUSES = 5, 2 / 3

# A title as close as this to the query counts as a heading, too: it is worth nothing here, and as much as a heading
# where it is the query. Without it, nDCG@10 is 0.001 lower in the mean over eight sets, and with 0.5 CoSQA loses 0.009.
NEARLY_WHOLE = 0.7

# What the occurrences of a word's other forms count, beside those of what was typed: a flag or a variable without its
# sign and an identifier's parts as words of their own; the accents that were typed; a synonym; two words that are
# written as one, which are the same word.
PART, ACCENTS, SYNONYM, JOINED = 0.5, 0.5, 0.5, 0.8
# Words that posts use for others, where a query finds little.
LEARNED = 0.3
# A compound of which the word is a part, below the word itself: it may mean something else.
COMPOUND = 0.3

# The best matches are looked at twice, and where fewer posts than these have all words, others fill the list. With 100,
# recall@100 on Kubernetes is 0.940 and nDCG@10 0.7707; with 150 0.952 and 0.7719, for 3 to 10 % more time; with 200
# 0.958 and 0.7726, for 10 to 20 %.
LOOKED_AT_TWICE = 150

# ... whose scores are not below this part of the best one: with 0.3 the right post is lost now and then, with 0.1 the
# list ends in posts that have little to do with the query.
FILLING = 0.22

# How a word's score is made of its idf and tf, for who asks why a post ranks where it does.
BM25 = f"idf × tf × {K1 + 1:g} / (tf + {K1:g})"

# The fields that are normalized by length.
TEXT = ("prose", "code")


def idf(posts: int, df: int) -> float:
    """Return the inverse document frequency of a term that `df` of `posts` posts have; always above 0."""
    return log(1 + (posts - df + 0.5) / (df + 0.5))


# Words that only join the others of a question. They are asked for, since a phrase or a name may be made of them, but
# count little. Instead of half, nDCG@10 rises by 0.007 on CISI's questions, 0.005 on Cranfield's and 0.004 on TIME's,
# and falls by 0.002 on CoSQA's; on link texts it stays within 0.001. With none at all it is 0.003 lower on CISI.
JOINING = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its me my not of on or so than that "
    "the their then there these this to was we were what when where which who why will with would you your".split()
)
JOINING_PART = 0.1


def weight(word: str, posts: int, df: int) -> float:
    """Return the weight of a query's word: its inverse document frequency, less for words that only join others."""
    return idf(posts, df) * (JOINING_PART if word.casefold() in JOINING else 1.0)
