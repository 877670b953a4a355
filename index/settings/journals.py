"""Several journals in one file: a table `[[journal]]` for each, over what the rest of the file says for all of them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import SettingsError
from .declaration import Settings
from .declared import ENV_PREFIX, JOURNAL, OF_JOURNALS

SHARED = tuple(f"server.{key}" for key in ("host", "port", "workers", "proxies", "log", "metrics_token"))
"""Settings of the server's processes, which all journals have in common."""
PAGES = (
    *("api", "articles", "assets", "author", "backmatter-*.js", "clicks", "healthz", "llms-full.txt", "llms.txt"),
    *("media", "metrics", "opensearch.xml", "privacy", "readyz", "robots.txt", "search", "search.atom", "search.json"),
    *("sitemap.xml", "suggest"),
)
"""Where the addresses of every journal's own pages begin, `*` for any name."""


@dataclass(frozen=True, slots=True)
class JournalTable:
    """A table `[[journal]]` as it is written.

    Attributes:
        place: Where it is, for messages.
        written: Its settings, the nested tables' below their names; its own are in one named `journal`.
    """

    name: str
    place: str
    written: Mapping[str, object]

    @property
    def prefix(self) -> str:
        """How the names of environment variables for this journal begin."""
        return f"{ENV_PREFIX}JOURNAL_{self.name.replace('-', '_').upper()}_"

    def take_variables(self, variables: dict[str, str]) -> dict[str, str]:
        """Remove from some environment variables those for this journal, and return them."""
        return {name: variables.pop(name) for name in list(variables) if name.startswith(self.prefix)}

    def completed(self, common: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
        """Return the journal's settings, by those for all journals and its own.

        Raises:
            SettingsError: It sets what all have in common, or has no posts.
        """
        for name in SHARED:
            if name in own:
                raise SettingsError(f"{self.place}: {name} is the same for all journals; write it above, in [server]")
        if "content" not in own and "mirror.site" not in own:
            raise SettingsError(f'{self.place}: content is missing; write where its posts are, content = ["posts"]')
        index = Path(str(common.get("index", Settings().index)))
        defaults: dict[str, object] = {"title": self.name, "index": index.parent / self.name / index.name}
        inherited = {name: value for name, value in common.items() if name not in ("content", "index")}
        return {**defaults, **inherited, **own}


def journal_tables(parsed: dict[str, object], file: Path) -> list[JournalTable]:
    """Remove the tables `[[journal]]` from a file of settings, and return them.

    Raises:
        SettingsError: One has no name, or the name of another.
    """
    tables = parsed.pop(JOURNAL, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{file}: journal is a list of tables; write [[journal]], and its settings below")
    found: dict[str, JournalTable] = {}
    for number, table in enumerate(tables, 1):
        name = table.get("name")
        if not isinstance(name, str) or not name:
            raise SettingsError(f'{file}: [[journal]] number {number}: name is missing; for example name = "go"')
        if name in found:
            raise SettingsError(f"{file}: [[journal]] number {number}: another one has the name {name!r}")
        found[name] = JournalTable(name, f"{file}: [[journal]] {name!r}", _own_below(table))
    return list(found.values())


def _own_below(table: Mapping[str, object]) -> dict[str, object]:
    """Move what only a journal's table has, into one with that name: a host there is not the server's."""
    own = {key: value for key, value in table.items() if f"{JOURNAL}.{key}" in OF_JOURNALS}
    return {**{key: value for key, value in table.items() if key not in own}, JOURNAL: own}


def check_journals(journals: Sequence[Settings], file: Path) -> None:
    """Refuse journals of which one would take another's readers or posts.

    Raises:
        SettingsError: The message names both.
    """
    _check_unique(journals, file, lambda settings: settings.home, "address {}; give one another host or path")
    _check_unique(journals, file, _index_of, "index {}; give each its own")
    for settings in journals:
        if settings.journal.together and settings.engine != "whoosh":
            raise SettingsError(
                f'{file}: [[journal]] {settings.journal.name!r}: together needs engine = "whoosh"; leave one out'
            )
        page = settings.root.rpartition("/")[2]
        if any(fnmatchcase(page, pattern) for pattern in PAGES):
            raise SettingsError(
                f"{file}: [[journal]] {settings.journal.name!r}: path {settings.root!r} ends like a page of a journal; "
                "choose another"
            )


def _index_of(settings: Settings) -> Hashable:
    if settings.engine == "opensearch":
        return f"{settings.opensearch.index} on {settings.opensearch.hosts[0]}"
    return str(settings.index.resolve())


def _check_unique(journals: Sequence[Settings], file: Path, key_of: Callable[[Settings], Hashable], fault: str) -> None:
    names: dict[Hashable, str] = {}
    for settings in journals:
        key = key_of(settings)
        if key in names:
            both = f"[[journal]] {names[key]!r} and {settings.journal.name!r}"
            raise SettingsError(f"{file}: {both} have the same {fault.format(key)}")
        names[key] = settings.journal.name
