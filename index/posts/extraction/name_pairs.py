"""What a post calls by two names: abbreviations, its title and its main heading, links to other pages of the site."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from ...analysis import terms
from ...model import Code, NamePair, Section
from ...ranking import JOINING
from .abbreviations import MAX_LONG_FORM, abbreviations

MAX_PAIRS = 200
"""More of one post are a glossary, and the rest of it is not read."""

_PATH = re.compile(r"(?!/)[^:?#\x00-\x20]+(?=[?#]|\Z)|/[^:/?#\x00-\x20]")
"""The beginning of an address that has a path, and neither scheme nor host."""


def name_pairs(
    title: str,
    text: str,
    sections: Sequence[Section],
    code: Sequence[Code],
    links: Iterable[tuple[str, str]],
    base_url: str,
) -> tuple[NamePair, ...]:
    """Return the pairs of names of a post.

    Args:
        title: Its title.
        text: Its text.
        sections: Its sections.
        code: Its code blocks, which are not looked at.
        links: Texts of links, with what they lead to.
        base_url: The address of the site; links to others are left out.
    """
    found = [
        *_of_title(title, sections),
        *(pair for end, pair in abbreviations(text) if not any(block.start < end <= block.end for block in code)),
        *(NamePair("link", text, target) for text, target in links if _is_own(target, base_url) and _is_name(text)),
    ]
    return tuple(dict.fromkeys(found))[:MAX_PAIRS]


def _of_title(title: str, sections: Iterable[Section]) -> Iterator[NamePair]:
    """Yield what differs between a title and the only heading above all others, if they have words in common."""
    main = [section.title for section in sections if section.level == 1]
    if len(main) != 1:
        return
    own, other = terms(title), terms(main[0])
    while own and other and own[0] == other[0]:
        own, other = own[1:], other[1:]
    while own and other and own[-1] == other[-1]:
        own, other = own[:-1], other[:-1]
    names = [" ".join(name) for name in (own, other) if _tells(name)]
    if len(names) == 2 and len(own) < len(terms(title)):
        yield NamePair("heading", *names)


def _tells(name: Sequence[str]) -> bool:
    return len(name) <= MAX_LONG_FORM and any(term not in JOINING and not term.isdecimal() for term in name)


def _is_name(text: str) -> bool:
    return len(text.split()) <= MAX_LONG_FORM and _tells(terms(text)[:MAX_LONG_FORM])


def _is_own(target: str, base_url: str) -> bool:
    """Check whether a link leads to the site itself."""
    if _PATH.match(target):
        return True
    try:
        address = urlsplit(target)
    except ValueError:
        return False
    is_relative = not address.scheme and not address.netloc and bool(address.path)
    return is_relative or bool(base_url and target.startswith(base_url))
