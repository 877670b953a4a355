"""The frozen data classes that all packages share; those with many instances are structs, which are faster."""

from .article import (
    FOOTNOTE_SIGN,
    Article,
    Code,
    Formula,
    Holding,
    NamePair,
    Place,
    Post,
    PostWarning,
    Reference,
    Section,
    Translation,
)
from .results import Explanation, Facet, Hit, LearnedWord, Passage, Related, Results, Spans, Suggestion
from .source import HTML_SUFFIXES, POST_SUFFIXES, Claim, SiteGiven, SiteTraits, Source
from .status import Absent, Health, Stats

__all__ = [
    "FOOTNOTE_SIGN",
    "HTML_SUFFIXES",
    "POST_SUFFIXES",
    "Absent",
    "Article",
    "Claim",
    "Code",
    "Explanation",
    "Facet",
    "Formula",
    "Health",
    "Hit",
    "Holding",
    "LearnedWord",
    "NamePair",
    "Passage",
    "Place",
    "Post",
    "PostWarning",
    "Reference",
    "Related",
    "Results",
    "Section",
    "SiteGiven",
    "SiteTraits",
    "Source",
    "Spans",
    "Stats",
    "Suggestion",
    "Translation",
]
