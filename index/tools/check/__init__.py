"""A lint of the content: what the reader reads, looked at by rules that each name one fault."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ...engines.base import Snapshot
from ...errors import PostError
from ...model import PostWarning, Source
from ...posts import discover
from ...posts.bounded import read_bounded
from ...posts.page_matching import BuiltPages
from ...settings import Rule, Settings
from ...sync.judge import BuildJudge
from .finding import Fault, Finding, level_of
from .page import Page, read_page
from .rules import code, duplicates, findable, headings, links, metadata, pictures, readers, sections
from .site import Site

__all__ = ["Finding", "check"]

RuleFunction = Callable[[Site], Iterable[Fault]]

RULE_FUNCTIONS: tuple[RuleFunction, ...] = (
    metadata.missing_date,
    metadata.future_date,
    metadata.held_back,
    metadata.boost,
    metadata.duplicate_title,
    metadata.duplicate_address,
    headings.duplicate_id,
    sections.empty_section,
    sections.huge_section,
    code.code_language,
    pictures.image_alt,
    pictures.dead_image,
    links.dead_link,
    links.dead_anchor,
    duplicates.alike,
    findable.common_heading,
    findable.title_not_first,
    readers.readers_words,
)


def check(
    settings: Settings, now: datetime | None = None, snapshot: Snapshot | None = None
) -> tuple[int, list[Finding]]:
    """Read every post and look at it.

    Args:
        settings: Where the content is, and which rules matter where.
        now: The moment to decide for; aware.
        snapshot: What readers search; without it, what they find is not looked at.

    Returns:
        The number of posts, and what was found, by file and line.

    Raises:
        SettingsError: A content directory does not exist.
    """
    faults: list[Fault] = []
    built = BuildJudge(settings).site if settings.built else None
    pages = tuple(_pages(settings, built, faults))
    site = Site(pages, settings, now or datetime.now(UTC), built, snapshot)
    faults += (fault for rule in RULE_FUNCTIONS for fault in rule(site))
    findings = [finding for fault in faults if (finding := _finding(fault, settings))]
    return len(pages), sorted(findings, key=lambda finding: (finding.file, finding.line or 0, finding.rule))


def _pages(settings: Settings, built: BuiltPages | None, faults: list[Fault]) -> Iterator[Page]:
    found = list(discover(settings))
    sources = [source for source in found if isinstance(source, Source)]
    pages = read_bounded(partial(read_page, settings=settings, site=built), sources)
    for source in found:
        page = next(pages) if isinstance(source, Source) else source
        if isinstance(page, Page):
            faults += [_fault(page.source, warning) for warning in page.post.warnings]
            yield page
            continue
        place = source if isinstance(source, Source) else Source(settings.content[0], page.path, "")
        faults.append(_fault(place, page))


def _fault(source: Source, wrong: PostError | PostWarning) -> Fault:
    reason, _, advice = wrong.reason.rpartition("; ")
    rule: Rule = "front-matter" if wrong.line else "unreadable"
    return Fault(rule, source, wrong.line, reason or advice, advice if reason else "correct it")


def _finding(fault: Fault, settings: Settings) -> Finding | None:
    path = fault.source.path
    level = level_of(fault.rule, path, settings)
    if level == "off":
        return None
    return Finding(fault.rule, level, path, _shown(fault.source.file), fault.line, fault.message, fault.advice)


def _shown(file: Path) -> str:
    here = Path.cwd()
    return (file.relative_to(here) if file.is_relative_to(here) else file).as_posix()
