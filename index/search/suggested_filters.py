"""Tags and years as suggestions of their own: those that begin as was typed, and the most frequent before any key."""

from weakref import WeakKeyDictionary

from .. import analysis
from ..engines.base import Snapshot
from ..model import Facet, Suggestion
from ..query.tree import Everything

# Beside what leads to articles.
MAX_NARROWING = 2
# Before the first key.
MAX_POPULAR = 8
# Fewer letters begin too much, and fewer digits every year.
MIN_TAG, MIN_YEAR = 2, 3

_counted: WeakKeyDictionary[Snapshot, dict[str, tuple[Facet, ...]]] = WeakKeyDictionary()


def popular(snapshot: Snapshot) -> tuple[Suggestion, ...]:
    """Return the tags that most articles have."""
    return tuple(_suggestion("tag", facet) for facet in _facets(snapshot)["tag"][:MAX_POPULAR])


def filters(snapshot: Snapshot, text: str) -> tuple[Suggestion, ...]:
    """Return the tags and years that begin as was typed, the most frequent first."""
    typed = analysis.fold(" ".join(text.split()))
    facets = _facets(snapshot)
    tags = [facet for facet in facets["tag"] if len(typed) >= MIN_TAG and _begins(facet.value, typed)]
    years = [facet for facet in facets["year"] if len(typed) >= MIN_YEAR and facet.value.startswith(typed)]
    found = [_suggestion("tag", facet) for facet in tags] + [_suggestion("year", facet) for facet in years]
    return tuple(found[:MAX_NARROWING])


def _suggestion(kind: str, facet: Facet) -> Suggestion:
    return Suggestion(kind=kind, title=facet.value, section="", url="", query="", count=facet.count)  # type: ignore[arg-type]


def _begins(tag: str, typed: str) -> bool:
    """Check whether a tag, or a word in it, begins so."""
    folded = analysis.fold(tag)
    return folded.startswith(typed) or any(word.startswith(typed) for word in folded.replace("-", " ").split())


def _facets(snapshot: Snapshot) -> dict[str, tuple[Facet, ...]]:
    """Return the tags and years of a generation, counted once."""
    if snapshot not in _counted:
        _counted[snapshot] = dict(snapshot.find(Everything(), limit=1).facets)
    return _counted[snapshot]
