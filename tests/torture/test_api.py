"""Whatever a program asks the API for, the answer is one that its description promises."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from backmatter.app.routes.openapi import PATH_ITEMS
from tests.conftest import POSTS, make_journal
from tests.serving import running
from tests.torture import THOROUGH

EXAMPLES = 400 if THOROUGH else 20
SECRET = "an example".replace(" ", "-") * 2


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.schemas.BaseSchema]:
    """The description of a real server's API, as it tells it itself."""
    folder = tmp_path_factory.mktemp("api")
    make_journal(folder, POSTS).index()
    with running(folder, workers=1, BACKMATTER_HOOKS_SECRET=SECRET) as (_, port):
        yield schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/v1/openapi.json")


OPERATIONS = [(path, method) for path, item in PATH_ITEMS.items() for method in item]
# Operations of whose parameters a request can be wrong.
WITH_RULES = [
    ("/api/v1/search", "get"),
    ("/api/v1/search", "post"),
    ("/api/v1/suggest", "get"),
    ("/api/v1/reindex", "post"),
]


@pytest.mark.parametrize(
    ("path", "method", "mode"),
    [
        *((*operation, GenerationMode.POSITIVE) for operation in OPERATIONS),
        *((*operation, GenerationMode.NEGATIVE) for operation in WITH_RULES),
    ],
)
def test_every_answer_is_a_promised_one(description, path: str, method: str, mode: GenerationMode):
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=description[path][method].as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        # An empty parameter counts as not given, which no schema can say.
        case.call_and_validate(excluded_checks=[negative_data_rejection])

    check()
