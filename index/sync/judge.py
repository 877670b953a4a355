"""Which source has which built page, over one run; see `posts.page_matching`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from hashlib import blake2b
from pathlib import Path

from msgspec.structs import replace

from .. import posts
from ..errors import PostError
from ..model import Claim, Source
from ..settings import Settings
from . import state
from .state import Refusal


class BuildJudge:
    """The built site, and the claims of the sources to its pages: those of the last run, and those of this one.

    Attributes:
        judged: The sources that it decides about, by path.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.built_folders[0]
        self._settings = settings
        self._before = state.load_claims(settings.index)
        self.site = posts.built_pages(settings, state.load_pages(settings.index), self._sources())
        self.claims: dict[str, Claim] = {}
        self.judged: set[str] = set()
        self._open = self._open_mark(self._before)

    def _sources(self) -> list[Source]:
        self._files: list[Source] = []
        if self.folder.is_dir():
            found = posts.discover(posts.page_settings(self._settings))
            self._files = [source for source in found if isinstance(source, Source)]
        return self._files

    def marked(self, found: Iterable[Source | PostError]) -> Iterator[Source | PostError]:
        """Yield sources whose stamps also change with their pages, or else with all pages that have no source."""
        for source in found:
            yield self._marked(source) if isinstance(source, Source) else source

    def _marked(self, source: Source) -> Source:
        self.judged.add(source.path)
        claim = self._before.get(source.path)
        mark = self._digest(claim) if claim and claim.page in self.site.pages else self._open
        return replace(source, stamp=f"{source.stamp}:{mark}")

    def keep(self, path: str) -> None:
        """Let a source that is not read again have the page that it had."""
        if path in self._before:
            self.claims[path] = self._before[path]

    def never_published(self, held_back: Set[str]) -> set[str]:
        """Return those of some sources that had no page in the last run, if others have one: they are not public."""
        return {path for path in held_back & self.judged if path not in self._before} if self.claims else set()

    def record(self, path: str, stamp: str, claim: Claim | None) -> str:
        """Record the claim of a file; return the stamp by which the next run knows that nothing changed."""
        if not claim or path not in self.judged:
            return stamp
        self.claims[path] = claim
        return f"{stamp.rpartition(':')[0]}:{self._digest(claim)}"

    def without_page(self, refused: Mapping[str, Refusal]) -> dict[str, Refusal]:
        """Return the refusals of sources without a page, with the stamps by which the next run knows them."""
        mark = self._open_mark(self.claims)
        found = {path: refused[path] for path in refused.keys() & (self.judged - self.claims.keys())}
        return {path: replace(each, stamp=f"{each.stamp.rpartition(':')[0]}:{mark}") for path, each in found.items()}

    def contested(self) -> Iterator[tuple[str, str]]:
        """Yield each source whose page is another's, with the reason, and take its claim back.

        A page is that of the source whose address is most alike; of two that are alike the same, it is of none.
        """
        by_page = defaultdict(list)
        for path, claim in sorted(self.claims.items()):
            by_page[claim.page].append(path)
        for page, paths in by_page.items():
            most = max(self.claims[path].likeness for path in paths)
            first = [path for path in paths if self.claims[path].likeness == most]
            for path in paths if len(paths) > 1 else ():
                if len(first) == 1 and path == first[0]:
                    continue
                other = first[0] if path != first[0] else first[1]
                del self.claims[path]
                yield path, f"has no page of its own in {self.site.name}: {page} may be that of {other}"

    def left(self) -> list[Source]:
        """Return the pages without a source, which are read themselves; copies and redirects are none."""
        taken, pages = self.judged | {claim.page for claim in self.claims.values()}, self.site.pages
        return [
            source
            for source in self._files
            if source.path not in taken and source.path in pages and not pages[source.path].leads_to
        ]

    def remember(self, index: Path) -> None:
        """Save what the next run has to know."""
        state.save_pages(index, self.site.pages)
        state.save_claims(index, self.claims)

    def _digest(self, claim: Claim) -> str:
        return self.site.pages[claim.page].digest

    def _open_mark(self, claims: dict[str, Claim]) -> str:
        claimed = {claim.page for claim in claims.values()}
        pages = [page for path, page in sorted(self.site.pages.items()) if path not in claimed]
        content = repr([(page.digest, page.title, page.words) for page in pages])
        return blake2b(content.encode(), digest_size=8).hexdigest()
