"""What a run did to each post."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A post that readers must not find, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A post that could not be read, where and why."""

    path: str
    line: int | None
    reason: str

    @property
    def place(self) -> str:
        """Where it is, as editors take it."""
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a run did, or with a dry run would have done. `generation` is the one that is current after it.

    Attributes:
        warnings: What of the posts that were read could not be read, and does not keep them from being found.
    """

    generation: int
    added: list[str]
    updated: list[str]
    deleted: list[str]
    unchanged: int
    held_back: list[HeldBack]
    failed: list[Failure]
    warnings: list[Failure]
    took_ms: float

    @property
    def counts(self) -> dict[str, int]:
        """How many posts met each fate."""
        return {
            "added": len(self.added),
            "updated": len(self.updated),
            "deleted": len(self.deleted),
            "unchanged": self.unchanged,
            "held back": len(self.held_back),
            "failed": len(self.failed),
        }
