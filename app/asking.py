"""What a request asks for: its parameters, read once, and written again into the addresses of other pages."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, cast
from urllib.parse import quote_plus, urlencode

from werkzeug.datastructures import MultiDict

from app.errors import BadParameter, NoSuchPage
from app.words import later
from index.editorial import Editorial
from index.engine import SORTS, Snapshot, Sort
from index.model import Results
from index.query import Filter
from index.search import search

# Nobody reads on; deeper pages cost more and only serve those who copy everything (ANCHORS: also Algolia's limit).
MAX_REACHABLE = 1_000
MAX_PER_PAGE = 100
# More than a reader clicks; each is one more clause for the engine.
MAX_FILTERS = 16
# Most journals have fewer tags; a tag is some dozens of bytes.
MAX_WRITTEN = 4_096
# Parameters, in the order in which an address has them.
ORDER = ("q", "tag", "year", "language", "sort", "exact", "page")

_YEAR = re.compile("[0-9]{4}")
_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_NUMBER = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One search, normalised: equal requests are equal. Tags are each required; of several years or languages, any."""

    text: str = ""
    page: int = 1
    per_page: int = 10
    tags: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sort: Sort = "relevance"
    exact: bool = False
    explain: bool = False

    @property
    def filters(self) -> tuple[Filter, ...]:
        """What the results are narrowed to."""
        return tuple(Filter(name, value) for name, value in self._chosen)

    @property
    def is_browsing(self) -> bool:
        """Whether nothing at all is asked for."""
        return not (self.text.strip() or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is chosen."""
        return bool(self._chosen)

    @property
    def _chosen(self) -> tuple[tuple[str, str], ...]:
        """The filters: names and values of parameters."""
        by_name = (("tag", self.tags), ("year", self.years), ("language", self.languages))
        return tuple((name, value) for name, values in by_name for value in values)

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """What stays when other words are asked for: names and values of parameters."""
        return self._chosen + ((("sort", self.sort),) if self.sort != "relevance" else ())

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        """All but the page: names and values of parameters."""
        text = [("q", self.text)] if self.text else []
        exact = [("exact", "1")] if self.exact else []
        return [*text, *self.kept, *exact]

    def url(self, **changes: object) -> str:
        """Give the address of the page for this search with something changed; it starts at its first page again."""
        asking = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        pairs = asking._pairs
        pairs += [("page", str(asking.page))] if asking.page > 1 else []
        return f"/search?{urlencode(pairs)}" if pairs else "/search"

    def adding(self, name: Literal["tag", "year", "language", "page"]) -> Callable[[str], str]:
        """Give what makes the addresses with one value more: what they have in common is written once.

        The values are those of the index, which are not many, and not a client's: they are remembered as written.
        """
        pairs = self._pairs
        place = ORDER.index(name)
        before = "".join(f"{key}={quote_plus(value)}&" for key, value in pairs if ORDER.index(key) <= place)
        after = "".join(f"&{key}={quote_plus(value)}" for key, value in pairs if ORDER.index(key) > place)
        return lambda value: f"/search?{before}{name}={_written(value)}{after}"


def read(given: MultiDict[str, str], per_page: int) -> Asking:
    """Read a request's parameters; an empty one counts as not given, as forms send those.

    Args:
        given: The query string's names and values; names that are not ours are ignored.
        per_page: How many results a page has.

    Raises:
        BadParameter: A value that cannot be; the error names the parameter and what is allowed.
        NoSuchPage: A page that no search has.
    """
    return Asking(
        text=given.get("q", ""),
        page=_page(given.get("page", ""), per_page),
        per_page=per_page,
        tags=_filters("tag", [tag.strip() for tag in given.getlist("tag")]),
        years=_matching("year", given.getlist("year"), _YEAR, later("a year of four digits, like 2026")),
        languages=_matching("language", given.getlist("language"), _LANGUAGE, later("a language's tag, like en")),
        sort=cast(Sort, _one_of("sort", given.get("sort", ""), SORTS)),
        exact=_one_of("exact", given.get("exact", ""), ("0", "1")) == "1",
    )


def read_explain(given: MultiDict[str, str]) -> bool:
    """Read a parameter that only the API has.

    Raises:
        BadParameter: It is neither 0 nor 1.
    """
    return _one_of("explain", given.get("explain", ""), ("0", "1")) == "1"


def read_per_page(given: MultiDict[str, str], default: int) -> int:
    """Read a parameter that only the API has.

    Raises:
        BadParameter: It is not a number within bounds.
    """
    text = given.get("per_page", "")
    if not text:
        return default
    if not _NUMBER.fullmatch(text) or int(text) > MAX_PER_PAGE:
        raise BadParameter("per_page", later("a number from 1 to %(most)s"), most=MAX_PER_PAGE)
    return int(text)


@lru_cache(maxsize=MAX_WRITTEN)
def _written(value: str) -> str:
    return quote_plus(value)


def last_page(total: int, per_page: int) -> int:
    """Give the last page that can be reached; an empty list has a first page, too."""
    return max(1, min(-(-total // per_page), MAX_REACHABLE // per_page))


def _page(text: str, per_page: int) -> int:
    if not text:
        return 1
    if not _NUMBER.fullmatch(text) or int(text) > MAX_REACHABLE // per_page:
        raise NoSuchPage
    return int(text)


def _matching(name: str, values: list[str], pattern: re.Pattern[str], allowed: str) -> tuple[str, ...]:
    if any(value and not pattern.fullmatch(value) for value in values):
        raise BadParameter(name, allowed)
    return _filters(name, values)


def _filters(name: str, values: list[str]) -> tuple[str, ...]:
    kept = tuple(sorted({value for value in values if value}))
    if len(kept) > MAX_FILTERS:
        raise BadParameter(name, later("at most %(most)s of them"), most=MAX_FILTERS)
    return kept


def _one_of(name: str, value: str, allowed: Collection[str]) -> str:
    if value and value not in allowed:
        raise BadParameter(name, later("one of %(values)s"), values=", ".join(allowed))
    return value or next(iter(allowed))


def ask(snapshot: Snapshot, asking: Asking, editorial: Editorial, *, quoted: bool = False) -> Results:
    """Answer it; `quoted` makes passages link to their sentence.

    Raises:
        NoSuchPage: The results end before the page that is asked for.
    """
    results = search(
        snapshot,
        asking.text,
        page=asking.page,
        per_page=asking.per_page,
        sort=asking.sort,
        filters=asking.filters,
        exact=asking.exact,
        explain=asking.explain,
        editorial=editorial,
        quoted=quoted,
    )
    if asking.page > last_page(results.total, asking.per_page):
        raise NoSuchPage
    return results
