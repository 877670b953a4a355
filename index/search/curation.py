"""Curation by the author: synonyms, posts that are pinned to queries, and what matches are worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import analysis
from ..engines.base import Snapshot
from ..query.analysed import AnalysedQuery
from ..query.synonyms import Synonyms, builtin_synonyms, merge_synonyms, read_synonyms
from ..ranking import REWARDS, Rewards
from ..settings import Settings


@dataclass(frozen=True, slots=True)
class Editorial:
    """Synonyms, pins and weights.

    Attributes:
        synonyms: By the terms that are typed, the texts that are searched as well.
        pins: By the terms of a whole query, the path of the post that is pinned to it.
        rewards: The rewards of rescoring; see `ranking`.
    """

    synonyms: Synonyms = field(default_factory=dict)
    pins: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    rewards: Rewards = field(default_factory=lambda: REWARDS)

    def pinned(self, query: AnalysedQuery) -> str | None:
        """Return the path of the post that is pinned to a query, by its terms."""
        return self.pins.get(query.terms)

    def missing(self, snapshot: Snapshot) -> list[str]:
        """Return the pinned paths that are not in the index."""
        held = snapshot.holdings()
        return sorted({path for path in self.pins.values() if path not in held})


NOTHING_SAID = Editorial()


def load_editorial(settings: Settings) -> Editorial:
    """Read what the settings name.

    Raises:
        SettingsError: A file of synonyms cannot be used; the message says where.
    """
    lists = [builtin_synonyms()] if settings.builtin_synonyms else []
    lists += [read_synonyms(settings.synonyms)] if settings.synonyms else []
    pins = {tuple(analysis.terms(query)): path for query, path in settings.pins}
    weights = settings.ranking
    rewards = {
        "title": weights.titles,
        "heading": weights.headings,
        "code": weights.code,
        "tags": weights.tags,
        "date": weights.dates,
    }
    return Editorial(merge_synonyms(*lists), pins, {**REWARDS, **rewards})
