"""Compare the posts on disk with what the index holds.

Readers lose nothing to an accident: posts below a folder that cannot be listed, those of a source that would lose most
of them (`removals`), and a post that cannot be read stay as they were.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from .. import posts
from ..errors import FolderError, PostError
from ..model import HTML_SUFFIXES, Source
from ..settings import Settings
from .addresses import Addresses, with_whole_slug
from .judge import BuildJudge
from .last_run import LastRun
from .removals import SourceCensus, SourceState
from .report import Failure, HeldBack, SyncReport
from .staging import Fate
from .state import Refusal, Touched
from .unchanged import UnchangedPosts


class Comparison:
    """The content on disk against what the index holds."""

    def __init__(
        self, settings: Settings, last: LastRun, judge: BuildJudge | None, *, full: bool, force: bool, unattended: bool
    ) -> None:
        self.settings = settings
        self.last, self.held = last, last.held
        self.touched: dict[str, Touched] = {}
        self.full = full
        self.force = force
        self.unattended = unattended
        self.now = datetime.now(UTC)
        self.stamps: dict[str, str] = {}
        self.unchanged = UnchangedPosts(self.held)
        self.staged: dict[str, str] = {}
        self._addresses = Addresses(self.held, self.unchanged, self.staged)
        self.refused: dict[str, Refusal] = {}
        self.warnings: list[Failure] = []
        self.dropped: set[str] = set()
        self.unlisted: list[Failure] = []
        self.carried: set[str] = set()
        self.judge = judge
        self.awaits_build = judge is not None and not judge.site.pages
        self._has_compared_pages = False
        self._census = SourceCensus(map(str, settings.roots), last.sources)
        self._read: set[str] = set()
        self._found: list[Source] = []
        self._wanted: dict[str, str] = {}

    def compare(self, found: Iterable[Source | PostError]) -> list[Source]:
        """Return those of the sources found that have to be read."""
        if not self.judge:
            return self._compare(found)
        site = self.judge.site
        if self.awaits_build:
            self._await_build(site.name)
            return []
        self.unlisted += [Failure(f"{site.name}/{error.path}", error.line, error.reason) for error in site.unread]
        return self._compare(self.judge.marked(found))

    def compare_pages(self) -> list[Source]:
        """Return the built pages without a source that have to be read, once it is known which source has which."""
        if not self.judge or self.awaits_build or self._has_compared_pages:
            return []
        self._has_compared_pages = True
        for path, reason in self.judge.contested():
            self._drop(path, Refusal(self.stamps.get(path, ""), reason, held_back=True))
        self.refused |= self.judge.without_page(self.refused)
        return self._compare(self.judge.left())

    def _await_build(self, name: str) -> None:
        """Leave all as it is while there is nothing to judge by: the build is running, or was never run."""
        self.refused = dict(self.last.refused)
        self._carry(self.held)
        self.unlisted.append(
            Failure(name, None, "has no page to judge the posts by; nothing was changed; build the site")
        )

    def _compare(self, found: Iterable[Source | PostError]) -> list[Source]:
        items = list(found)
        sources = [item for item in items if isinstance(item, Source)]
        errors = [item for item in items if isinstance(item, PostError)] if len(sources) < len(items) else []
        changed = sources
        if not self.full:
            changed = [source for source in self.last.doubtful(sources) if not self._is_unchanged(source)]
        self.unchanged.find((item.path for item in items), {item.path for each in (changed, errors) for item in each})
        self._found += sources
        self._census.add(sources)
        for error in errors:
            self.unlisted.append(Failure(error.path, error.line, error.reason))
            self._carry_below(error)
        for source in sources if self.judge else ():
            if source.path in self.unchanged:
                self._keep_claim(source.path)
        todo = []
        for source in changed:
            refusal = None if self.full else self.last.refusal(source, self.now)
            if not refusal or (refusal.winner and refusal.winner not in self.unchanged):
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
            has_to_go = holding.has_expired(self.now) and "expired" in self.settings.hold_back
            if holding.fingerprint and not has_to_go:
                self.carried.add(path)
                self.unchanged.add(path)

    def _carry_below(self, error: PostError) -> None:
        if isinstance(error, FolderError):
            below = "" if error.path == "." else f"{error.path}/"
            paths = [path for path in self.unchanged.vanished if path.startswith(below)]
            self._carry(paths)
            self._census.add_unlisted(error.root, self.carried.intersection(paths))

    def compare_addresses(self) -> list[Source]:
        """Return the posts that have to be read again, once it is known who asks for which address."""
        self.keep_losses()
        asked = {path: known.wanted for path, known in self.touched.items() if known.wanted and self._is_shown(path)}
        displaced = self._addresses.displaced(asked, self.carried)
        source_of = {source.path: source for source in self._found} if displaced else {}
        todo = []
        for path, slug, holder in displaced:
            if path not in source_of:
                continue
            source = source_of[path]
            self.stamps[path] = source.stamp
            if holder == path:
                todo.append(source)
            else:
                todo.append(with_whole_slug(source))
                self._wanted[path] = slug
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
            for path in self.unchanged.vanished
            if self.held[path].slug in taken or self.held[path].fingerprint in self._read or path in claimed
        }
        if self.judge:
            hidden = {path for path, refusal in self.refused.items() if refusal.held_back}
            self.dropped |= self.judge.never_published(hidden)
        if self.force or self.awaits_build:
            return
        vanished, lost = self.unchanged.vanished - moved, self.gone - self.dropped
        for loss, failure in self._census.verdicts(
            self.held.keys(), lost, vanished, self.now, unattended=self.unattended
        ):
            self.unlisted.append(failure)
            self._carry([*vanished, *loss.hidden])
            for path in loss.hidden:
                self.refused.pop(path, None)

    @property
    def waits(self) -> bool:
        """Whether a source is empty that had posts, and the index has none to keep: it cannot be read."""
        return not self.held and (self.awaits_build or (not self.force and self._census.is_emptied))

    @property
    def keeps_losses(self) -> bool:
        """Whether posts of a source are kept that it would lose."""
        return self._census.keeps_losses

    def keep_all(self) -> None:
        """Leave what the index holds as it is."""
        self.staged.clear()
        self.dropped.clear()
        self.unchanged.add_all()

    @property
    def sources(self) -> Mapping[str, SourceState]:
        """What the next run has to know of each source, once all is settled."""
        if self.awaits_build:
            return self._census.known
        looked_at = self.stamps.keys() | self.refused.keys() | self.unchanged.others
        return self._census.states({path for path in looked_at if not self._is_shown(path)})

    def _is_shown(self, path: str) -> bool:
        return path in self.staged or path in self.unchanged

    def _is_unchanged(self, source: Source) -> bool:
        if not self.last.is_indexed(source, self.now):
            return False
        if self.held[source.path].stamp == source.stamp != "":
            return True
        touched = self.last.touched_alone(source, self._fingerprint)
        if touched:
            self.touched[source.path] = touched
        return touched is not None

    @property
    def fingerprints(self) -> dict[str, str]:
        """The fingerprints of the posts that are to be read and that the index has."""
        held = {} if self.full else self.held
        return {path: held[path].fingerprint for path in self.stamps if path in held}

    def _fingerprint(self, source: Source) -> str | None:
        """Return the fingerprint of a file; None of a page, or a post that has one: these are told by what is read."""
        has_page = source.path.lower().endswith(HTML_SUFFIXES) or (self.judge and source.path in self.judge.judged)
        try:
            return None if has_page else posts.fingerprint(source, self.settings)
        except (PostError, OSError):
            return None

    def record(self, fate: Fate) -> None:
        """Record what became of one file."""
        stamp = self.stamps[fate.path]
        self.warnings += [Failure(fate.path, *warning) for warning in fate.warnings]
        if self.judge:
            stamp = self.judge.record(fate.path, stamp, fate.claim)
        if fate.failure:
            self._keep_claim(fate.path)
            self.refused[fate.path] = Refusal(
                stamp, fate.failure.reason, fate.failure.line, since=self.last.failing_since(fate.path, self.now)
            )
            if not fate.hidden:
                self._carry([fate.path])
        elif fate.held_back:
            self.refused[fate.path] = Refusal(stamp, fate.held_back, held_back=True, until=fate.until)
        elif fate.unchanged:
            self.unchanged.add(fate.path)
            self.touched[fate.path] = Touched(stamp, self.held[fate.path].fingerprint)
        else:
            self.staged[fate.path] = fate.slug
            self.unchanged.discard(fate.path)
            self._read.add(fate.fingerprint)
            if fate.path in self._wanted:
                self.touched[fate.path] = Touched(stamp, fate.fingerprint, self._wanted[fate.path])
            else:
                self.touched.pop(fate.path, None)

    def settle(self) -> None:
        """Give each address that several posts ask for even so to the first by path."""
        for loser, winner in self._addresses.shared():
            reason = f"has the same address as {winner}; give one of them another slug"
            self._drop(loser, Refusal(self.stamps.get(loser, ""), reason, winner=winner))

    def _drop(self, path: str, refusal: Refusal) -> None:
        """Take back a post that was read or kept."""
        self.staged.pop(path, None)
        self.unchanged.discard(path)
        self.dropped.add(path)
        self.refused[path] = refusal

    @property
    def forgotten(self) -> bool:
        """Whether refused files are gone; their dates must not start a run any more."""
        return bool(self.last.refused.keys() - self.refused.keys() - self.stamps.keys())

    @property
    def gone(self) -> set[str]:
        """What the index holds, or was staged, and must not stay, once all is settled."""
        return (self.unchanged.others - self.staged.keys()) | self.dropped

    @property
    def changed(self) -> bool:
        """Whether a commit would make a difference to readers."""
        return bool(self.staged or self.gone & self.held.keys())

    def report(self, generation: int, took_ms: float) -> SyncReport:
        """Return the report of the run."""
        refused = sorted(self.refused.items())
        failed = [
            refusal.failure(path, is_kept=path in self.unchanged) for path, refusal in refused if not refusal.held_back
        ]
        return SyncReport(
            generation=generation,
            added=sorted(path for path in self.staged if path not in self.held),
            updated=sorted(self.staged.keys() & self.held.keys()),
            deleted=sorted(self.gone & self.held.keys()),
            unchanged=len(self.unchanged),
            held_back=[HeldBack(path, refusal.reason) for path, refusal in refused if refusal.held_back],
            failed=sorted([*failed, *self.unlisted], key=lambda failure: (failure.path, failure.line or 0)),
            warnings=sorted(set(self.warnings), key=lambda warning: (warning.path, warning.line or 0)),
            took_ms=round(took_ms, 1),
        )
