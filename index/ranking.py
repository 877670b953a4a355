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

# What the words' places add, as parts of the highest score that BM25F can give the query; see `rescoring`. Measured
# together on the judged queries that the README names; "exact" alone: at 0.05 CoSQA gains 0.003 of nDCG@10 and the
# others lose 0.001 at most, and what is typed comes before its other forms; "feedback", for long questions: at 0.1
# Cranfield's nDCG@10 rises from 0.428 to 0.436, at 0.25 to 0.4415, at 0.4 to 0.4475 with less recall; CoSQA stays.
REWARDS = {
    "title": 0.25,
    "heading": 0.3,
    "address": 0.25,
    "words": 0.05,
    "section": 0.15,
    "order": 0.2,
    "exact": 0.05,
    "feedback": 0.25,
}

# What the occurrences of a word's other forms count, beside those of what was typed: a flag or a variable without its
# sign and an identifier's parts as words of their own; the accents that were typed; a synonym; two words that are
# written as one, which are the same word.
PART, ACCENTS, SYNONYM, JOINED = 0.5, 0.5, 0.5, 0.8

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
    """Give the inverse document frequency of a term that `df` of `posts` posts have; always above 0."""
    return log(1 + (posts - df + 0.5) / (df + 0.5))


# Words that only join the others of a question. They are asked for, since a phrase or a name may be made of them, but
# their part of the score is halved: on Cranfield's questions nDCG@10 rises from 0.426 to 0.433, on CoSQA's from 0.406
# to 0.410, on link texts it stays.
JOINING = frozenset(
    "a an and are as at be by can do does for from has have how i if in into is it its me my not of on or so than that "
    "the their then there these this to was we were what when where which who why will with would you your".split()
)
JOINING_PART = 0.5


def weight(word: str, posts: int, df: int) -> float:
    """Give what a word of a query counts: its inverse document frequency, less where it only joins others."""
    return idf(posts, df) * (JOINING_PART if word.casefold() in JOINING else 1.0)
