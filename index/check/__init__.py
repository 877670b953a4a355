"""A lint of the content: what the reader reads, looked at by rules that each name one fault."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.check import alike, code, headings, links, metadata, pictures, sections
from index.check.finding import Fault, Finding, level_of
from index.check.page import Page, read_page
from index.check.site import Site
from index.errors import PostError
from index.model import Source
from index.posts import discover
from index.settings import Rule as RuleName
from index.settings import Settings

__all__ = ["Finding", "check"]

Rule = Callable[[Site], Iterable[Fault]]

RULES: tuple[Rule, ...] = (
    metadata.missing_date,
    metadata.future_date,
    metadata.held_back,
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
    alike.alike,
)


def check(settings: Settings, now: datetime | None = None) -> tuple[int, list[Finding]]:
    """Read every post and look at it.

    Args:
        settings: Where the content is, and which rules matter where.
        now: The moment to decide for; aware.

    Returns:
        The number of posts, and what was found, by file and line.

    Raises:
        SettingsError: A content directory does not exist.
    """
    faults: list[Fault] = []
    pages = tuple(_pages(settings, faults))
    site = Site(pages, settings, now or datetime.now(UTC))
    faults += (fault for rule in RULES for fault in rule(site))
    findings = [finding for fault in faults if (finding := _finding(fault, settings))]
    return len(pages), sorted(findings, key=lambda finding: (finding.file, finding.line or 0, finding.rule))


def _pages(settings: Settings, faults: list[Fault]) -> Iterator[Page]:
    for source in discover(settings):
        try:
            if isinstance(source, PostError):
                raise source
            yield read_page(source, settings)
        except PostError as error:
            place = source if isinstance(source, Source) else Source(settings.content[0], error.path, "")
            reason, _, advice = error.reason.rpartition("; ")
            rule: RuleName = "front-matter" if error.line else "unreadable"
            faults.append(Fault(rule, place, error.line, reason or advice, advice if reason else "correct it"))


def _finding(fault: Fault, settings: Settings) -> Finding | None:
    path = fault.source.path
    level = level_of(fault.rule, path, settings)
    if level == "off":
        return None
    return Finding(fault.rule, level, path, _shown(fault.source.file), fault.line, fault.message, fault.advice)


def _shown(file: Path) -> str:
    here = Path.cwd()
    return (file.relative_to(here) if file.is_relative_to(here) else file).as_posix()
