"""The journal itself: its posts are complete, and each is the first answer to what a reader would ask about it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from index import posts
from index.analysis import stem, terms
from index.engine import Snapshot
from index.engines import open_engine
from index.model import Post, Source
from index.search import search
from index.settings import Settings
from index.sync import Report, sync

CONTENT = Path(__file__).parents[1] / "content"
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
def report(settings: Settings) -> Report:
    return sync(open_engine(settings), settings)


@pytest.fixture(scope="module")
def snapshot(settings: Settings, report: Report) -> Snapshot:
    assert report.generation == 1
    return open_engine(settings).snapshot()


def test_every_post_is_indexed_and_none_is_held_back(report: Report):
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
    return posts.read(Source(CONTENT, path, ""), settings)


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


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("memory prices", "so-we-are-writing-efficient-software-again.md"),
        ("RAM got expensive", "so-we-are-writing-efficient-software-again.md"),
        ("free lunch hardware", "so-we-are-writing-efficient-software-again.md"),
        ("swapping two fields made the loop faster", "a-love-letter-to-the-l1-cache.md"),
        ("loop 30 % faster", "a-love-letter-to-the-l1-cache.md"),
        ("why does field order matter for speed", "a-love-letter-to-the-l1-cache.md"),
        ("it's just a simple query", "why-explaining-technical-difficulty-is-hard.md"),
        ("estimates product manager", "why-explaining-technical-difficulty-is-hard.md"),
        ("why does this feature take two weeks", "why-explaining-technical-difficulty-is-hard.md"),
        ("daylight saving", "just-about-go-time.md"),
        ("monotonic clock", "just-about-go-time.md"),
        ("store timestamps in postgresql", "just-about-go-time.md"),
        ("false sharing", "understanding-cpu-caches-in-go.md"),
        ("row-major matrix", "understanding-cpu-caches-in-go.md"),
        ("L2 L3 latency", "understanding-cpu-caches-in-go.md"),
        ("llm hallucination", "ai-coding-in-2026.md"),
        ("technical debt assistant", "ai-coding-in-2026.md"),
        ("junior developers", "ai-coding-in-2026.md"),
        ("bind mount", "stop-rebuilding-docker-images-on-every-code-change.md"),
        ("container without source baked in", "stop-rebuilding-docker-images-on-every-code-change.md"),
        ("Dockerfile layers", "stop-rebuilding-docker-images-on-every-code-change.md"),
        ("graceful shutdown SIGTERM", "building-production-ready-background-workers-in-python.md"),
        ("retry with backoff", "building-production-ready-background-workers-in-python.md"),
        ("idempotent jobs", "building-production-ready-background-workers-in-python.md"),
        ("unsafe.Sizeof", "go-struct-field-alignment.md"),
        ("fieldalignment linter", "go-struct-field-alignment.md"),
        ("wasted padding bytes", "go-struct-field-alignment.md"),
        ("escape analysis", "memory-mechanics-in-go-stack-vs-heap.md"),
        ("pass by value or pointer", "memory-mechanics-in-go-stack-vs-heap.md"),
        ("does the variable escape", "memory-mechanics-in-go-stack-vs-heap.md"),
    ],
)
def test_what_a_reader_asks_is_answered_first_by_the_right_article(snapshot: Snapshot, query: str, path: str):
    assert not meant(query) & meant(TITLES[path])
    assert search(snapshot, query).hits[0].path == path


def meant(text: str) -> set[str]:
    """Give the stems of the words that say what a text is about."""
    return {stem(term, "en") for term in terms(text) if term not in SMALL}
