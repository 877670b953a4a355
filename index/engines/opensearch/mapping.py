"""What OpenSearch is told of a post: terms that were made by `analysis`, which no analyzer of its own takes apart.

exact               every term where it stands, its other forms at the same place; a run of tokens is one value
stem                the stems in the post's language, each with its weighted frequency in hundredths
term                every term once, for the vocabulary
exact_F, stem_F     the same of one field that can be searched by itself
added, removed      the generations from which on, and until which, the post is there
stored              the post and its postings, as a segment of one post; read without the rest of the document

A token arrives as its forms with FORM between, a token follows another after BREAK, and a stem has its frequency after
FREQUENCY; none of these characters can be in a term.
"""

from typing import Any

from index.engines.whoosh.arrays import VERSION
from index.ranking import K1

# To be raised with every change of what documents hold; what they store are arrays, which have a version of their own.
FORMAT = f"2-{VERSION}"

BREAK, FORM, FREQUENCY = "\n", "\u0001", "\u0002"

# Frequencies are whole numbers for OpenSearch.
UNIT = 100

# Fields that can be searched by themselves; see `query`.
SCOPES = ("title", "headings", "code")

# What was not removed yet.
NEVER = 2**62

MARK = "generation"

# Longer than any token with all of its forms.
LONGEST = 10_000


def body(shards: int, replicas: int) -> dict[str, Any]:
    """Give the settings and the mapping of an index."""
    exact = {
        "type": "text",
        "analyzer": "forms",
        "search_analyzer": "terms",
        "position_increment_gap": 1,
        "norms": False,
    }
    stem = {
        "type": "text",
        "analyzer": "frequencies",
        "search_analyzer": "terms",
        "index_options": "freqs",
        "norms": False,
        "similarity": "saturation",
    }
    keyword, number = {"type": "keyword"}, {"type": "long"}
    names = ("path", "slug", "tag", "author", "language", "year", "tags", "languages", "term", "fingerprint", "stamp")
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # A commit refreshes; nothing is to be seen before.
            "refresh_interval": "-1",
            "similarity": {"saturation": {"type": "BM25", "k1": K1 * UNIT, "b": 0}},
            "analysis": _analysis(),
        },
        "mappings": {
            "dynamic": False,
            "properties": {
                "exact": exact,
                "stem": stem,
                **{f"exact_{name}": exact for name in SCOPES},
                **{f"stem_{name}": stem for name in SCOPES},
                **dict.fromkeys(names, keyword),
                **dict.fromkeys(("when", "added", "removed", "length", "sections", "expires"), number),
                "stored": {"type": "binary", "doc_values": True},
            },
        },
    }


def _analysis() -> dict[str, Any]:
    return {
        "tokenizer": {
            "breaks": {"type": "char_group", "tokenize_on_chars": [BREAK], "max_token_length": LONGEST},
        },
        "filter": {
            "split": {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{FORM}]+)"]},
            "frequency": {"type": "delimited_term_freq", "delimiter": FREQUENCY},
        },
        "analyzer": {
            "forms": {"type": "custom", "tokenizer": "breaks", "filter": ["split"]},
            "terms": {"type": "custom", "tokenizer": "breaks"},
            "frequencies": {"type": "custom", "tokenizer": "breaks", "filter": ["frequency"]},
        },
    }
