"""Text to terms, with character offsets: the same for indexing, for queries and for highlights.

A term is a folded word. Its stem is not stored beside it: stems depend on the language, so that words of one stem are
brought together when a query is answered. What is written without spaces (Chinese, Japanese, Korean, Thai, Burmese)
becomes overlapping pairs of characters (bigrams).

Code is made of the same words. `max_open_conns`, `maxOpenConns`, `sync.Pool`, `net/http` and `1.22.3` are words next to
each other, which a query finds as a phrase. Beside the words stand their other forms, so that each is found by each:

    max_open_conns, max-open-conns    maxopenconns
    maxOpenConns                      maxopenconns, maxopen, openconns
    l'algorithme, I/O, Node.js, U.S.  lalgorithme, io, nodejs, us
    10,000                            10000
    Go1.22, v1.22                     1.22 beside go1; v1 beside 1
    --race, $PATH, .NET, @property    as they are written
    café, Łódź                        as they are written, beside cafe and lodz

Operators, arrows and emoji are words of their own: `->`, `:=`, `≠`.
"""

import Stemmer

from .apostrophes import bare
from .compound_words import COMPOUNDING, MIN_COMPOUND, MIN_REST, MIN_SOUGHT, SURE_PART, SURE_REST, ends, is_part, rests
from .folding import MAX_TERM, fold
from .identifiers import MAX_PARTS
from .operators import CODE_OPERATORS
from .scripts import CJK, HAS_CJK, characters
from .stemming import STEMMERS, stem
from .tokenizer import is_word, terms, tokenize
from .tokens import Tokens
from .values import bounds, measure, sortable, value_key

# Raise it with every change of what terms or stems a text has: an index that was made with another one is built anew.
ANALYSIS_VERSION = 7

# What terms and stems are made by: two versions of Snowball give some words different stems.
ANALYZER = f"analysis {ANALYSIS_VERSION}, PyStemmer {Stemmer.version()}"

__all__ = [
    "ANALYSIS_VERSION",
    "ANALYZER",
    "CJK",
    "CODE_OPERATORS",
    "COMPOUNDING",
    "HAS_CJK",
    "MAX_PARTS",
    "MAX_TERM",
    "MIN_COMPOUND",
    "MIN_REST",
    "MIN_SOUGHT",
    "STEMMERS",
    "SURE_PART",
    "SURE_REST",
    "Tokens",
    "bare",
    "bounds",
    "characters",
    "ends",
    "fold",
    "is_part",
    "is_word",
    "measure",
    "rests",
    "sortable",
    "stem",
    "terms",
    "tokenize",
    "value_key",
]
