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
from ..security import allow_origins
from .api_schemas import Json, ref, schemas
from .openapi_components import (
    CACHED,
    FRESH,
    OPENAPI_SCHEMA,
    PARAMETERS,
    RESPONSE_HEADERS,
    RESPONSES,
    SEARCH_PARAMETERS,
    VALUES,
    json_response,
    problem,
    query_parameter,
    search_body,
)

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")
blueprint.after_request(allow_origins)


def _get(summary: str, parameters: list[str], responses: Json) -> Json:
    return {
        "get": {
            "summary": summary,
            "parameters": [ref("parameters", name) for name in parameters],
            "responses": {**responses, "500": ref("responses", "Broken")},
        }
    }


def _post(summary: str, parameters: list[str], responses: Json, body: Json | None = None) -> Json:
    sent = {"requestBody": {"required": True, "content": {etags.JSON_TYPE: {"schema": body}}}} if body else {}
    return {"post": _get(summary, parameters, responses)["get"] | sent}


SEARCH_RESPONSES: Json = {
    "400": ref("responses", "BadParameter"),
    "401": ref("responses", "AuthorOnly"),
    "404": ref("responses", "NoSuchPage"),
    "410": ref("responses", "CursorExpired"),
    "429": ref("responses", "TooManyRequests"),
}


def _results_response(headers: Json) -> Json:
    schema = {"anyOf": [ref("schemas", "Results"), ref("schemas", "ChosenResults")]}
    content = {etags.JSON_TYPE: {"schema": schema}}
    return {
        "description": "A page of results; with `fields` of these alone.",
        "headers": headers,
        "content": content,
    }


PATH_ITEMS = {
    "/api/v1/search": _get(
        "Search the journal",
        [*SEARCH_PARAMETERS, "if_none_match"],
        SEARCH_RESPONSES
        | {"200": _results_response(CACHED), "304": ref("responses", "Unchanged"), "503": ref("responses", "NotReady")},
    )
    | _post(
        "Search the journal by a query that is too long for an address",
        [],
        SEARCH_RESPONSES
        | {
            "200": _results_response(FRESH),
            "408": ref("responses", "BodyTimeout"),
            "413": ref("responses", "BodyTooLarge"),
            "415": problem("The body is not sent as `application/json`.", ["unsupported_media_type"], FRESH),
            "503": problem(
                "There is no index, or it cannot be read now, or too many bodies are on their way.",
                ["index_missing", "index_damaged", "index_locked", "index_unavailable", "bodies_pending"],
                FRESH | {"Retry-After": ref("headers", "RetryAfter")},
            ),
        },
        ref("schemas", "SearchBody"),
    ),
    "/api/v1/suggest": _get(
        "Complete a half-typed query",
        ["q", "journals", "if_none_match"],
        {
            "200": json_response("Articles, sections and completions.", "Suggestions", CACHED),
            "400": ref("responses", "BadParameter"),
            "304": ref("responses", "Unchanged"),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NotReady"),
        },
    ),
    "/api/v1/articles/{slug}/related": _get(
        "Articles about the same as one",
        ["slug", "if_none_match"],
        {
            "200": json_response("At most five.", "RelatedArticles", CACHED),
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
            "200": json_response("OpenAPI 3.1.", "OpenAPI", CACHED),
            "304": ref("responses", "Unchanged"),
        },
    ),
    "/api/v1/reindex": _post(
        "Deploy hook: update the index; only if the server has a secret",
        ["signature"],
        {
            "202": json_response(
                "The job that will update it.", "Job", FRESH | {"Location": ref("headers", "Location")}
            ),
            "401": problem("Not signed with the secret.", ["hook_unsigned"], FRESH),
            "403": problem(
                "The time in the body (`timestamp`, or GitHub's `repository.pushed_at`) is more than a day ago.",
                ["hook_stale"],
                FRESH,
            ),
            "408": ref("responses", "BodyTimeout"),
            "409": problem(
                "A signed body that was accepted before; a bearer may send the same body again.",
                ["hook_replayed"],
                FRESH,
            ),
            "413": ref("responses", "BodyTooLarge"),
            "429": ref("responses", "TooManyRequests"),
            "503": problem(
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
            "200": json_response("The job.", "Job", FRESH),
            "404": problem("No job has this id, or it was deleted since.", ["job_not_found", "not_found"], FRESH),
            "429": ref("responses", "TooManyRequests"),
            "503": ref("responses", "NoJobs"),
        },
    ),
    "/healthz": _get("Liveness check", [], {"200": json_response("The process answers.", "Alive", FRESH)}),
    "/readyz": _get(
        "Readiness check",
        [],
        {"200": json_response("There is an index.", "Ready", FRESH), "503": ref("responses", "NotReady")},
    ),
}


def _searched(parameters: Json) -> Json:
    return {name: parameters[name] for name in SEARCH_PARAMETERS}


API_DESCRIPTION: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "Backmatter",
        "version": version("backmatter"),
        "description": (
            "Search in a journal of technical articles. A key that the journal's settings name as a facet, such as"
            " `series`, is a parameter of searches, too; repeat it for any of several values."
            " Every address but the deploy hook answers GET and HEAD; a search also answers POST;"
            " unknown parameters are ignored, and an empty parameter counts as not given. Any other method is answered"
            " with 405 and the code `method_not_allowed`, any other address with 404 and `not_found`, and one"
            " of none of the server's journals with 404 and `journal_not_found`. HTTP/1.1 without"
            " exactly one Host header is answered with 400 and `host_invalid`, a body in chunks with 411 and"
            " `length_required`."
        ),
    },
    "paths": PATH_ITEMS,
    "components": {
        "parameters": PARAMETERS,
        "schemas": schemas() | {"OpenAPI": OPENAPI_SCHEMA, "SearchBody": search_body(_searched(PARAMETERS))},
        "headers": RESPONSE_HEADERS,
        "responses": RESPONSES,
    },
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the description."""
    tag = etags.tag_of("openapi", journal().edition)
    settings = journal().settings
    servers = {"servers": [{"url": settings.root}]} if settings.root else {}
    return etags.cached(tag, etags.JSON_TYPE, lambda: msgspec.json.encode(api_description(settings.facets) | servers))


def api_description(facets: Sequence[str] = ()) -> Json:
    """Return the description of the API of a journal whose settings name these keys."""
    if not facets:
        return API_DESCRIPTION
    said = (
        "Only articles with this value of the key, or with one in a range such as 3..5; repeat it for any of several."
    )
    own = {f"facet_{name}": query_parameter(name, said, VALUES) for name in facets}
    sort = query_parameter(
        "sort", "Order of the results; `-` turns a key's round.", {"enum": sorts(facets), "default": SORTS[0]}
    )
    path, parameters = "/api/v1/search", PARAMETERS | {"sort": sort}
    search = PATH_ITEMS[path]["get"]
    widened = {"get": search | {"parameters": [*search["parameters"], *(ref("parameters", name) for name in own)]}}
    components = API_DESCRIPTION["components"]
    body = {"SearchBody": search_body(_searched(parameters) | own)}
    components = components | {"parameters": parameters | own, "schemas": components["schemas"] | body}
    return API_DESCRIPTION | {"paths": PATH_ITEMS | {path: PATH_ITEMS[path] | widened}, "components": components}
