"""The interface for programs, described by OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.

Written by hand, so that it says what is promised and not what happens to be there; tests hold every answer to it.
"""

from importlib.metadata import version
from typing import Any

from app.asking import MAX_FILTERS, MAX_PER_PAGE, MAX_REACHABLE
from index.engine import SORTS

Json = dict[str, Any]

STRING: Json = {"type": "string"}
INTEGER: Json = {"type": "integer", "minimum": 0}
MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}


def _closed(description: str, properties: Json) -> Json:
    """An object with all of these properties and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _query(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _json(description: str, schema: str, headers: Json) -> Json:
    content = {"application/json": {"schema": _ref("schemas", schema)}}
    return {"description": description, "headers": headers, "content": content}


def _problem(description: str, codes: list[str], headers: Json | None = None) -> Json:
    schema = {"allOf": [_ref("schemas", "Problem"), {"properties": {"code": {"enum": codes}}}]}
    return {
        "description": description,
        "headers": headers or {},
        "content": {"application/problem+json": {"schema": schema}},
    }


def _get(summary: str, parameters: list[str], responses: Json) -> Json:
    return {
        "get": {
            "summary": summary,
            "parameters": [_ref("parameters", name) for name in parameters],
            "responses": {**responses, "500": _ref("responses", "Broken")},
        }
    }


def _post(summary: str, parameters: list[str], responses: Json) -> Json:
    return {"post": _get(summary, parameters, responses)["get"]}


PARAMETERS = {
    "q": _query("q", "The query as a reader types it; any string is one. Empty: browse, newest first.", STRING),
    "page": _query(
        "page",
        f"From 1. Only the first {MAX_REACHABLE:,} results can be reached.",
        {"type": "integer", "minimum": 1, "default": 1},
    ),
    "per_page": _query(
        "per_page",
        "Results on a page; the journal's own setting where none is given.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
    ),
    "tag": _query(
        "tag",
        "Only articles with this tag; repeat it for articles with each of several.",
        _list(STRING) | {"maxItems": MAX_FILTERS},
    ),
    "year": _query(
        "year",
        "Only articles of this year; repeat it for articles of any of several.",
        _list({"type": "string", "pattern": "^([0-9]{4})?$"}) | {"maxItems": MAX_FILTERS},
    ),
    "language": _query(
        "language",
        "Only articles in this language; repeat it for articles in any of several.",
        _list({"type": "string", "pattern": "^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4})?$"}) | {"maxItems": MAX_FILTERS},
    ),
    "sort": _query("sort", "Order of the results.", {"enum": list(SORTS), "default": SORTS[0]}),
    "exact": _query(
        "exact",
        "With 1 the query is searched as it was typed, and its spelling is never put right.",
        {"enum": ["0", "1"], "default": "0"},
    ),
    "slug": {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Of the article, as in its address here, `/articles/{slug}`; it may have slashes.",
        "schema": STRING,
    },
    "explain": _query(
        "explain",
        "With 1 every hit says what its score is made of.",
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
        "description": "The ETag of the answer that is held; where it is current, the answer is 304 without a body.",
        "schema": STRING,
    },
}

SCHEMAS = {
    "Results": _closed(
        "One page of the articles that answer a query.",
        {
            "query": STRING | {"description": "As it was asked."},
            "total": INTEGER | {"description": "How many articles are found."},
            "complete": INTEGER | {"description": "How many of them have all the words; the others have some."},
            "page": {"type": "integer", "minimum": 1},
            "per_page": {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE},
            "took_ms": {
                "type": "number",
                "minimum": 0,
                "description": "Of the search that made this answer; a server process remembers answers until the "
                "index changes.",
            },
            "generation": INTEGER | {"description": "Of the index; grows with every change."},
            "relaxed": {
                "type": "boolean",
                "description": "No article has all the words; these have some of them.",
            },
            "correction": {
                "type": ["string", "null"],
                "description": "The query that was searched instead, since no article has all the words as typed.",
            },
            "did_you_mean": {
                "type": ["string", "null"],
                "description": "A query that is likelier to be meant than the one that was searched.",
            },
            "hits": _list(_ref("schemas", "Hit")),
            "facets": _closed(
                "Values and how many of all matching articles have them, most frequent first, years newest first.",
                dict.fromkeys(("tag", "year", "language"), _list(_ref("schemas", "Facet"))),
            ),
        },
    ),
    "Hit": _closed(
        "An article.",
        {
            "path": STRING | {"description": "Its file, relative to its content directory."},
            "url": STRING | {"format": "uri-reference"},
            "title": STRING,
            "date": MOMENT,
            "updated": MOMENT,
            "tags": _list(STRING),
            "author": STRING,
            "language": STRING,
            "score": {"type": "number"},
            "passage": _ref("schemas", "Passage"),
            "further": _list(_ref("schemas", "Place")) | {"maxItems": 3},
            "length": INTEGER | {"description": "Of its text, in characters."},
            "pinned": {"type": "boolean", "description": "The author put it first for this query."},
            "explanation": {
                "description": "With `explain=1` and the best match first: the score and what it is made of.",
                "anyOf": [_ref("schemas", "Part"), {"type": "null"}],
            },
        },
    ),
    "Part": _closed(
        "A number in a score.",
        {
            "name": STRING,
            "value": {"type": "number"},
            "how": STRING | {"description": "How it follows from its parts: sum, product, or a formula."},
            "parts": _list(_ref("schemas", "Part")),
        },
    ),
    "Passage": _closed(
        "The part of an article that answers.",
        {
            "section": STRING | {"description": "Title of the section; empty before the first heading."},
            "anchor": STRING,
            "url": STRING | {"format": "uri-reference", "description": "The article's, with the anchor."},
            "html": STRING | {"description": "Escaped text; the words of the query are in <mark>."},
            "text": STRING,
            "code": {
                "type": ["string", "null"],
                "description": "Language of the code block that is shown, empty where none is named; null for prose.",
            },
        },
    ),
    "Place": _closed(
        "A section of an article that has words of the query, too.",
        {"section": STRING, "anchor": STRING, "url": STRING | {"format": "uri-reference"}},
    ),
    "Facet": _closed("A value and its articles.", {"value": STRING, "count": INTEGER}),
    "RelatedArticles": _closed(
        "What is about the same as an article, most alike first, in its language before others.",
        {"path": STRING, "generation": INTEGER, "articles": _list(_ref("schemas", "Related"))},
    ),
    "Related": _closed(
        "An article without a passage.",
        {
            "path": STRING | {"description": "Its file, relative to its content directory."},
            "url": STRING | {"format": "uri-reference"},
            "title": STRING,
            "date": MOMENT,
            "tags": _list(STRING),
            "author": STRING,
            "language": STRING,
            "length": INTEGER | {"description": "Of its text, in characters."},
            "score": {"type": "number"},
        },
    ),
    "Suggestions": _closed(
        "What a half-typed query already means.",
        {"query": STRING, "generation": INTEGER, "suggestions": _list(_ref("schemas", "Suggestion"))},
    ),
    "Suggestion": _closed(
        "An article, a section of one, or the query gone on with.",
        {
            "kind": {"enum": ["article", "section", "completion"]},
            "title": STRING | {"description": "The article's, or the completed query."},
            "section": STRING | {"description": "Its title where it is one."},
            "url": STRING | {"format": "uri-reference", "description": "Of an article or a section."},
            "query": STRING | {"description": "What a completion searches."},
        },
    ),
    "Job": _closed(
        "A run of the index. Whoever asks while one waits is given that one; one runs at a time.",
        {
            "id": STRING,
            "cause": {"enum": ["hook", "clock"]},
            "state": {"enum": ["waiting", "running", "done", "failed"]},
            "asked": MOMENT,
            "started": MOMENT,
            "ended": MOMENT,
            "read": INTEGER | {"description": "Files read so far."},
            "files": INTEGER | {"description": "Files to be read."},
            "generation": {"type": ["integer", "null"], "description": "Of the index, when the job is done."},
            "posts": {
                "type": "object",
                "description": "How many posts met which fate.",
                "additionalProperties": INTEGER,
            },
            "failed": _list(_ref("schemas", "Failure")),
            "message": STRING | {"description": "What went wrong."},
        },
    ),
    "Failure": _closed(
        "A post that could not be read.",
        {"path": STRING, "line": {"type": ["integer", "null"]}, "reason": STRING},
    ),
    "Alive": _closed("The process answers.", {"status": {"const": "ok"}}),
    "Ready": {
        **_closed(
            "There is an index.",
            {"status": {"const": "ready"}, "generation": INTEGER, "cluster": _ref("schemas", "Cluster")},
        ),
        "required": ["status", "generation"],
    },
    "Cluster": _closed(
        "How the cluster is that keeps the index, where one does.",
        {
            "status": {"enum": ["green", "yellow"], "description": "Yellow: copies of the index's parts are missing."},
            "nodes": INTEGER | {"description": "How many machines there are."},
            "unassigned": INTEGER | {"description": "Parts and copies of the index that are on none of them."},
        },
    ),
    "OpenAPI": {"type": "object", "required": ["openapi", "info", "paths", "components"]},
    "Problem": {
        "type": "object",
        "description": "What went wrong, by RFC 9457; `code` is stable.",
        "properties": {
            "title": STRING,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": STRING,
            "detail": STRING,
            "parameter": STRING | {"description": "Which parameter cannot be used."},
            "allowed": STRING | {"description": "What it may be."},
        },
        "required": ["title", "status", "code", "detail"],
        "additionalProperties": False,
    },
}

CACHED = {"ETag": _ref("headers", "ETag"), "Cache-Control": _ref("headers", "NoCache")}
FRESH = {"Cache-Control": _ref("headers", "NoStore")}
HEADERS = {
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
    "Unchanged": {"description": "The client holds the current answer.", "headers": CACHED},
    "BadParameter": _problem("A parameter has a value that it cannot have.", ["invalid_parameter"], FRESH),
    "NoSuchArticle": _problem("No article has this address.", ["article_not_found"], FRESH),
    "NoSuchPage": _problem("The results end before this page.", ["page_not_found"], FRESH),
    "NotReady": _problem(
        "There is no index to answer from.",
        ["index_missing", "index_damaged", "index_locked", "index_unavailable"],
        FRESH | {"Retry-After": _ref("headers", "RetryAfter")},
    ),
    "NoJobs": _problem(
        "Jobs can be neither kept nor read now.",
        ["jobs_unavailable"],
        FRESH | {"Retry-After": _ref("headers", "RetryAfter")},
    ),
    "Broken": _problem("The fault is the server's.", ["internal_error"], FRESH),
}

PATHS = {
    "/api/v1/search": _get(
        "Search the journal",
        ["q", "page", "per_page", "tag", "year", "language", "sort", "exact", "explain", "if_none_match"],
        {
            "200": _json("A page of results.", "Results", CACHED),
            "304": _ref("responses", "Unchanged"),
            "400": _ref("responses", "BadParameter"),
            "404": _ref("responses", "NoSuchPage"),
            "503": _ref("responses", "NotReady"),
        },
    ),
    "/api/v1/suggest": _get(
        "Complete a half-typed query",
        ["q", "if_none_match"],
        {
            "200": _json("Articles and sections that it already means.", "Suggestions", CACHED),
            "304": _ref("responses", "Unchanged"),
            "503": _ref("responses", "NotReady"),
        },
    ),
    "/api/v1/articles/{slug}/related": _get(
        "Articles about the same as one",
        ["slug", "if_none_match"],
        {
            "200": _json("At most five.", "RelatedArticles", CACHED),
            "304": _ref("responses", "Unchanged"),
            "404": _ref("responses", "NoSuchArticle"),
            "503": _ref("responses", "NotReady"),
        },
    ),
    "/api/v1/openapi.json": _get(
        "This description",
        ["if_none_match"],
        {
            "200": _json("OpenAPI 3.1.", "OpenAPI", CACHED),
            "304": _ref("responses", "Unchanged"),
        },
    ),
    "/api/v1/reindex": _post(
        "Deploy hook: have the index brought up to the posts; only where the server has a secret",
        ["signature"],
        {
            "202": _json("The job that will do it.", "Job", FRESH | {"Location": _ref("headers", "Location")}),
            "401": _problem("Not signed with the secret.", ["hook_unsigned"], FRESH),
            "403": _problem(
                "The body has a time (`timestamp`, or GitHub's `repository.pushed_at`) of more than a day ago.",
                ["hook_stale"],
                FRESH,
            ),
            "409": _problem("A body that was accepted before. Of bearers none is.", ["hook_replayed"], FRESH),
            "413": _problem("The body is too large.", ["body_too_large"], FRESH),
            "503": _ref("responses", "NoJobs"),
        },
    ),
    "/api/v1/reindex/{id}": _get(
        "How far a job is, and what came of it",
        ["job"],
        {
            "200": _json("The job.", "Job", FRESH),
            "404": _problem("No job has this id, or it was long ago.", ["job_not_found"], FRESH),
            "503": _ref("responses", "NoJobs"),
        },
    ),
    "/healthz": _get("Does the process live?", [], {"200": _json("It does.", "Alive", FRESH)}),
    "/readyz": _get(
        "Can it answer?",
        [],
        {"200": _json("It can.", "Ready", FRESH), "503": _ref("responses", "NotReady")},
    ),
}

DESCRIPTION: Json = {
    "openapi": "3.1.0",
    "info": {
        "title": "Backmatter",
        "version": version("backmatter"),
        "description": (
            "Search in a journal of technical articles. Every address but the deploy hook answers GET and HEAD;"
            " parameters that are not named here are ignored, and an empty one counts as not given. Any other method is"
            " answered with 405 and the code `method_not_allowed`, any other address with 404 and `not_found`."
        ),
    },
    "paths": PATHS,
    "components": {
        "parameters": PARAMETERS,
        "schemas": SCHEMAS,
        "headers": HEADERS,
        "responses": RESPONSES,
    },
}
