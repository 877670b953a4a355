"""A search as a reader asks for it: text, filters, order and page, and the URLs of searches like it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal
from urllib.parse import quote_plus

from ...index.lazy import lazy
from ...index.query.analysed import AnalysedQuery, Choice, analyse
from ...index.query.parser import facet_filter, month_filter
from ...index.query.tree import Filter, Sort
from ..context import local

# Most journals have fewer tags; a tag is some dozens of bytes.
MAX_WRITTEN = 4_096
FilterName = Literal["tag", "year", "language"]
# The attribute that has the values of a filter.
VALUES_OF: dict[FilterName, str] = {"tag": "tags", "year": "years", "language": "languages"}
# Parameters, in the order in which an address has them; "" stands for the keys that the settings name.
ORDER = ("q", "tag", "year", "language", "from", "to", "", "sort", "journals", "exact", "page")


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

    @lazy
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

    @lazy
    def _written(self) -> list[tuple[str, str]]:
        """All but the page: the names of parameters, and these with their values as an address has them."""
        return [(name, f"{quote_plus(name)}={quote_plus(value)}") for name, value in self._pairs]

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
        is_other = any(getattr(self, name) != value for name, value in changes.items())
        written = (replace(self, **changes) if is_other else self)._written  # type: ignore[arg-type]
        return f"?{'&'.join(pair for _, pair in written)}" if written else ""

    def page_url(self, page: int) -> str:
        """Return the URL of a page of this search."""
        return self._later_page(str(page)) if page > 1 else self.url()

    @lazy
    def _later_page(self) -> Callable[[str], str]:
        return self.adding("page")

    def adding(self, name: FilterName | Literal["sort", "page"]) -> Callable[[str], str]:
        """Return a function that builds the URLs with one more value, or with another order or page.

        Their common parts are encoded once. The values are those of the index, which are not many, and not a client's:
        they are remembered as written.
        """
        place = _place(name)
        pairs = [(_place(key), pair) for key, pair in self._written if not key == name == "sort"]
        before = "".join(f"{pair}&" for at, pair in pairs if at <= place)
        after = "".join(f"&{pair}" for at, pair in pairs if at > place)
        start = f"{local('/search')}?{before}{name}="
        return lambda value: f"{start}{_written(value)}{after}"

    def toggling(self, name: str, value: str) -> str:
        """Return the URL with a value of a key that the settings name, or without it if it is chosen."""
        pair = (name, value)
        others = tuple(kept for kept in self.chosen if kept != pair)
        return self.url(chosen=others if pair in self.chosen else (*others, pair))

    def removing(self, name: FilterName) -> Callable[[str], str]:
        """Return a function that builds the URLs without one of the values."""
        values = self.values_of(name)
        return lambda value: self.url(**{VALUES_OF[name]: tuple(kept for kept in values if kept != value)})


def _place(name: str) -> int:
    return ORDER.index(name if name in ORDER else "")


@lru_cache(maxsize=MAX_WRITTEN)
def _written(value: str) -> str:
    return quote_plus(value)
