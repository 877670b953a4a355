"""Search by the API: parameters in the address or as JSON, chosen fields of the hits, and a cursor over all matches."""

import re
from dataclasses import replace
from typing import NamedTuple

import msgspec
from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from ...index.engines.base import Snapshot
from ...index.model import Hit, Results
from .. import etags, recording
from ..context import journal
from ..errors import BadParameter, CursorExpired, LoginRequired
from ..i18n import later, reader_language, vary_by_language
from ..search.parameters import read_flag, read_per_page, read_search_request
from ..search.request import SearchRequest
from ..search.result_pages import answer_search, page_count
from ..security import allow_origins, has_secret
from ..server.gateway import BodyRule, HeaderLookup, media_type

blueprint = Blueprint("api_search", __name__, url_prefix="/api/v1/search")
blueprint.after_request(allow_origins)

# As long as an address with its headers may be; it holds the longest query, whatever its letters are escaped to.
MAX_SEARCH_BYTES = 65_536
HIT_FIELDS = tuple(field.name for field in msgspec.structs.fields(Hit))
# The cursor of the first page, as in Solr and Crossref.
FIRST_CURSOR = "*"
CURSOR_FORM = re.compile(r"(?P<generation>[0-9]{1,18})\.(?P<page>[1-9][0-9]{0,8})\.(?P<search>[0-9a-f]{24})")

SentValue = str | int | float | bool | None
Sent = dict[str, SentValue | list[SentValue]]


class ApiSearch(NamedTuple):
    """A search by the API.

    Attributes:
        search_request: What is searched.
        snapshot: The generation.
        reader: The reader's language.
        tag: Of the response, and of everything that it depends on.
    """

    search_request: SearchRequest
    snapshot: Snapshot
    reader: str
    tag: str


@blueprint.get("")
def search_results() -> Response:
    """Return a page of results for the parameters of the address."""
    asked = _read(request.args)
    return _recorded(etags.cached(asked.tag, etags.JSON_TYPE, lambda: _results(asked)), asked)


@blueprint.post("")
def search_results_of_body() -> Response:
    """Return a page of results for parameters that are sent as JSON: for queries too long for an address."""
    given = _sent_parameters()
    g.query = given.get("q", "")
    asked = _read(given)
    response = etags.cached_response(asked.tag, etags.JSON_TYPE, lambda: _results(asked))
    response.headers["Cache-Control"] = "no-store"
    return _recorded(response, asked)


def _recorded(response: Response, asked: ApiSearch) -> Response:
    vary_by_language(response)
    recording.record_search(asked.search_request, asked.snapshot.generation, "typed")
    return response


def _read(given: MultiDict[str, str]) -> ApiSearch:
    """Read the parameters.

    Raises:
        BadParameter: A value that cannot be.
        NoSuchPage: A page that no search has.
        LoginRequired: A cursor without the author's secret.
        CursorExpired: A cursor of another generation.
    """
    settings = journal().settings
    search_request = read_search_request(given, read_per_page(given, settings.per_page), settings.facets)
    explain, quoted = (read_flag(given, name) for name in ("explain", "quoted"))
    search_request = replace(search_request, explain=explain, quoted=quoted, fields=_read_fields(given))
    snapshot, edition = journal().searched(search_request.journals)
    reader = reader_language(settings.language)
    nearest = snapshot.nearest_language(reader)
    cursor = given.get("cursor", "")
    if cursor:
        search_request = _continued(cursor, search_request, nearest, snapshot.generation)
    tag = etags.tag_of("search", nearest, edition, snapshot.generation, search_request)
    return ApiSearch(search_request, snapshot, reader, tag)


def _read_fields(given: MultiDict[str, str]) -> tuple[str, ...]:
    """Return the fields that are asked for, in the order that a hit has them; none for all."""
    names = {name.strip() for names in given.getlist("fields") for name in names.split(",")} - {""}
    if not names <= set(HIT_FIELDS):
        raise BadParameter("fields", later("some of %(values)s"), values=", ".join(HIT_FIELDS))
    return tuple(name for name in HIT_FIELDS if name in names)


def _sent_parameters() -> MultiDict[str, str]:
    """Read the body. No form of another site can send this type of content, and no script without being allowed to.

    Raises:
        UnsupportedMediaType: It is sent as something else.
        BadParameter: It is not JSON, or has values that no parameter has.
    """
    if not _has_search(request.headers):
        raise UnsupportedMediaType
    request.max_content_length = MAX_SEARCH_BYTES
    try:
        sent = msgspec.json.decode(request.get_data(cache=False), type=Sent)
        values = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
        return MultiDict([(name, _written(value)) for name in values for value in values[name] if value is not None])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadParameter("body", 'JSON like {"q": "cache", "tag": ["go"], "page": 2}') from None


def _written(value: SentValue) -> str:
    """Write a value as an address has it; 1.0 is an integer in JSON."""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return str(value)


def _has_search(headers: HeaderLookup) -> bool:
    return media_type(headers) == etags.JSON_TYPE


SEARCH_BODY = BodyRule(MAX_SEARCH_BYTES, _has_search)


def _continued(cursor: str, search_request: SearchRequest, nearest: str, generation: int) -> SearchRequest:
    """Return the request for the page that a cursor leads to.

    Raises:
        LoginRequired: The secret is missing: only the author reads all matches.
        BadParameter: It is no cursor, or one of another search.
        CursorExpired: The index has changed since.
    """
    if not has_secret(journal().settings.insights.token):
        raise LoginRequired
    search_request = replace(search_request, page=1, is_unbounded=True)
    if cursor == FIRST_CURSOR:
        return search_request
    found = CURSOR_FORM.fullmatch(cursor)
    if not found or found["search"] != _search_id(search_request, nearest):
        raise BadParameter("cursor", later("* or the “next” of this search"))
    if int(found["generation"]) != generation:
        raise CursorExpired
    return replace(search_request, page=int(found["page"]))


def _search_id(search_request: SearchRequest, nearest: str) -> str:
    return etags.tag_of("cursor", nearest, journal().edition, replace(search_request, page=1))


def _next_cursor(asked: ApiSearch, results: Results) -> str | None:
    """Return the cursor of the next page, None on the last one."""
    page = results.page + 1
    if page > page_count(results.total, results.per_page):
        return None
    nearest = asked.snapshot.nearest_language(asked.reader)
    return f"{results.generation}.{page}.{_search_id(asked.search_request, nearest)}"


def _results(asked: ApiSearch) -> bytes:
    search_request = asked.search_request
    results = answer_search(asked.snapshot, search_request, journal().editorial, language=asked.reader)
    recording.record_outcome(search_request, results)
    if not (search_request.fields or search_request.is_unbounded):
        return msgspec.json.encode(results)
    sent = msgspec.to_builtins(results)
    if search_request.fields:
        sent["hits"] = [{name: hit[name] for name in search_request.fields if name in hit} for hit in sent["hits"]]
    if search_request.is_unbounded:
        sent["next"] = _next_cursor(asked, results)
    return msgspec.json.encode(sent)
