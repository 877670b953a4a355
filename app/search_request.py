"""Search request parameters: parse and validate them, and build URLs from them."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal
from urllib.parse import quote_plus, urlencode

from werkzeug.datastructures import MultiDict

from ..index.engines.base import Snapshot
from ..index.model import Results
from ..index.query.analysed import AnalysedQuery, Choice, analyse
from ..index.query.parser import facet_filter, month_filter
from ..index.query.tree import Filter, Sort, sorts
from ..index.search.curation import Editorial
from ..index.search.joint import journals_named
from ..index.search.search import search
from .context import ALL, local, together
from .errors import BadParameter, NoSuchPage
from .i18n import later

# Nobody reads on; deeper pages cost more and only serve those who copy everything (Algolia's limit, too).
MAX_REACHABLE = 1_000
MAX_PER_PAGE = 100
# More than a reader clicks; each is one more clause for the engine.
MAX_FILTERS = 16
# Most journals have fewer tags; a tag is some dozens of bytes.
MAX_WRITTEN = 4_096
FilterName = Literal["tag", "year", "language"]
# The attribute that has the values of a filter.
VALUES_OF: dict[FilterName, str] = {"tag": "tags", "year": "years", "language": "languages"}
# Parameters, in the order in which an address has them; "" stands for the keys that the settings name.
ORDER = ("q", "tag", "year", "language", "from", "to", "", "sort", "journals", "exact", "page")

_YEAR_PARAMETER = re.compile("[0-9]{4}")
_MONTH_PARAMETER = re.compile("[12][0-9]{3}-(0[1-9]|1[0-2])")
_LANGUAGE_PARAMETER = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_NUMBER_PARAMETER = re.compile("[1-9][0-9]{0,8}")


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """One search, normalised: equal requests are equal. Tags are each required; of several values of all else, any.

    Attributes:
        chosen: Values of the keys that the settings name, each with its key.
        facets: These keys.
        quoted: Whether passages link to their sentence.
        journals: Names of the journals that are searched together, or "all"; none for the one that is asked.
        fields: The fields of a hit that are asked for; none for all.
        is_unbounded: Whether all matches can be reached, and not the first 1,000 alone.
        first_month: The month from which on posts are listed, as 2026-03; "" for any.
        last_month: The last month of which posts are listed.
    """

    text: str = ""
    page: int = 1
    per_page: int = 10
    tags: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    first_month: str = ""
    last_month: str = ""
    languages: tuple[str, ...] = ()
    chosen: tuple[tuple[str, str], ...] = ()
    facets: tuple[str, ...] = ()
    sort: Sort = "relevance"
    exact: bool = False
    explain: bool = False
    quoted: bool = False
    journals: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    is_unbounded: bool = False

    @cached_property
    def query(self) -> AnalysedQuery:
        """The query to search, parsed when it is first needed: most answers come from the cache."""
        return analyse(self.text, filters=self.filters, sort=self.sort, exact=self.exact, facets=self.facets)

    @property
    def filters(self) -> tuple[Choice, ...]:
        """The chosen filters; a value of a key can be a range."""
        own = [facet_filter(name, value) for name, value in self.chosen]
        months = [month_filter(self.first_month, self.last_month)]
        common = [Filter(name, value) for name, value in self._common_filters]
        return tuple(each for each in (*common, *months, *own) if each)

    @property
    def months(self) -> tuple[tuple[str, str], ...]:
        """The range of months: names and values of parameters."""
        return tuple(pair for pair in (("from", self.first_month), ("to", self.last_month)) if pair[1])

    @property
    def is_browsing(self) -> bool:
        """Whether the request has neither text nor filters."""
        return not (self.text.strip() or self.is_narrowed)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is chosen."""
        return bool(self.filter_parameters)

    @property
    def filter_parameters(self) -> tuple[tuple[str, str], ...]:
        """The filters: names and values of parameters."""
        return (*self._common_filters, *self.months, *self.chosen)

    @property
    def _common_filters(self) -> tuple[tuple[FilterName, str], ...]:
        """The values that every journal has."""
        return tuple((name, value) for name in VALUES_OF for value in self.values_of(name))

    def values_of(self, name: FilterName) -> tuple[str, ...]:
        """Return the chosen values of a filter."""
        values: tuple[str, ...] = getattr(self, VALUES_OF[name])
        return values

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """The parameters that a new text keeps: names and values."""
        journals = tuple(("journals", name) for name in self.journals)
        return self.filter_parameters + ((("sort", self.sort),) if self.sort != "relevance" else ()) + journals

    @property
    def beside_months(self) -> tuple[tuple[str, str], ...]:
        """The parameters that another range of months keeps: names and values."""
        return tuple(pair for pair in self._pairs if pair not in self.months)

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        """All but the page: names and values of parameters."""
        text = [("q", self.text)] if self.text else []
        exact = [("exact", "1")] if self.exact else []
        return [*text, *self.kept, *exact]

    def url(self, **changes: object) -> str:
        """Return the URL of this search with some parameters changed, at its first page."""
        return local("/search") + self.parameters(**changes)

    def parameters(self, **changes: object) -> str:
        """Return the part of that URL from the question mark on, "" where there are no parameters."""
        search_request = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        pairs = search_request._pairs
        pairs += [("page", str(search_request.page))] if search_request.page > 1 else []
        return f"?{urlencode(pairs)}" if pairs else ""

    def adding(self, name: FilterName | Literal["page"]) -> Callable[[str], str]:
        """Return a function that builds the URLs with one more value; their common parts are encoded once.

        The values are those of the index, which are not many, and not a client's: they are remembered as written.
        """
        pairs = self._pairs
        place = _place(name)
        before = "".join(f"{key}={quote_plus(value)}&" for key, value in pairs if _place(key) <= place)
        after = "".join(f"&{key}={quote_plus(value)}" for key, value in pairs if _place(key) > place)
        return lambda value: f"{local('/search')}?{before}{name}={_written(value)}{after}"

    def toggling(self, name: str, value: str) -> str:
        """Return the URL with a value of a key that the settings name, or without it if it is chosen."""
        pair = (name, value)
        others = tuple(kept for kept in self.chosen if kept != pair)
        return self.url(chosen=others if pair in self.chosen else (*others, pair))

    def removing(self, name: FilterName) -> Callable[[str], str]:
        """Return a function that builds the URLs without one of the values."""
        values = self.values_of(name)
        return lambda value: self.url(**{VALUES_OF[name]: tuple(kept for kept in values if kept != value)})


