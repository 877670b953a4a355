"""Compare the posts on disk with what the index holds.

Readers lose nothing to an accident: posts below a folder that cannot be listed, those of a source that would lose most
of them (`removals`), and a post that cannot be read stay as they were.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from .. import posts
from ..errors import FolderError, PostError
from ..model import HTML_SUFFIXES, Holding, Source
from ..settings import Settings
from .addresses import holders, with_whole_slug
from .judge import BuildJudge
from .removals import SourceCensus, SourceState
from .report import Failure, HeldBack, SyncReport
from .staging import Fate
from .state import Refusal, Touched


class Comparison:
    """The content on disk against what the index holds."""

    def __init__(
        self,
        settings: Settings,
        held: Mapping[str, Holding],
        remembered: Mapping[str, Refusal],
        known: Mapping[str, Touched],
        sources: Mapping[str, SourceState],
        judge: BuildJudge | None,
        *,
        full: bool,
        force: bool,
        unattended: bool,
    ) -> None:
        self.settings = settings
        self.held = held
        self.remembered = remembered
        self.known = known
        self.touched: dict[str, Touched] = {}
        self.full = full
        self.force = force
        self.unattended = unattended
        self.now = datetime.now(UTC)
        self.stamps: dict[str, str] = {}
        self.vanished: set[str] = set(held)
        self.unchanged: dict[str, str] = {}
        self.staged: dict[str, str] = {}
        self.refused: dict[str, Refusal] = {}
        self.warnings: list[Failure] = []
        self.dropped: set[str] = set()
        self.unlisted: list[Failure] = []
        self.carried: set[str] = set()
        self.awaits_build = False
        self._has_compared_pages = False
        self._judged: set[str] = set()
        self.judge = judge
        self._census = SourceCensus(map(str, settings.roots), sources)
        self._read: set[str] = set()
        self._source_of: dict[str, Source] = {}
        self._wanted: dict[str, str] = {}

    def compare(self) -> list[Source]:
        """Return the sources that have to be read."""
        found = posts.discover(self.settings)
        if not self.judge:
            return self._compare(found)
        if not self.judge.site.pages:
            self._await_build(self.judge.site.name)
            return []
        for error in self.judge.site.unread:
            self.unlisted.append(Failure(f"{self.judge.site.name}/{error.path}", error.line, error.reason))
        return self._compare(map(self._marked, found))

    def compare_pages(self) -> list[Source]:
        """Return the built pages without a source that have to be read, once it is known which source has which."""
        if not self.judge or not self.judge.site.pages or self._has_compared_pages:
            return []
        self._has_compared_pages = True
        for path, reason in self.judge.contested():
            self.staged.pop(path, None)
            self.unchanged.pop(path, None)
            self.dropped.add(path)
            self.refused[path] = Refusal(self.stamps.get(path, ""), reason, held_back=True)
        for path in self.refused.keys() & self._judged - self.judge.claims.keys():
            refusal = self.refused[path]
            self.refused[path] = msgspec.structs.replace(refusal, stamp=self.judge.stamp_without_page(refusal.stamp))
        return self._compare(source for source in self.judge.left() if source.path not in self._judged)

    def _marked(self, source: Source | PostError) -> Source | PostError:
        if isinstance(source, PostError) or not self.judge:
            return source
        self._judged.add(source.path)
        return self.judge.marked(source)

    def _await_build(self, name: str) -> None:
        """Leave all as it is while there is nothing to judge by: the build is running, or was never run."""
        self.awaits_build = True
        self.refused = dict(self.remembered)
        self._carry(self.held)
        self.unlisted.append(
            Failure(name, None, "has no page to judge the posts by; nothing was changed; build the site")
        )

    def _compare(self, found: Iterable[Source | PostError]) -> list[Source]:
        todo, waiting = [], []
        for source in found:
            self.vanished.discard(source.path)
            if isinstance(source, PostError):
                self.unlisted.append(Failure(source.path, source.line, source.reason))
                self._carry_below(source)
                continue
            self._census.add(source)
            self._source_of[source.path] = source
            if self._unchanged(source):
                self.unchanged[source.path] = self.held[source.path].slug
                self._keep_claim(source.path)
            elif self._refused_before(source):
                waiting.append(source)
            else:
                todo.append(source)
        for source in waiting:
            refusal = self.remembered[source.path]
            if refusal.winner and refusal.winner not in self.unchanged:
                todo.append(source)
            else:
                self.refused[source.path] = refusal
                self._keep_claim(source.path)
                self._carry([source.path])
        self.stamps |= {source.path: source.stamp for source in todo}
        return todo

    def _keep_claim(self, path: str) -> None:
        if self.judge:
            self.judge.keep(path)

    def _carry(self, paths: Iterable[str]) -> None:
        """Keep posts of the index as they are, also over a rebuild; not those that are damaged or have expired."""
        for path in self.held.keys() & set(paths):
            holding = self.held[path]
            if holding.fingerprint and not self._is_expired(holding):
                self.carried.add(path)
                self.vanished.discard(path)
                self.unchanged[path] = holding.slug

    def _is_expired(self, holding: Holding) -> bool:
        return bool(holding.expires and holding.expires <= self.now and "expired" in self.settings.hold_back)

    def _carry_below(self, error: PostError) -> None:
        if isinstance(error, FolderError):
            below = "" if error.path == "." else f"{error.path}/"
            paths = [path for path in self.vanished if path.startswith(below)]
            self._carry(paths)
            self._census.add_unlisted(error.root, self.carried.intersection(paths))

    def compare_addresses(self) -> list[Source]:
        """Return the posts that have to be read again, once it is known who asks for which address."""
        self.keep_losses()
        slugs = {**self.unchanged, **self.staged}
        wanted = slugs | {path: known.wanted for path, known in self.touched.items() if known.wanted and path in slugs}
        todo = []
        for path, holder in sorted(holders(wanted, self.carried).items()):
            has_it = slugs[path] == wanted[path]
            if path not in self._source_of or has_it == (holder == path):
                continue
            source = self._source_of[path]
            self.stamps[path] = source.stamp
            if holder == path:
                todo.append(source)
            else:
                todo.append(with_whole_slug(source))
                self._wanted[path] = wanted[path]
                if not self.settings.has_own_site:
                    reason = f"asks for the address of {holder}, and has a longer one; give one of them another slug"
                    self.warnings.append(Failure(path, None, reason))
        return todo

    def keep_losses(self) -> None:
        """Keep the posts of a source that would lose most of them, unless the author wants it so."""
        taken = set(self.staged.values())
        claimed = {claim.page for claim in self.judge.claims.values()} if self.judge else ()
        moved = {
            path
            for path in self.vanished
            if self.held[path].slug in taken or self.held[path].fingerprint in self._read or path in claimed
        }
        self.dropped |= self._never_published()
        if self.force or self.awaits_build:
            return
        vanished, kept = self.vanished - moved, self._shown | self.dropped
        for loss, failure in self._census.verdicts(self.held, kept, vanished, self.now, unattended=self.unattended):
            self.unlisted.append(failure)
            self._carry([*vanished, *loss.hidden])
            for path in loss.hidden:
                self.refused.pop(path, None)

    def _never_published(self) -> set[str]:
        """Return the posts without a built page that never had one, if others have one: they are not public."""
        if not self.judge or not self.judge.claims:
            return set()
        hidden = (path for path in self._judged & self.refused.keys() if self.refused[path].held_back)
        return {path for path in hidden if not self.judge.had_page(path)}

    @property
    def waits(self) -> bool:
        """Whether a source is empty that had posts, and the index has none to keep: it cannot be read."""
        if self.awaits_build:
            return not self.held
        return not self.held and not self.force and self._census.is_emptied

    @property
    def keeps_losses(self) -> bool:
        """Whether posts of a source are kept that it would lose."""
        return self._census.keeps_losses

    def keep_all(self) -> None:
        """Leave what the index holds as it is."""
        self.staged.clear()
        self.dropped.clear()
        self.unchanged = {path: holding.slug for path, holding in self.held.items()}

    @property
    def sources(self) -> Mapping[str, SourceState]:
        """What the next run has to know of each source, once all is settled."""
        return self._census.known if self.awaits_build else self._census.states(self._shown)

    @property
    def _shown(self) -> set[str]:
        return self.staged.keys() | self.unchanged.keys()

    def _unchanged(self, source: Source) -> bool:
        holding = self.held.get(source.path)
        if self.full or holding is None or (holding.expires and holding.expires <= self.now):
            return False
        if holding.stamp == source.stamp != "":
            return True
        known = self.known.get(source.path, Touched("", ""))
        is_known = bool(source.stamp) and known[:2] == (source.stamp, holding.fingerprint)
        if is_known or self._as_it_was(with_whole_slug(source) if known.wanted else source, holding.fingerprint):
            self.touched[source.path] = Touched(source.stamp, holding.fingerprint, known.wanted)
            return True
        return False

    @property
    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of the posts that are to be read and that the index has."""
        held = {} if self.full else self.held
        return {path: held[path].fingerprint for path in self.stamps if path in held}

    def _as_it_was(self, source: Source, fingerprint: str) -> bool:
        if source.path in self._judged or source.path.lower().endswith(HTML_SUFFIXES):
            return False  # Of a page, or a post that has one, it is told by what is read of it.
        try:
            return fingerprint == posts.fingerprint(source, self.settings)
        except (PostError, OSError):
            return False

    def _refused_before(self, source: Source) -> bool:
        refusal = self.remembered.get(source.path)
        if self.full or refusal is None or not refusal.holds(source.stamp, self.now):
            return False
        return source.path not in self.held or refusal.is_failure

    def record(self, fate: Fate) -> None:
        """Record what became of one file."""
        stamp = self.stamps[fate.path]
        self.warnings += [Failure(fate.path, *warning) for warning in fate.warnings]
        if self.judge and fate.path in self._judged:
            stamp = self.judge.record(fate.path, stamp, fate.claim)
        if fate.failure:
            self._keep_claim(fate.path)
            self.refused[fate.path] = Refusal(
                stamp, fate.failure.reason, fate.failure.line, since=self._failing_since(fate.path)
            )
            if not fate.hidden:
                self._carry([fate.path])
        elif fate.held_back:
            self.refused[fate.path] = Refusal(stamp, fate.held_back, held_back=True, until=fate.until)
        elif fate.unchanged:
            self.unchanged[fate.path] = fate.slug
            self.touched[fate.path] = Touched(stamp, self.held[fate.path].fingerprint)
        else:
            self.staged[fate.path] = fate.slug
            self.unchanged.pop(fate.path, None)
            self._read.add(fate.fingerprint)
            if fate.path in self._wanted:
                self.touched[fate.path] = Touched(stamp, fate.fingerprint, self._wanted[fate.path])
            else:
                self.touched.pop(fate.path, None)

    def _failing_since(self, path: str) -> datetime:
        known = self.remembered.get(path)
        return known.since if known and known.since and known.is_failure else self.now

    def settle(self) -> None:
        """Give each address that several posts ask for even so to the first by path."""
        taken = {slug: path for path, slug in self.unchanged.items()} if self.staged else {}
        for path, slug in sorted(self.staged.items()):
            winner, *losers = sorted({taken.get(slug, path), path})
            taken[slug] = winner
            for loser in losers:
                stamp = self.stamps.get(loser, "")
                reason = f"has the same address as {winner}; give one of them another slug"
                self.refused[loser] = Refusal(stamp, reason, winner=winner)
                self.dropped.add(loser)
                self.staged.pop(loser, None)
                self.unchanged.pop(loser, None)

    @property
    def forgotten(self) -> bool:
        """Whether refused files are gone; their dates must not start a run any more."""
        return bool(self.remembered.keys() - self.refused.keys() - self.stamps.keys())

    @property
    def gone(self) -> set[str]:
        """What the index holds, or was staged, and must not stay, once all is settled."""
        return (self.held.keys() - self.staged.keys() - self.unchanged.keys()) | self.dropped

    @property
    def changed(self) -> bool:
        """Whether a commit would make a difference to readers."""
        return bool(self.staged or self.gone & self.held.keys())

    def report(self, generation: int, took_ms: float) -> SyncReport:
        """Return the report of the run."""
        refused = sorted(self.refused.items())
        failed = [
            Failure(path, refusal.line, refusal.reason + (self._kept_since(refusal) if path in self.unchanged else ""))
            for path, refusal in refused
            if not refusal.held_back
        ]
        return SyncReport(
            generation=generation,
            added=sorted(self.staged.keys() - self.held.keys()),
            updated=sorted(self.staged.keys() & self.held.keys()),
            deleted=sorted(self.gone & self.held.keys()),
            unchanged=len(self.unchanged),
            held_back=[HeldBack(path, refusal.reason) for path, refusal in refused if refusal.held_back],
            failed=sorted([*failed, *self.unlisted], key=lambda failure: (failure.path, failure.line or 0)),
            warnings=sorted(set(self.warnings), key=lambda warning: (warning.path, warning.line or 0)),
            took_ms=round(took_ms, 1),
        )

    @staticmethod
    def _kept_since(refusal: Refusal) -> str:
        since = f"; it has failed since {refusal.since:%Y-%m-%d %H:%M} UTC" if refusal.since else ""
        return f"; readers find it as it was before{since}"
