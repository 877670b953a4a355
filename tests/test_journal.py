"""The journal itself: its posts are complete, and they answer what a reader would ask about them."""

import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from backmatter.index import posts
from backmatter.index.analysis import stem, terms
from backmatter.index.cli.output import outcomes
from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Snapshot
from backmatter.index.model import Post, Source
from backmatter.index.settings import Settings
from backmatter.index.sync.report import SyncReport
from backmatter.index.sync.sync import sync
from backmatter.index.tools.evaluation.evaluate import evaluate, has, search_ranking
from backmatter.index.tools.evaluation.judgements import read_yaml

CONTENT = Path(__file__).parents[1] / "content"
QUERIES = Path(__file__).parent / "queries.yaml"
# What is reached. It may rise, and never falls unseen: `backmatter evaluate --queries tests/queries.yaml --per-query`.
MIN_NDCG = 0.885
TITLES = {
    "so-we-are-writing-efficient-software-again.md": "So, We Are Writing Efficient Software Again",
    "a-love-letter-to-the-l1-cache.md": "A Love Letter to the L1 Cache",
    "why-explaining-technical-difficulty-is-hard.md": "Why Explaining Technical Difficulty is Hard",
    "just-about-go-time.md": "Just About Go Time",
    "understanding-cpu-caches-in-go.md": "Understanding CPU Caches in Go",
    "ai-coding-in-2026.md": "AI Coding in 2026: Productivity Multipliers vs. Skill Replacements",
    "stop-rebuilding-docker-images-on-every-code-change.md": "Stop Rebuilding Docker Images on Every Code Change",
    "building-production-ready-background-workers-in-python.md": (
        "Building Production-Ready Background Workers in Python"
    ),
    "go-struct-field-alignment.md": "Go Struct Field Alignment",
    "memory-mechanics-in-go-stack-vs-heap.md": "Memory Mechanics In Go - Stack vs Heap",
}
# Words that say nothing of what a title is about.
SMALL = set("a about by does for in is it just of on or so the to two why with".split())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(content=(CONTENT,), index=tmp_path_factory.mktemp("journal"))


@pytest.fixture(scope="module")
def report(settings: Settings) -> SyncReport:
    return sync(open_engine(settings), settings)


@pytest.fixture(scope="module")
def snapshot(settings: Settings, report: SyncReport) -> Snapshot:
    assert report.generation == 1
    return open_engine(settings).snapshot()


def test_every_post_is_indexed_and_none_is_held_back(report: SyncReport):
    assert (report.failed, report.held_back) == ([], [])
    assert set(report.added) == set(TITLES)


@pytest.mark.parametrize("path", TITLES)
def test_a_post_is_complete(settings: Settings, path: str):
    post = read(settings, path)
    assert post.title == TITLES[path]
    assert post.date is not None
    assert datetime(2026, 1, 1, tzinfo=UTC) <= post.date < datetime(2026, 7, 1, tzinfo=UTC)
    assert post.updated is None or post.updated > post.date
    assert post.author
    assert post.summary
    assert post.tags
    assert all(re.fullmatch(r"[a-z0-9+-]+", tag) for tag in post.tags)
    assert len([section for section in post.sections if section.anchor]) >= 4
    assert all(code.language for code in post.code)
    assert 900 <= len(prose(post).split()) <= 1900


def read(settings: Settings, path: str) -> Post:
    return posts.read_post(Source(CONTENT, path, ""), settings)


def prose(post: Post) -> str:
    """Give a post's text without its code."""
    text = post.text
    for code in reversed(post.code):
        text = text[: code.start] + text[code.end :]
    return text


@pytest.mark.parametrize("path", TITLES)
def test_links_between_articles_lead_somewhere(settings: Settings, path: str):
    text = re.sub(r"(?s)^```.*?^```|`[^`\n]*`", "", (CONTENT / path).read_text("utf-8"), flags=re.MULTILINE)
    targets = re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)", text)
    assert [target for target in targets if not leads_somewhere(settings, path, target)] == []


def leads_somewhere(settings: Settings, path: str, target: str) -> bool:
    name, _, anchor = target.partition("#")
    if not (CONTENT / name).exists():
        return False
    return not anchor or anchor in {section.anchor for section in read(settings, name or path).sections}


def test_what_readers_ask_is_answered(snapshot: Snapshot):
    run = evaluate(search_ranking(snapshot), read_yaml(QUERIES, partial(has, snapshot)))
    assert run.scores.ndcg >= MIN_NDCG, outcomes(run)


def test_readers_ask_in_their_own_words_and_about_every_post(snapshot: Snapshot):
    judged = read_yaml(QUERIES, partial(has, snapshot))
    assert len(judged.queries) >= 60
    assert {place.partition("#")[0] for grades in judged.qrels.values() for place in grades} == set(TITLES)
    titles = [meant(title) for title in TITLES.values()]
    assert [query.text for query in judged.queries if any(meant(query.text) <= title for title in titles)] == []


def meant(text: str) -> set[str]:
    """Give the stems of the words that say what a text is about."""
    return {stem(term, "en") for term in terms(text) if term not in SMALL}
