"""What the rules of a site say of one of its files: what each generator's module returns."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ...model import SiteGiven
from ..addresses.globs import matches_glob
from ..front_matter.frontmatter import normal_key

NOTHING = SiteGiven()

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
SHOWN_KEYS = frozenset("author authors categories category lang language permalink slug tags url".split())
"""Keys of front matter that hide no post."""
MOST_ALTERNATIVES = 100
"""Patterns that one with braces stands for, at the most."""


class SiteRules(Protocol):
    """The rules of a site for the files below one content directory, as its configuration has them at one moment."""

    @property
    def notes(self) -> Sequence[str]:
        """What of the configuration is not taken over, in sentences."""
        ...

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file, by its path below the content directory."""
        ...


class AddressRules:
    """The rules of a site without those that hide posts: by their addresses the built pages are found, which decide."""

    notes: Sequence[str] = ()

    def __init__(self, rules: SiteRules) -> None:
        self._rules = rules

    def given(self, path: str) -> SiteGiven:
        """Return what the site says of a file, but whether it is published."""
        given = self._rules.given(path)
        values = {key: value for key, value in given.values.items() if key in SHOWN_KEYS and value is not False}
        return msgspec.structs.replace(
            given, values=values, unbuilt="", doubt="", needs_head=False, needs_date=False, hiding_keys=frozenset()
        )


def unbuilt(reason: str) -> SiteGiven:
    """Return that a file becomes no page."""
    return SiteGiven(unbuilt=reason)


def normal_values(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Return values with their keys as front matter has them."""
    return {normal_key(key): value for key, value in values.items()}


def text_list(value: object) -> list[str]:
    """Return a list of texts, of which a configuration may write a single one alone."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item]


def table_list(value: object) -> list[Mapping[str, Any]]:
    """Return a list of tables, of which a configuration may write a single one alone."""
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def matches_any(patterns: Sequence[str], path: str) -> bool:
    """Check whether one of some patterns with `*`, `**` and `{a,b}` matches a whole path."""
    return any(matches_glob(each, path) for pattern in patterns for each in _alternatives(pattern))


def _alternatives(pattern: str) -> list[str]:
    done, waiting = list[str](), [pattern]
    while waiting and len(done) + len(waiting) < MOST_ALTERNATIVES:
        each = waiting.pop()
        found = _BRACES.search(each)
        if found:
            waiting += [each[: found.start()] + part + each[found.end() :] for part in found[1].split(",")]
        else:
            done.append(each)
    return done


def is_ignored(lines: Sequence[str], path: str) -> bool:
    """Check whether a file is ignored by lines as `.gitignore` has them: https://git-scm.com/docs/gitignore."""
    is_out = False
    for line in lines:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        if _matches_ignore(pattern.removeprefix("!"), path):
            is_out = not pattern.startswith("!")
    return is_out


def _matches_ignore(pattern: str, path: str) -> bool:
    is_anchored = "/" in pattern.rstrip("/")
    top = pattern.strip("/") if is_anchored else f"**/{pattern.strip('/')}"
    below = f"{top}/**".replace("**/**", "**")
    return matches_glob(below, path) or (not pattern.endswith("/") and matches_glob(top, path))


def file_lines(file: Path) -> list[str]:
    """Return the lines of a text file, none if it is not there."""
    return file.read_text("utf-8", "replace").splitlines() if file.is_file() else []