def read_search_request(given: MultiDict[str, str], per_page: int, facets: tuple[str, ...] = ()) -> SearchRequest:
    """Read a request's parameters; an empty one counts as not given, as forms send those.

    Args:
        given: The query string's names and values; names that are not ours are ignored.
        per_page: How many results a page has.
        facets: The keys that the settings name, which are parameters, too.

    Raises:
        BadParameter: A value that cannot be; the error names the parameter and what is allowed.
        NoSuchPage: A page that no search has.
    """
    return SearchRequest(
        text=given.get("q", ""),
        page=_page(given.get("page", ""), per_page),
        per_page=per_page,
        tags=_filters("tag", [tag.strip() for tag in given.getlist("tag")]),
        years=_matching("year", given.getlist("year"), _YEAR_PARAMETER, later("a year of four digits, like 2026")),
        first_month=_month("from", given),
        last_month=_month("to", given),
        languages=_matching(
            "language", given.getlist("language"), _LANGUAGE_PARAMETER, later("a language's tag, like en")
        ),
        chosen=tuple((name, value) for name in facets for value in _filters(name, given.getlist(name))),
        facets=facets,
        sort=_one_of("sort", given.get("sort", ""), sorts(facets)),
        exact=read_flag(given, "exact"),
        journals=read_journals(given),
    )


