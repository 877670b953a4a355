"""Posts for tests, made from the little that a test is about."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from backmatter.index.engines.base import Engine
from backmatter.index.model import Code, Post, Section


def post(path: str = "post.md", text: str = "", *sections: tuple[str, str], code: str = "", **fields: Any) -> Post:
    """Make a post of a lead text, sections as (title, text), and a code block at the end of the last one."""
    whole, parts = text, [Section("", 0, "", 0, len(text))]
    for title, prose in sections:
        start = len(whole) + 1
        parts[-1] = _ending(parts[-1], start)
        whole += "\n" + prose
        parts.append(Section(title, 2, title.lower().replace(" ", "-"), start, len(whole)))
    spans: tuple[Code, ...] = ()
    if code:
        spans = (Code(len(whole) + 1, len(whole) + 1 + len(code), "go"),)
        whole += "\n" + code
        parts[-1] = _ending(parts[-1], len(whole))
    slug = path.rpartition(".")[0]
    given = {"title": slug.title(), "slug": slug, "url": f"/articles/{slug}", "fingerprint": "f", "stamp": "s"} | fields
    return Post(path=path, text=whole, sections=tuple(parts), code=spans, **given)


def _ending(section: Section, end: int) -> Section:
    return Section(section.title, section.level, section.anchor, section.start, end)


def day(text: str) -> datetime:
    """Return midnight, UTC, of a date such as 2026-03-22."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def apply(engine: Engine, put: Iterable[Post], delete: Collection[str] = (), *, rebuild: bool = False) -> int:
    """Add or replace posts and delete others by id, in one commit made in this process; return the new generation."""
    with engine.writer(rebuild=rebuild) as writer:
        return writer.commit([writer.stage(put)], delete)
