"""The API's description by OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.

Addresses, parameters and errors are written by hand, so that they say what is promised; tests check every answer.
"""

from collections.abc import Sequence
from importlib.metadata import version

import msgspec
from flask import Blueprint, Response

from ...index.query.tree import SORTS, sorts
from .. import etags
from ..context import journal
from ..search_request import MAX_FILTERS, MAX_PER_PAGE, MAX_REACHABLE
from ..security import allow_origins
from .api_schemas import Json, as_list, ref, schemas

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
blueprint.after_request(allow_origins)

STRING: Json = {"type": "string"}


def _query(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _json(description: str, schema: str, headers: Json) -> Json:
    content = {"application/json": {"schema": ref("schemas", schema)}}
    return {"description": description, "headers": headers, "content": content}


def _problem(description: str, codes: list[str], headers: Json | None = None) -> Json:
    schema = {"allOf": [ref("schemas", "Problem"), {"properties": {"code": {"enum": codes}}}]}
    return {
        "description": description,
        "headers": headers or {},
        "content": {"application/problem+json": {"schema": schema}},
    }


def _get(summary: str, parameters: list[str], responses: Json) -> Json:
    return {
        "get": {
            "summary": summary,
            "parameters": [ref("parameters", name) for name in parameters],
            "responses": {**responses, "500": ref("responses", "Broken")},
        }
    }


def _post(summary: str, parameters: list[str], responses: Json) -> Json:
    return {"post": _get(summary, parameters, responses)["get"]}


VALUES = as_list(STRING) | {"maxItems": MAX_FILTERS}

PARAMETERS = {
    "q": _query("q", "The query as a reader types it; any string is one. Empty: browse, newest first.", STRING),
    "page": _query(
        "page",
        f"From 1. Only the first {MAX_REACHABLE:,} results can be reached.",
        {"type": "integer", "minimum": 1, "default": 1},
    ),
    "per_page": _query(
        "per_page",
        "Results on a page; by default as the journal's settings say.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
    ),
    "tag": _query(
        "tag",
        "Only articles with this tag; repeat it for articles with each of several.",
        VALUES,
    ),
    "year": _query(
        "year",
        "Only articles of this year; repeat it for articles of any of several.",
        as_list({"type": "string", "pattern": "^([0-9]{4})?$"}) | {"maxItems": MAX_FILTERS},
    ),
    "language": _query(
        "language",
        "Only articles in this language; repeat it for articles in any of several.",
        as_list({"type": "string", "pattern": "^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4})?$"})
        | {"maxItems": MAX_FILTERS},
    ),
    "sort": _query("sort", "Order of the results.", {"enum": list(SORTS), "default": SORTS[0]}),
    "exact": _query(
        "exact",
        "With 1 the query is searched as typed, without correcting its spelling.",
        {"enum": ["0", "1"], "default": "0"},
    ),
    "slug": {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Of the article, as in its address here, `/articles/{slug}`; it may contain slashes.",
        "schema": STRING,
    },
    "explain": _query(
        "explain",
        "With 1 every hit explains its score.",
        {"enum": ["0", "1"], "default": "0"},
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
    "BadParameter": _problem("A parameter has an invalid value.", ["invalid_parameter"], FRESH),
    "NoSuchArticle": _problem("No article has, or can have, this address.", ["article_not_found", "not_found"], FRESH),
    "NoSuchPage": _problem("The results end before this page.", ["page_not_found"], FRESH),
    "NotReady": _problem(
        "There is no index, or it cannot be read now.",
        ["index_missing", "index_damaged", "index_locked", "index_unavailable"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "NoJobs": _problem(
        "Jobs cannot be read or written now.",
        ["jobs_unavailable"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "TooManyRequests": _problem(
        "This client has sent too many requests within a minute.",
        ["too_many_requests"],
        FRESH | {"Retry-After": ref("headers", "RetryAfter")},
    ),
    "Broken": _problem("An error of the server.", ["internal_error"], FRESH),
}

PATH_ITEMS = {
    "/api/v1/search": _get(
        "Search the journal",
        ["q", "page", "per_page", "tag", "year", "language", "sort", "exact", "explain", "if_none_match"],
        {
            "200": _json("A page of results.", "Results", CACHED),
            "304": ref("responses", "Unchanged"),
            "400": ref("responses", "BadParameter"),
            "404": ref("responses", "NoSuchPage"),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NotReady"),
        },
    ),
    "/api/v1/suggest": _get(
        "Complete a half-typed query",
        ["q", "if_none_match"],
        {
            "200": _json("Articles, sections and completions.", "Suggestions", CACHED),
            "304": ref("responses", "Unchanged"),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NotReady"),
        },
    ),
    "/api/v1/articles/{slug}/related": _get(
        "Articles about the same as one",
        ["slug", "if_none_match"],
        {
            "200": _json("At most five.", "RelatedArticles", CACHED),
            "304": ref("responses", "Unchanged"),
            "404": ref("responses", "NoSuchArticle"),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NotReady"),
        },
    ),
    "/api/v1/openapi.json": _get(
        "This description",
        ["if_none_match"],
        {
            "200": _json("OpenAPI 3.1.", "OpenAPI", CACHED),
            "304": ref("responses", "Unchanged"),
        },
    ),
    "/api/v1/reindex": _post(
        "Deploy hook: update the index; only if the server has a secret",
        ["signature"],
        {
            "202": _json("The job that will update it.", "Job", FRESH | {"Location": ref("headers", "Location")}),
            "401": _problem("Not signed with the secret.", ["hook_unsigned"], FRESH),
            "403": _problem(
                "The time in the body (`timestamp`, or GitHub's `repository.pushed_at`) is more than a day ago.",
                ["hook_stale"],
                FRESH,
            ),
            "408": _problem("The signed body did not arrive within ten seconds.", ["body_timeout"], FRESH),
            "409": _problem(
                "A signed body that was accepted before; a bearer may send the same body again.",
                ["hook_replayed"],
                FRESH,
            ),
            "413": _problem("The body is too large.", ["body_too_large"], FRESH),
            "429": ref("responses", "TooManyRequests"),
            "503": _problem(
                "Jobs cannot be read or written now, or too many bodies are on their way.",
                ["jobs_unavailable", "bodies_pending"],
                FRESH | {"Retry-After": ref("headers", "RetryAfter")},
            ),
        },
    ),
    "/api/v1/reindex/{id}": _get(
        "State and result of a job",
        ["job"],
        {
            "200": _json("The job.", "Job", FRESH),
            "404": _problem("No job has this id, or it was deleted since.", ["job_not_found", "not_found"], FRESH),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NoJobs"),
        },
    ),
    "/healthz": _get("Liveness check", [], {"200": _json("The process answers.", "Alive", FRESH)}),
    "/readyz": _get(
        "Readiness check",
        [],
        {"200": _json("There is an index.", "Ready", FRESH), "503": ref("responses", "NotReady")},
    ),
}

API_DESCRIPTION: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "Backmatter",
        "version": version("backmatter"),
        "description": (
            "Search in a journal of technical articles. A key that the journal's settings name as a facet, such as"
            " `series`, is a parameter of searches, too; repeat it for any of several values."
            " Every address but the deploy hook answers GET and HEAD;"
            " unknown parameters are ignored, and an empty parameter counts as not given. Any other method is answered"
            " with 405 and the code `method_not_allowed`, any other address with 404 and `not_found`. HTTP/1.1 without"
            " exactly one Host header is answered with 400 and `host_invalid`, a body in chunks with 411 and"
            " `length_required`."
        ),
    },
    "paths": PATH_ITEMS,
    "components": {
        "parameters": PARAMETERS,
        "schemas": schemas() | {"OpenAPI": OPENAPI_SCHEMA},
        "headers": RESPONSE_HEADERS,
        "responses": RESPONSES,
    },
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description."""
    tag = etags.tag_of("openapi", journal().edition)
    facets = journal().settings.facets
    return etags.cached(tag, "application/json", lambda: msgspec.json.encode(api_description(facets)))


def api_description(facets: Sequence[str] = ()) -> Json:
    """Return the description of the API of a journal whose settings name these keys."""
    if not facets:
        return API_DESCRIPTION
    said = (
        "Only articles with this value of the key, or with one in a range such as 3..5; repeat it for any of several."
    )
    own = {f"facet_{name}": _query(name, said, VALUES) for name in facets}
    sort = _query(
        "sort", "Order of the results; `-` turns a key's round.", {"enum": sorts(facets), "default": SORTS[0]}
    )
    path = "/api/v1/search"
    search = PATH_ITEMS[path]["get"]
    widened = {"get": search | {"parameters": [*search["parameters"], *(ref("parameters", name) for name in own)]}}
    components = API_DESCRIPTION["components"] | {"parameters": PARAMETERS | {"sort": sort} | own}
    return API_DESCRIPTION | {"paths": PATH_ITEMS | {path: PATH_ITEMS[path] | widened}, "components": components}
