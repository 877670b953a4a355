"""The mapping of an OpenSearch index: terms come from `analysis`, and no analyzer of OpenSearch splits them.

exact               every term at its position, with its other forms at the same one; a run of tokens is one value
stem                the stems in the language of the post, each with its weighted frequency in hundredths
term                every term once, for the vocabulary
exact_F, stem_F     the same for one field that can be searched by itself
filter, facet       a value of a key that the settings name: name, NUL, and value, casefolded or as written
reference           what posts are called by others, likewise; see `segment.references`
measure, order      those that are numbers or dates, by key; what the first value of each key sorts by
boost               what scores are multiplied by, where that is not 1
model               the id of the model that made the post's vectors
added, removed      the first generation that has the post, and the first that no longer has it
columns, postings   what the ranking reads of candidates; see `records` and `postings`
shown, vectors      what pages show; what tells the meaning, if the journal has a model; see `records`

FORM separates the forms of a token, BREAK separates tokens, and FREQUENCY separates a stem from its frequency; no term
contains any of these characters.
"""

from typing import Any

from ...analysis import ANALYZER
from ...ranking import K1
from ...segment.arrays import ARRAYS_VERSION

# Raise it with every change of the documents; the arrays and terms in them have versions of their own.
DOCUMENT_FORMAT = f"10-{ARRAYS_VERSION}, {ANALYZER}"

BREAK, FORM, FREQUENCY = "\n", "\u0001", "\u0002"

# OpenSearch accepts integers only as frequencies.
UNIT = 100

# Fields that can be searched by themselves; see `query.parser`.
SCOPES = ("title", "headings", "code")

# The value of `removed` for posts that are not removed.
NEVER = 2**62

# The id of the document that names the generation.
MARK = "generation"

# Its fields, and what is in them.
MARK_FIELDS = ("generation", "history.*", "begun", "void", "format", "purged", "average", "others", "merges_at")

# Fields of bytes, which are read and not searched.
BINARY = ("columns", "postings", "shown", "vectors")

# Longer than any token with all of its forms.
LONGEST = 10_000

# How far behind the best matches a page can be: more posts than a journal has. A page so deep takes a shard some 20 MB.
DEEPEST = 1_000_000

KEYWORD = {"type": "keyword"}
NUMBER = {"type": "long"}


def index_body(shards: int, replicas: int, about: dict[str, Any]) -> dict[str, Any]:
    """Return the settings and the mapping of an index; the mapping keeps what is said `about` it."""
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # Only a commit refreshes; nothing is visible before.
            "refresh_interval": "-1",
            "max_result_window": DEEPEST,
            "similarity": {"saturation": {"type": "BM25", "k1": K1 * UNIT, "b": 0}},
            "analysis": _analysis(),
        },
        "mappings": {
            "dynamic": False,
            "_meta": about,
            # Documents are made again from the posts that they hold: only the mark has to be read as it was written.
            "_source": {"includes": [*MARK_FIELDS]},
            "dynamic_templates": [
                {"measures": {"path_match": "measure.*", "mapping": {"type": "double"}}},
                {"orders": {"path_match": "order.*", "mapping": KEYWORD}},
            ],
            "properties": _properties(),
        },
    }


def _properties() -> dict[str, Any]:
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
    sought = ("path", "slug", "tag", "author", "language", "year", "filter")
    read = ("tags", "languages", "facet", "term", "fingerprint", "stamp")
    return {
        "exact": exact,
        "stem": stem,
        **{f"exact_{name}": exact for name in SCOPES},
        **{f"stem_{name}": stem for name in SCOPES},
        **dict.fromkeys(sought, KEYWORD),
        # No query whose matches are ranked looks for these.
        **dict.fromkeys(("alias", "reference", "model"), KEYWORD | {"doc_values": False}),
        **dict.fromkeys(("when", "added", "removed"), NUMBER),
        # These are counted and read, and no query looks for them.
        **dict.fromkeys(read, KEYWORD | {"index": False}),
        **dict.fromkeys(("length", "sections", "expires"), NUMBER | {"index": False}),
        "boost": {"type": "float"},
        "measure": {"type": "object", "dynamic": True},
        "order": {"type": "object", "dynamic": True},
        **{name: {"type": "binary", "doc_values": True} for name in BINARY},
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
