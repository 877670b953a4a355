"""Whatever a post or a query is made of, it is answered within limits: no exception, no hang, the same answer twice."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import pytest
import yaml

from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Snapshot
from backmatter.index.errors import PostError
from backmatter.index.model import Post, Source
from backmatter.index.posts import read_post
from backmatter.index.posts.article_tree import read_article
from backmatter.index.posts.bounded import read_bounded
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import MAX_QUERY_LENGTH, OPERATORS
from backmatter.index.search.explain import explain
from backmatter.index.search.search import search
from backmatter.index.search.suggest import suggest
from backmatter.index.settings import Settings
from backmatter.index.settings.generators import Generator
from backmatter.index.sync.sync import sync
from backmatter.index.tools.check.page import read_page
from tests.test_posts_properties import check_outcome
from tests.torture import THOROUGH
from tests.torture.mutations import mutated

ROOT = Path(__file__).parent.parent
GOLDEN = sorted(
    file
    for folder in ("posts", "sites")
    for file in (ROOT / "golden" / folder).rglob("*")
    if file.suffix in (".md", ".mdx", ".markdown", ".html", ".htm")
)
JOURNAL = ROOT.parent / "content"
# Each mutation is read as a post of one of them, in the dialect that this generator reads.
GENERATORS: tuple[Generator, ...] = get_args(Generator)

# Mutations are tried in groups, each in one process, as posts of one run are.
GROUP = 500 if THOROUGH else 100
GROUPS = range(200 if THOROUGH else 4)

# Characters of a post: enough for a front matter and all that a body can have, and few enough for many.
LONGEST_POST = 3_000


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [file.read_text("utf-8", "replace") for file in GOLDEN]


def test_the_samples_are_of_all_dialects():
    assert len(GOLDEN) > 100
    assert {file.suffix for file in GOLDEN} >= {".md", ".mdx", ".html"}


def read_in_every_way(source: Source, texts: list[str]) -> str:
    """Write a mutated post, read it as the index, a page and `check` do, and return what is wrong with it, or ""."""
    number = int(source.path)
    settings = Settings(content=(source.root,), generator=GENERATORS[number % len(GENERATORS)])
    chosen, text = mutated(texts, number, LONGEST_POST)
    post = Source(source.root, f"{source.path}{GOLDEN[chosen].suffix}", "")
    post.file.write_bytes(text.encode("utf-8", "surrogatepass"))
    indexed, again, checked, shown = (outcome_of(read, post, settings) for read in (read_post, read_post, linted, page))
    post.file.unlink()
    check_outcome(indexed)
    if not str(indexed) == str(again) == str(checked):
        return f"is not read the same twice:\n{indexed}\n{again}\n{checked}"
    # Its text may differ where HTML is broken: a page is made of the Markdown that is written out as HTML.
    return "" if summary(indexed) == summary(shown) else f"is shown as another post:\n{indexed}\n{shown}"


def summary(outcome: Post | PostError) -> object:
    return outcome.reason if isinstance(outcome, PostError) else (outcome.title, outcome.url, outcome.date)


def outcome_of(read: Callable[[Source, Settings], Post], post: Source, settings: Settings) -> Post | PostError:
    try:
        return read(post, settings)
    except PostError as error:
        return error


def page(post: Source, settings: Settings) -> Post:
    return read_article(post, settings).post


def linted(post: Source, settings: Settings) -> Post:
    return read_page(post, settings).post


@pytest.mark.parametrize("group", GROUPS)
def test_a_mutated_post_is_a_post_or_one_line_of_the_report(group: int, texts: list[str], tmp_path: Path):
    numbers = [Source(tmp_path, str(group * GROUP + number), "") for number in range(GROUP)]
    outcomes = read_bounded(partial(read_in_every_way, texts=texts), numbers)
    assert {source.path: wrong for source, wrong in zip(numbers, outcomes, strict=True) if wrong} == {}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The journal's own articles."""
    settings = Settings(content=(JOURNAL,), index=tmp_path_factory.mktemp("index"))
    engine = open_engine(settings)
    sync(engine, settings)
    return engine.snapshot()


@pytest.fixture(scope="module")
def queries() -> list[str]:
    judged = yaml.safe_load((ROOT / "queries.yaml").read_text("utf-8"))
    return [*(query["query"] for query in judged), *(operator.example for operator in OPERATORS)]


def answer_in_every_way(source: Source, queries: list[str], snapshot: Snapshot) -> str:
    """Search a mutated query, complete it and explain its first hit; return what is wrong, or ""."""
    text = mutated(queries, int(source.path), MAX_QUERY_LENGTH)[1]
    query = analyse(text)
    found, again = (search(snapshot, query) for _ in range(2))
    lines = suggest(snapshot, query)
    explained = [explain(snapshot, query, hit.path) for hit in found.hits[:1]]
    if (found.hits, found.total, lines) != (again.hits, again.total, suggest(snapshot, query)):
        return "is not answered the same twice"
    if not all(explanation.hit for explanation in explained):
        return "has a hit that is not explained"
    return "" if len(found.hits) <= found.total else "has more hits than posts that match"


@pytest.mark.parametrize("group", GROUPS)
def test_a_mutated_query_is_answered(group: int, queries: list[str], snapshot: Snapshot, tmp_path: Path):
    numbers = [Source(tmp_path, str(group * GROUP + number), "") for number in range(GROUP)]
    outcomes = read_bounded(partial(answer_in_every_way, queries=queries, snapshot=snapshot), numbers)
    assert {source.path: wrong for source, wrong in zip(numbers, outcomes, strict=True) if wrong} == {}
