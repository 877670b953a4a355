"""The JSON API: the shape of every answer, and the description that promises it."""

import re
from collections.abc import Callable

import msgspec
import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from backmatter.app import create_app
from backmatter.app.errors import ERROR_KINDS
from backmatter.app.routes.api_schemas import ADDITIONS
from backmatter.app.routes.api_schemas import schemas as schemas_of_answers
from backmatter.app.routes.openapi import API_DESCRIPTION
from backmatter.index.engines import open_engine
from backmatter.index.errors import IndexDamaged, IndexLocked, IndexUnavailable
from backmatter.index.settings import HookSettings

RELATED_TO = re.compile("(/api/v1/articles/).+(/related)")


def resolve(node: dict) -> dict:
    """Follow a reference within the description."""
    if "$ref" not in node:
        return node
    found = API_DESCRIPTION
    for name in node["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return resolve(found)


def validate(value: object, schema: dict) -> None:
    rooted = {**schema, "components": API_DESCRIPTION["components"]}
    Draft202012Validator(rooted, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def check(response: TestResponse) -> TestResponse:
    """Hold an answer to what the description promises for its address, method and status."""
    method = response.request.method.lower()
    operation = API_DESCRIPTION["paths"][RELATED_TO.sub(r"\1{slug}\2", response.request.path)][method]
    promised = resolve(operation["responses"][str(response.status_code)])
    for name, header in promised["headers"].items():
        validate(response.headers[name], resolve(header)["schema"])
    if "content" not in promised:
        assert response.data == b""
        return response
    content = promised["content"]
    assert [response.content_type] == list(content)
    validate(response.json, content[response.content_type]["schema"])
    return response


RELATED = "/api/v1/articles/cache/related"
SEARCH, SUGGEST, OPENAPI = "/api/v1/search", "/api/v1/suggest", "/api/v1/openapi.json"


@pytest.mark.parametrize(
    "address",
    [
        SEARCH,
        f"{SEARCH}?q=cache",
        f"{SEARCH}?q=cache&page=1&per_page=1&tag=go&year=2026&sort=oldest",
        f"{SEARCH}?q=monotonic+docker",
        f"{SEARCH}?q=xyzzy",
        f"{SEARCH}?q=monotonic+clock&explain=1",
        f"{SEARCH}?q=%22%00%ff%EF%BB%BF\u202e",
        f"{SEARCH}?q=" + "a " * 5_000,
        f"{SEARCH}?tag=&year=&page=&per_page=&sort=",
        f"{SEARCH}?callback=alert(1)&__proto__=1",
        SUGGEST,
        f"{SUGGEST}?q=mono",
        f"{SUGGEST}?q=%00",
        RELATED,
        "/api/v1/articles/2025/docker/related",
        OPENAPI,
        "/healthz",
        "/readyz",
    ],
)
def test_every_answer_has_the_promised_shape(client, address):
    assert check(client.get(address)).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ("sort=best", 400, "invalid_parameter", "sort"),
        ("year=26", 400, "invalid_parameter", "year"),
        ("per_page=0", 400, "invalid_parameter", "per_page"),
        ("per_page=101", 400, "invalid_parameter", "per_page"),
        ("per_page=x&page=x", 400, "invalid_parameter", "per_page"),
        ("&".join(f"tag={n}" for n in range(17)), 400, "invalid_parameter", "tag"),
        ("page=0", 404, "page_not_found", None),
        ("page=2&q=xyzzy", 404, "page_not_found", None),
        ("page=101", 404, "page_not_found", None),
        ("page=1001&per_page=1", 404, "page_not_found", None),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_a_code(client, query, status, code, parameter):
    response = check(client.get(f"{SEARCH}?{query}"))
    problem = response.json
    assert (response.status_code, problem["status"]) == (status, status)
    assert (problem["code"], problem.get("parameter")) == (code, parameter)


def test_a_problem_names_what_is_allowed(client):
    assert client.get(f"{SEARCH}?sort=best").json["allowed"] == "one of relevance, newest, oldest"


@pytest.mark.parametrize("address", [SEARCH, f"{SUGGEST}?q=a", "/readyz"])
def test_without_an_index_the_answer_says_why(empty, address):
    response = check(create_app(empty.settings, empty.engine).test_client().get(address))
    assert (response.status_code, response.json["code"]) == (503, "index_missing")
    assert "backmatter index" in response.json["detail"]


# Whoosh leaves a file open that it cannot read to its end.
@pytest.mark.filterwarnings("ignore:.*/index/_?MAIN_:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kept", [0, 1, 500, -1])
@pytest.mark.parametrize("suffix", ["toc", "posts"])
def test_a_truncated_index_is_damaged_for_whoever_opens_it(journal, suffix, kept):
    (file,) = journal.settings.index.glob(f"*.{suffix}")
    file.write_bytes(file.read_bytes()[:kept])
    client = create_app(journal.settings, open_engine(journal.settings)).test_client()
    for address in (SEARCH, f"{SUGGEST}?q=a", "/readyz"):
        response = check(client.get(address))
        assert (response.status_code, response.json["code"]) == (503, "index_damaged")
        assert str(journal.settings.index) not in response.text
    assert client.get("/healthz").status_code == 200
    assert "The index cannot be read" in client.get("/search?q=a").text


class Broken:
    """An engine that fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def snapshot(self):
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (IndexDamaged("/srv/index: bad"), 503, "index_damaged"),
        (IndexLocked("/srv/index: busy"), 503, "index_locked"),
        (IndexUnavailable("OpenSearch: nobody listens"), 503, "index_unavailable"),
        (ZeroDivisionError("/srv/index: oops"), 500, "internal_error"),
    ],
)
def test_an_engine_that_fails_is_a_problem_that_tells_nothing_of_the_machine(journal, error, status, code):
    client = create_app(journal.settings, Broken(error)).test_client()
    for address in (SEARCH, f"{SUGGEST}?q=a", "/readyz"):
        response = check(client.get(address))
        assert (response.status_code, response.json["code"]) == (status, code)
        assert "/srv" not in response.text


@pytest.mark.parametrize("suffix", ["posts", "arrays"])
def test_a_process_is_not_ready_while_a_byte_of_its_files_is_damaged(journal, suffix):
    (file,) = journal.settings.index.glob(f"*.{suffix}")
    data = bytearray(file.read_bytes())
    data[-100] ^= 1
    file.write_bytes(data)
    engine = open_engine(journal.settings)
    client = create_app(journal.settings, engine).test_client()
    for _ in range(2):
        response = check(client.get("/readyz"))
        assert (response.status_code, response.json["code"]) == (503, "index_damaged")
    journal.index()
    assert check(client.get("/readyz")).status_code == 200


def test_a_process_lives_without_an_index(empty):
    assert check(create_app(empty.settings, empty.engine).test_client().get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("PUT", SEARCH, 405, "method_not_allowed"),
        ("DELETE", OPENAPI, 405, "method_not_allowed"),
        ("PUT", "/readyz", 405, "method_not_allowed"),
    ],
)
def test_other_addresses_and_methods_are_problems_too(client, method, address, status, code):
    response = client.open(address, method=method)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    validate(response.json, {"$ref": "#/components/schemas/Problem"})
    assert response.json["code"] == code
    assert ("Allow" in response.headers) == (status == 405)


def test_a_hit_is_the_one_shape_of_results(client):
    (hit,) = client.get(f"{SEARCH}?q=monotonic").json["hits"]
    score = hit.pop("score")
    assert score > 0
    assert hit == {
        "path": "time.md",
        "url": "/articles/time",
        "title": "Just About Go Time",
        "date": "2026-05-08T00:00:00Z",
        "updated": "2026-05-19T00:00:00Z",
        "tags": ["go", "time"],
        "author": "Mara Lindqvist",
        "language": "en",
        "passage": {
            "section": "",
            "anchor": "",
            "url": "/articles/time",
            "html": "The <mark>monotonic</mark> clock never jumps. Human time does, and no cache helps.",
            "text": "The monotonic clock never jumps. Human time does, and no cache helps.",
            "code": None,
        },
        "further": [],
        "length": 69,
        "missing": [],
        "pinned": False,
        "superseded_by": None,
        "by_meaning": False,
        "also_at": [],
        "translations": [],
        "shown": {},
        "thumbnail": "",
        "explanation": None,
    }


def test_facets_count_all_matching_articles(client):
    facets = client.get(f"{SEARCH}?q=cache&per_page=1").json["facets"]
    assert facets["tag"][0] == {"value": "go", "count": 2}
    assert facets["year"] == [{"value": "2026", "count": 2}]


def test_suggestions_complete_the_last_word(client):
    found = client.get(f"{SUGGEST}?q=never+one+by").json["suggestions"]
    assert found == [
        {
            "kind": "section",
            "title": "A Love Letter to the L1 Cache",
            "section": "What a line is",
            "url": "/articles/cache#what-a-line-is:~:text=The%20processor%20fetches%20a,bytes%2C%20never%20one%20byte.",
            "query": "",
            "html": "What a line is",
            "passage": "…\u00a0a cache line of 64 <mark>bytes</mark>, "
            "<mark>never</mark> <mark>one</mark> <mark>byte</mark>.",
            "count": 0,
        }
    ]


CONDITIONAL = ["/", "/search?q=cache", "/articles/cache", f"{SEARCH}?q=cache", f"{SUGGEST}?q=ca", OPENAPI]


@pytest.mark.parametrize("address", CONDITIONAL)
@pytest.mark.parametrize("held", ["{}", "W/{}", '"x", {}', "*"])
def test_who_holds_the_current_answer_is_told_so(client, address, held):
    first = client.get(address)
    strong = first.headers["ETag"].removeprefix("W/")
    again = client.get(address, headers={"If-None-Match": held.format(strong)})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    if address.startswith("/api"):
        check(again)


def tag(client: FlaskClient, address: str) -> str:
    return client.get(address).headers["ETag"]


def test_equal_requests_have_equal_tags_and_others_have_others(client):
    assert tag(client, f"{SEARCH}?q=a&tag=x&tag=y") == tag(client, f"{SEARCH}?tag=y&tag=x&q=a&page=1&other=1")
    different = [f"{SEARCH}?q=a", f"{SEARCH}?q=b", f"{SEARCH}?q=a&tag=x", f"{SEARCH}?q=a&per_page=5", "/search?q=a"]
    assert len({tag(client, address) for address in [*different, "/search", "/"]}) == 7


def test_a_new_generation_has_new_tags_and_the_next_request_sees_it(journal, client):
    before = client.get(f"{SEARCH}?q=fresh")
    journal.write(new="# Fresh\n\nNewly written.\n")
    after = client.get(f"{SEARCH}?q=fresh", headers={"If-None-Match": before.headers["ETag"]})
    assert (before.json["total"], after.status_code, after.json["total"]) == (0, 200, 1)


def test_errors_are_not_kept(client):
    for address in (f"{SEARCH}?page=0", "/nothing", "/articles/nothing"):
        response = client.get(address, headers={"If-None-Match": "*"})
        assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


def test_the_description_is_of_every_address_that_speaks_json(journal):
    app = create_app(msgspec.structs.replace(journal.settings, hooks=HookSettings(secret="x" * 16)), journal.engine)
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    described = {rule.replace("<path:slug>", "{slug}").replace("<name>", "{id}") for rule in rules}
    assert {rule for rule in described if _speaks_json(rule)} == set(API_DESCRIPTION["paths"])
    pages = {
        "/",
        "/search",
        "/search/sections",
        "/articles/<path:slug>",
        "/assets/<name>",
        "/media/<path:path>",
        "/clicks",
        "/privacy",
    }
    formats_of_others = {"/search.atom", "/search.json", "/opensearch.xml", "/suggest", "/sitemap.xml", "/robots.txt"}
    formats_of_others |= {"/llms.txt", "/llms-full.txt"}
    assert {rule for rule in rules if not _speaks_json(rule)} == pages | formats_of_others | {"/backmatter-<name>.js"}


def _speaks_json(rule: str) -> bool:
    return rule.startswith("/api/") or rule.endswith("z")


def test_the_description_promises_no_parameter_that_is_not_read(client):
    """Each parameter changes what is answered, or is refused."""
    promised = [resolve(p)["name"] for p in API_DESCRIPTION["paths"][SEARCH]["get"]["parameters"]]
    values = {
        "q": "monotonic",
        "page": "9",
        "per_page": "1",
        "tag": "docker",
        "year": "2025",
        "language": "de",
        "from": "2026-06",
        "to": "2025-12",
        "sort": "oldest",
        "exact": "2",
        "explain": "2",
        "quoted": "2",
        "fields": "url",
        "cursor": "x",
    }
    # Where there is one journal, `journals` is ignored; see `test_joint`.
    assert promised == [*values, "journals", "If-None-Match"]
    plain = client.get(SEARCH).json["hits"]
    for name, value in values.items():
        assert client.get(SEARCH, query_string={name: value}).json.get("hits") != plain, name


def walk(node: object, visit: Callable[[dict], None]) -> None:
    if isinstance(node, dict):
        visit(node)
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        walk(child, visit)


def test_the_description_is_sound():
    referred: set[str] = set()

    def visit(node: dict) -> None:
        if isinstance(node.get("$ref"), str):
            resolve(node)
            referred.add(node["$ref"])

    walk(API_DESCRIPTION, visit)
    for kind, named in API_DESCRIPTION["components"].items():
        assert {f"#/components/{kind}/{name}" for name in named} <= referred, kind
    for schema in API_DESCRIPTION["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_addition_to_a_schema_names_a_class_or_a_field_that_there_is():
    schemas = schemas_of_answers()
    fields = {f"{name}.{field}" for name, schema in schemas.items() for field in schema["properties"]}
    assert schemas.keys() | fields | {field.partition(".")[2] for field in fields} >= ADDITIONS.keys()


def test_every_code_of_the_table_is_promised_somewhere():
    text = str(API_DESCRIPTION)
    pages_only = {
        *("article_not_found", "article_gone", "article_unreadable", "statistics_unavailable"),
    }
    codes = {kind.code for kind in ERROR_KINDS} - pages_only
    assert {code for code in codes if code not in text} == set()


@pytest.mark.parametrize("address", [SEARCH, "/", "/articles/cache", "/healthz"])
def test_head_is_get_without_the_body(client, address):
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.data) == (200, b"")
    assert re.fullmatch(r"\d+", head.headers["Content-Length"])
    assert head.headers.get("ETag") == get.headers.get("ETag")


def test_an_article_names_those_that_are_about_the_same(journal, client):
    journal.write(
        lines="# Cache lines\n\nThe processor fetches a cache line: bytes, stride, cycles.\n",
        bread="# Bread\n\nFlour, water and salt.\n",
    )
    found = check(client.get(RELATED)).json
    assert found["path"] == "cache.md"
    assert [(article["path"], article["length"]) for article in found["articles"]][:1] == [
        ("lines.md", len("The processor fetches a cache line: bytes, stride, cycles."))
    ]
    assert not {"cache.md", "bread.md"} & {article["path"] for article in found["articles"]}


def test_an_article_that_is_not_there_has_no_related_ones(client):
    response = check(client.get("/api/v1/articles/draft/related"))
    assert (response.status_code, response.json["code"]) == (404, "article_not_found")


def test_a_hit_says_what_its_score_is_made_of_where_that_is_asked(client):
    plain, explained = (check(client.get(f"{SEARCH}?q=monotonic&explain={on}")).json["hits"][0] for on in "01")
    assert plain["explanation"] is None
    assert explained["explanation"]["value"] == pytest.approx(explained["score"], abs=1e-4)
    assert explained["explanation"]["parts"][0]["name"] == "frequency"


def test_keys_that_the_settings_name_are_parameters_and_orders_in_the_description(journal):
    settings = msgspec.structs.replace(journal.settings, facets=("series", "job"))
    described = create_app(settings, journal.engine).test_client().get(OPENAPI).json
    named = [each["$ref"].rpartition("/")[2] for each in described["paths"]["/api/v1/search"]["get"]["parameters"]]
    parameters = described["components"]["parameters"]
    assert [parameters[name]["name"] for name in named[-2:]] == ["series", "job"]
    assert parameters["sort"]["schema"]["enum"][3:] == ["series", "job", "-series", "-job"]
    assert parameters["job"]["in"] == "path"
