"""Labels in front matter: titles, names and lists of names, each one line of text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

MAX_LABEL_LENGTH = 2_000
"""Characters of a title, an author or a tag; longer ones are text that landed in the wrong place."""

_CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def first_text(values: Mapping[str, Any], keys: Iterable[str]) -> str:
    """Return the first of some keys' values that is text; "" if none is."""
    return next((text for key in keys if (text := label(values.get(key)))), "")


def label(value: object) -> str:
    """Turn a scalar into one line of text, anything else into ""."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    return " ".join((text if text.isprintable() else _CONTROL_CHARACTER.sub(" ", text)).split())[:MAX_LABEL_LENGTH]


def listed_names(values: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    """Yield the names that some keys list; a comma does not divide a name."""
    for key in keys:
        yield from listed(values.get(key), spaced=False, separator=None)


def listed(value: object, spaced: bool, separator: str | None = ",") -> Iterator[str]:
    """Make a list of names of a list, of names within mappings, or of one string, cut at what separates them."""
    if isinstance(value, list):
        # Hexo's categories are lists of a category and those within it.
        for item in (inner for outer in value for inner in (outer if isinstance(outer, list) else [outer])):
            # Docusaurus' tags have labels.
            name = item.get("name", item.get("title", item.get("label"))) if isinstance(item, dict) else item
            if text := label(name):
                yield text
    elif isinstance(value, dict):
        yield from filter(None, [label(value.get("name"))])
    elif text := label(value):
        # As Pelican has it: a semicolon divides names that have commas in them; one without a space may end an entity.
        separator = "; " if "; " in text else separator
        parts = text.split(separator) if separator and separator in text else text.split() if spaced else [text]
        yield from filter(None, (part.strip() for part in parts))


def unique(names: Iterable[str]) -> list[str]:
    """Drop names that differ from an earlier one only in case."""
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return list(seen.values())
