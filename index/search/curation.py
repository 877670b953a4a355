"""Curation by the author: synonyms, what is none, posts that are pinned to queries, and what matches are worth."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import analysis
from ..engines.base import Snapshot
from ..errors import SettingsError
from ..query.analysed import AnalysedQuery
from ..query.synonyms import Exclusions, SynonymRules, Synonyms, builtin_synonyms, decide, merge_synonyms, read_synonyms
from ..ranking import REWARDS, Rewards
from ..settings import Settings

_NAMES = re.compile(r"!=|=>|=")


@dataclass(frozen=True, slots=True)
class Editorial:
    """Synonyms, pins and weights.

    Attributes:
        synonyms: By the terms that are typed, the texts that are searched as well.
        pins: By the terms of a whole query, the path of the post that is pinned to it.
        rewards: The rewards of rescoring; see `ranking`.
        learns: Whether words that posts use for each other are searched as well; see `learned_words`.
        excluded: What does not stand for each other.
    """

    synonyms: Synonyms = field(default_factory=dict)
    pins: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    rewards: Rewards = field(default_factory=lambda: REWARDS)
    learns: bool = True
    excluded: Exclusions = frozenset()

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
    builtin = builtin_synonyms() if settings.builtin_synonyms else {}
    own = read_synonyms(settings.synonyms) if settings.synonyms else SynonymRules({}, frozenset())
    synonyms = merge_synonyms(builtin, own.synonyms, excluded=own.excluded)
    pins = {tuple(analysis.terms(query)): path for query, path in settings.pins}
    weights = settings.ranking
    rewards = {
        "title": weights.titles,
        "heading": weights.headings,
        "code": weights.code,
        "tags": weights.tags,
        "date": weights.dates,
    }
    return Editorial(synonyms, pins, {**REWARDS, **rewards}, settings.learned_words, own.excluded)


def decide_on(settings: Settings, names: str, *, is_kept: bool) -> str:
    """Write into the file of synonyms that two names stand for each other, or do not; return the rule.

    Raises:
        SettingsError: These are no two names, or no file is named.
    """
    if settings.synonyms is None:
        raise SettingsError('no file for it is named; set synonyms = "synonyms.txt" in backmatter.toml')
    first, second, *rest = [*_NAMES.split(names), ""]
    rule = f"{first.strip()} {'=' if is_kept else '!='} {second.strip()}" if rest else names
    decide(settings.synonyms, rule)
    return rule
