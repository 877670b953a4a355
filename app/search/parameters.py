"""Read the parameters of a search, from an address, a form or JSON; refuse those that cannot be."""

import re
from collections.abc import Collection

from werkzeug.datastructures import MultiDict

from ...index.query.tree import sorts
from ..context import ALL, together
from ..errors import BadParameter, NoSuchPage
from ..i18n import later
from .request import SearchRequest
from .result_pages import last_reachable

MAX_PER_PAGE = 100
# More than a reader clicks; each is one more clause for the engine.
MAX_FILTERS = 16

YEAR_FORM = re.compile("[0-9]{4}")
MONTH_FORM = re.compile("[12][0-9]{3}-(0[1-9]|1[0-2])")
LANGUAGE_FORM = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
NUMBER_FORM = re.compile("[1-9][0-9]{0,8}")


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
        years=_matching("year", given.getlist("year"), YEAR_FORM, later("a year of four digits, like 2026")),
        first_month=_month("from", given),
        last_month=_month("to", given),
        languages=_matching("language", given.getlist("language"), LANGUAGE_FORM, later("a language's tag, like en")),
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
    if not NUMBER_FORM.fullmatch(text) or int(text) > MAX_PER_PAGE:
        raise BadParameter("per_page", later("a number from 1 to %(most)s"), most=MAX_PER_PAGE)
    return int(text)


def _page(text: str, per_page: int) -> int:
    if not text:
        return 1
    most = last_reachable(per_page)
    if not NUMBER_FORM.fullmatch(text):
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
    if value and not MONTH_FORM.fullmatch(value):
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
