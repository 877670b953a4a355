"""Rules about code blocks."""

import re
from collections.abc import Iterator

from ..finding import Fault
from ..page import Page
from ..site import Site

_BARE_FENCE = re.compile(r"[\s>*+\-\d.)]*(?:`{3,}|~{3,})\s*")
_QUOTE_SIGNS = " \t>"


def code_language(site: Site) -> Iterator[Fault]:
    """Find fenced blocks that name no language; indented ones cannot."""
    for page in site.pages:
        for line in _unnamed(page):
            message = "the code block names no language"
            yield Fault("code-language", page.source, line, message, "name it behind the fence, as in ```go or ```text")


def _unnamed(page: Page) -> Iterator[int]:
    """Find the fence above each block's first line, one block after the other."""
    lines, position = page.lines, page.body_start
    for code in page.post.code:
        block = _bare(page.post.text[code.start : code.end].split("\n"))
        places = (n for n in range(position, len(lines)) if _is_fenced(lines, n) and _stands_at(n, block, lines))
        place = next(places, None)
        if place is None:
            continue
        position = place + len(block)
        if not code.language and _BARE_FENCE.fullmatch(lines[place - 1]):
            yield place


def _stands_at(number: int, block: list[str], lines: list[str]) -> bool:
    return _bare(lines[number : number + 1]) == block[:1] and _bare(lines[number : number + len(block)]) == block


def _bare(lines: list[str]) -> list[str]:
    return [line.strip(_QUOTE_SIGNS) for line in lines]


def _is_fenced(lines: list[str], number: int) -> bool:
    above = lines[number - 1] if number else ""
    return "```" in above or "~~~" in above