def read_journals(given: MultiDict[str, str]) -> tuple[str, ...]:
    """Read the journals to search together; where this one is searched by itself, that is no parameter.

    Raises:
        BadParameter: There is none of this name that can be searched together with this one.
    """
    allowed = together()
    if not allowed:
        return ()
    names = {name for text in given.getlist("journals") for name in text.split(",") if name}
    for name in names:
        _one_of("journals", name, (ALL, *allowed))
    return tuple(sorted(names))


def read_flag(given: MultiDict[str, str], name: str) -> bool:
    """Read a parameter that is 0 or 1.

    Raises:
        BadParameter: It is something else.
    """
    return _one_of(name, given.get(name, ""), ("0", "1")) == "1"


def read_per_page(given: MultiDict[str, str], default: int) -> int:
    """Read a parameter that only the API has.

    Raises:
        BadParameter: It is not a number within bounds.
    """
    text = given.get("per_page", "")
    if not text:
        return default
    if not _NUMBER_PARAMETER.fullmatch(text) or int(text) > MAX_PER_PAGE:
        raise BadParameter("per_page", later("a number from 1 to %(most)s"), most=MAX_PER_PAGE)
    return int(text)


def _place(name: str) -> int:
    return ORDER.index(name if name in ORDER else "")


@lru_cache(maxsize=MAX_WRITTEN)
def _written(value: str) -> str:
    return quote_plus(value)


def page_count(total: int, per_page: int) -> int:
    """Return the number of pages; an empty list has a first page, too."""
    return max(1, -(-total // per_page))


def last_page(total: int, per_page: int) -> int:
    """Return the last page that can be reached."""
    return min(page_count(total, per_page), max(1, MAX_REACHABLE // per_page))


def _page(text: str, per_page: int) -> int:
    if not text:
        return 1
    most = MAX_REACHABLE // per_page
    if not _NUMBER_PARAMETER.fullmatch(text):
        raise NoSuchPage
    if int(text) > most:
        raise NoSuchPage(most)
    return int(text)


def _matching(name: str, values: list[str], pattern: re.Pattern[str], allowed: str) -> tuple[str, ...]:
    if any(value and not pattern.fullmatch(value) for value in values):
        raise BadParameter(name, allowed)
    return _filters(name, values)


def _month(name: str, given: MultiDict[str, str]) -> str:
    value = given.get(name, "")
    if value and not _MONTH_PARAMETER.fullmatch(value):
        raise BadParameter(name, later("a month, like 2026-03"))
    return value


def _filters(name: str, values: list[str]) -> tuple[str, ...]:
    kept = tuple(sorted({value for value in values if value}))
    if len(kept) > MAX_FILTERS:
        raise BadParameter(name, later("a list of at most %(most)s values"), most=MAX_FILTERS)
    return kept


def _one_of(name: str, value: str, allowed: Collection[str]) -> str:
    if value and value not in allowed:
        raise BadParameter(name, later("one of %(values)s"), values=", ".join(allowed))
    return value or next(iter(allowed))


def answer_search(
    snapshot: Snapshot, search_request: SearchRequest, editorial: Editorial, *, language: str = ""
) -> Results:
    """Answer a search request.

    With the `language` of a reader, one of several translations is listed.

    Raises:
        NoSuchPage: The results end before the page that is asked for.
    """
    if search_request.journals or search_request.is_unbounded:
        # A pinned path is one of a single journal; and it may have any rank, so that each page of all matches would
        # read all pages before it.
        editorial = replace(editorial, pins={})
    results = search(
        snapshot,
        search_request.query,
        page=search_request.page,
        per_page=search_request.per_page,
        explain=search_request.explain,
        editorial=editorial,
        quoted=search_request.quoted,
        language=language,
    )
    last = (page_count if search_request.is_unbounded else last_page)(results.total, search_request.per_page)
    if search_request.page > last:
        raise NoSuchPage(last)
    return journals_named(results) if search_request.journals else results
