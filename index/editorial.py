"""The author's own say in what a search finds: synonyms, and posts that come first for a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from index import analysis, synonyms
from index.engine import Snapshot
from index.settings import Settings
from index.synonyms import Synonyms


@dataclass(frozen=True, slots=True)
class Editorial:
    """What the author says.

    Attributes:
        synonyms: By the terms of what is typed, what is looked for as well.
        pins: By the terms of a whole query, the path of the post that comes first for it.
    """

    synonyms: Synonyms = field(default_factory=dict)
    pins: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def pinned(self, text: str) -> str | None:
        """Give the path of the post that comes first for a query, however its letters and spaces are written."""
        return self.pins.get(tuple(analysis.terms(text)))

    def missing(self, snapshot: Snapshot) -> list[str]:
        """Give the paths that are pinned and not in the index."""
        held = snapshot.holdings()
        return sorted({path for path in self.pins.values() if path not in held})


NOTHING_SAID = Editorial()


def load(settings: Settings) -> Editorial:
    """Read what the settings name.

    Raises:
        SettingsError: A file of synonyms cannot be used; the message says where.
    """
    lists = [synonyms.shipped()] if settings.builtin_synonyms else []
    lists += [synonyms.read(settings.synonyms)] if settings.synonyms else []
    pins = {tuple(analysis.terms(query)): path for query, path in settings.pins}
    return Editorial(synonyms.merged(*lists), pins)
