"""What is known of posts before a run: what the index holds of them, and what the last run remembered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..model import Holding, Source
from . import state
from .addresses import with_whole_slug
from .removals import SourceState
from .state import Refusal, Touched


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the index holds, and what the last run left beside it.

    Attributes:
        held: The holdings of the index, by post id.
        refused: Why posts are not in the index, by post id.
        touched: Files that were touched and not changed, by post id.
        sources: What it left of each source, by its path.
    """

    held: Mapping[str, Holding]
    refused: Mapping[str, Refusal]
    touched: Mapping[str, Touched]
    sources: Mapping[str, SourceState]

    @classmethod
    def load(cls, held: Mapping[str, Holding], directory: Path) -> "LastRun":
        """Read what the last run left beside the index that holds these posts."""
        return cls(held, state.load_refusals(directory), state.load_touched(directory), state.load_sources(directory))

    def doubtful(self, sources: Iterable[Source]) -> list[Source]:
        """Return the files whose posts the index may not hold as they are; most are told by their stamps alone."""
        held = self.held
        # One of tens of thousands after the other, and therefore without a call.
        return [s for s in sources if (own := held.get(s.path)) is None or own.stamp != s.stamp or own.expires]

    def is_indexed(self, source: Source, now: datetime) -> bool:
        """Check whether the index holds some version of a post that has not expired."""
        holding = self.held.get(source.path)
        return holding is not None and not holding.has_expired(now)

    def touched_alone(self, source: Source, fingerprint: Callable[[Source], str | None]) -> Touched | None:
        """Return what to remember of a file that was touched and not changed since it was indexed; None for others.

        Args:
            source: The file; the index holds its post.
            fingerprint: Computes the fingerprint of a file; None where it cannot tell.
        """
        known, held = self.touched.get(source.path, Touched("", "")), self.held[source.path].fingerprint
        is_known = source.stamp != "" and known[:2] == (source.stamp, held)
        if is_known or fingerprint(with_whole_slug(source) if known.wanted else source) == held:
            return Touched(source.stamp, held, known.wanted)
        return None

    def refusal(self, source: Source, now: datetime) -> Refusal | None:
        """Return why a file was refused, if the reason still holds, so that it need not be read."""
        refusal = self.refused.get(source.path)
        if refusal is None or not refusal.holds(source.stamp, now):
            return None
        return refusal if source.path not in self.held or refusal.is_failure else None

    def failing_since(self, path: str, now: datetime) -> datetime:
        """Return when a post that cannot be read now was first found so."""
        known = self.refused.get(path)
        return known.since if known and known.since and known.is_failure else now
