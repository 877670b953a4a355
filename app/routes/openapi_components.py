"""What the API's description refers to: parameters, headers and responses that several addresses share."""

import re

from ...index.query.tree import SORTS
from ..etags import JSON_TYPE
from ..search.parameters import LANGUAGE_FORM, MAX_FILTERS, MAX_PER_PAGE, MONTH_FORM, YEAR_FORM
from ..search.result_pages import MAX_REACHABLE
from .api_schemas import Json, as_list, ref
from .api_search import CURSOR_FORM, HIT_FIELDS

STRING: Json = {"type": "string"}


def query_parameter(name: str, description: str, schema: Json) -> Json:
    """Return a parameter of an address."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _pattern(form: re.Pattern[str]) -> str:
    """Return a regular expression as JSON Schema has it: without names of groups."""
    return re.sub(r"\?P<\w+>", "", form.pattern)


def _optional(form: re.Pattern[str]) -> Json:
    """Return the schema of a text of this form, or an empty one, as forms of pages send it for none."""
    return STRING | {"pattern": f"^({_pattern(form)})?$"}


def json_response(description: str, schema: str, headers: Json) -> Json:
    """Return a response whose body has one of the schemas."""
    content = {JSON_TYPE: {"schema": ref("schemas", schema)}}
    return {"description": description, "headers": headers, "content": content}


def problem(description: str, codes: list[str], headers: Json | None = None) -> Json:
    """Return a response that is an error with one of these codes."""
    schema = {"allOf": [ref("schemas", "Problem"), {"properties": {"code": {"enum": codes}}}]}
    return {
        "description": description,
        "headers": headers or {},
        "content": {"application/problem+json": {"schema": schema}},
    }


VALUES = as_list(STRING) | {"maxItems": MAX_FILTERS}
FLAG: Json = {"enum": ["0", "1"], "default": "0"}

SEARCH_PARAMETERS = (
    *("q", "page", "per_page", "tag", "year", "language", "from", "to", "sort"),
    *("exact", "explain", "quoted", "fields", "cursor", "journals"),
)

PARAMETERS = {
    "q": query_parameter(
        "q", "The query as a reader types it; any string is one. Empty: browse, newest first.", STRING
    ),
    "page": query_parameter(
        "page",
        f"From 1. Only the first {MAX_REACHABLE:,} results can be reached.",
        {"type": "integer", "minimum": 1, "default": 1},
    ),
    "per_page": query_parameter(
        "per_page",
        "Results on a page; by default as the journal's settings say.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
    ),
    "tag": query_parameter(
        "tag",
        "Only articles with this tag; repeat it for articles with each of several.",
        VALUES,
    ),
    "year": query_parameter(
        "year",
        "Only articles of this year; repeat it for articles of any of several.",
        as_list(_optional(YEAR_FORM)) | {"maxItems": MAX_FILTERS},
    ),
    "language": query_parameter(
        "language",
        "Only articles in this language; repeat it for articles in any of several.",
        as_list(_optional(LANGUAGE_FORM)) | {"maxItems": MAX_FILTERS},
    ),
    "from": query_parameter("from", "Only articles of this month or later.", _optional(MONTH_FORM)),
    "to": query_parameter("to", "Only articles of this month or earlier.", _optional(MONTH_FORM)),
    "sort": query_parameter("sort", "Order of the results.", {"enum": list(SORTS), "default": SORTS[0]}),
    "exact": query_parameter(
        "exact",
        "With 1 the query is searched as typed, without correcting its spelling.",
        FLAG,
    ),
    "slug": {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Of the article, as in its address here, `/articles/{slug}`; it may contain slashes.",
        "schema": STRING,
    },
    "explain": query_parameter(
        "explain",
        "With 1 every hit explains its score.",
        FLAG,
    ),
    "quoted": query_parameter(
        "quoted",
        "With 1 the address of a passage leads to its sentence, which browsers scroll to and mark: `#:~:text=`.",
        FLAG,
    ),
    "journals": query_parameter(
        "journals",
        "Journals of this server that are searched in one list, by their names, or `all`; those of which the settings"
        " say that they are searched together. Elsewhere it is ignored.",
        as_list(STRING),
    )
    | {"explode": False},
    "fields": query_parameter(
        "fields",
        "Only these fields of each hit; all by default.",
        as_list({"enum": list(HIT_FIELDS)}),
    )
    | {"explode": False},
    "cursor": query_parameter(
        "cursor",
        "`*` for the first page of all matches, without the limit to the first results and without pins; then `next`"
        " of the page before, null on the last. Needs the author's secret, and holds until the index changes."
        " `page` does not count.",
        {"type": "string", "pattern": rf"^(\*|{_pattern(CURSOR_FORM)})?$"},
    ),
    "signature": {
        "name": "X-Hub-Signature-256",
        "in": "header",
        "description": "`sha256=` and the HMAC-SHA256 of the body by the secret, as GitHub and Gitea sign. Instead,"
        " `Authorization: Bearer` with the secret itself.",
        "schema": {"type": "string", "pattern": "^sha256=[0-9a-f]{64}$"},
    },
    "job": {"name": "id", "in": "path", "required": True, "description": "The job's id.", "schema": STRING},
    "if_none_match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag of an earlier response; if it is still current, the response is 304 without a body.",
        "schema": STRING,
    },
}

OPENAPI_SCHEMA: Json = {"type": "object", "required": ["openapi", "info", "paths", "components"]}

CACHED = {"ETag": ref("headers", "ETag"), "Cache-Control": ref("headers", "NoCache")}
FRESH = {"Cache-Control": ref("headers", "NoStore")}
RESPONSE_HEADERS = {
    "ETag": {
        "required": True,
        "description": "Weak; changes with the index, the program and its settings.",
        "schema": {"type": "string", "pattern": '^W/"[0-9a-f]+"$'},
    },
    "Location": {"required": True, "description": "Of the job.", "schema": STRING | {"format": "uri-reference"}},
    "NoCache": {"required": True, "schema": {"const": "no-cache"}},
    "NoStore": {"required": True, "schema": {"const": "no-store"}},
    "RetryAfter": {"required": True, "description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
}

RESPONSES = {
    "Unchanged": {"description": "The client has the current response.", "headers": CACHED},
    "BadParameter": problem("A parameter has an invalid value.", ["invalid_parameter"], FRESH),
    "NoSuchArticle": problem("No article has, or can have, this address.", ["article_not_found", "not_found"], FRESH),
    "NoSuchPage": problem("The results end before this page.", ["page_not_found"], FRESH),
    "NotReady": problem(
        "There is no index, or it cannot be read now.",
        ["index_missing", "index_damaged", "index_locked", "index_unavailable"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "NoJobs": problem(
        "Jobs cannot be read or written now.",
        ["jobs_unavailable"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "TooManyRequests": problem(
        "This client has sent too many requests within a minute.",
        ["too_many_requests"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "BodyTimeout": problem("The body did not arrive within ten seconds.", ["body_timeout"], FRESH),
    "BodyTooLarge": problem("The body is too large.", ["body_too_large"], FRESH),
    "AuthorOnly": problem("A cursor without the author's secret.", ["login_required"], FRESH),
    "CursorExpired": problem("The index has changed since the cursor was made.", ["cursor_expired"], FRESH),
    "Broken": problem("An error of the server.", ["internal_error"], FRESH),
}

# What can stand for a parameter in a body; names that are no parameters are ignored.
_SENT: Json = {"type": ["string", "integer", "boolean", "null"]}


def search_body(parameters: Json) -> Json:
    """Return the schema of a search that is sent as JSON, by the parameters that an address can have."""
    described = {each["name"]: {"description": each["description"], **each["schema"]} for each in parameters.values()}
    flags = {name: {"type": "boolean", "default": False} for name in ("exact", "explain", "quoted")}
    return {
        "type": "object",
        "description": "The parameters of the address by their names; those that can be repeated are arrays.",
        "properties": described | flags,
        "additionalProperties": {"anyOf": [_SENT, as_list(_SENT)]},
    }
