"""Rules about sections: too little or too much text."""

from collections.abc import Iterator
from itertools import pairwise

from ....model import Section
from ..finding import Fault
from ..page import Page
from ..site import Site

HUGE = 2_500
"""Words of prose in one section, code aside; a reader needs ten minutes for them, and search lands at its start."""


def empty_section(site: Site) -> Iterator[Fault]:
    """Find headings with nothing below them: no text, nothing a template may fill, and no heading of a lower level."""
    for page in site.pages:
        sections = page.post.sections
        for (section, line), (after, next_line) in pairwise(
            [*zip(sections, page.heading_lines, strict=True), (None, len(page.lines) + 1)]
        ):
            if section is None or line is None or next_line is None or section.start < section.end:
                continue
            is_parent = after is not None and after.level > section.level
            is_comment = next_line == line + 1  # of code that a template surrounds; headings stand apart
            if not is_parent and not is_comment and not "".join(page.lines[line : next_line - 1]).strip(" \t=-"):
                message = f"nothing stands below the heading {section.title!r}"
                yield Fault("empty-section", page.source, line, message, "write it, or remove the heading")


def huge_section(site: Site) -> Iterator[Fault]:
    """Find sections of very many words."""
    for page in site.pages:
        for section, line in zip(page.post.sections, page.heading_lines, strict=True):
            words = _words(page, section)
            if words > HUGE:
                name = f"the section {section.title!r}" if section.title else "the text before the first heading"
                message = f"{name} has {words:,} words"
                yield Fault("huge-section", page.source, line, message, "divide it by headings")


def _words(page: Page, section: Section) -> int:
    text = page.post.text
    words = len(text[section.start : section.end].split()) if section.end - section.start > HUGE else 0
    if words <= HUGE:
        return words
    inside = [code for code in page.post.code if section.start <= code.start < section.end]
    return words - sum(len(text[code.start : code.end].split()) for code in inside)
