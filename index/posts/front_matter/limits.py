"""Limits to the structure of front matter, checked before a parser sees it: some take time that grows with its square.

YAML's alone stays within them by reading its events, which takes the time of the text; brackets in a string would hide
those of the structure.
"""

import re

import yaml

MAX_FRONT_MATTER = 200_000
"""Characters of front matter; real ones stay below 20,000, and a parser should not get a whole broken file."""
MAX_NESTING = 100
"""Collections that may be open at once, and names that a dotted key may have; parsers recurse once for each."""
MAX_VALUES = 20_000
"""Values of YAML, those that an alias repeats counted again; real front matter has a hundred."""

_BRACKET = re.compile(r"[\[\]{}]")
_DOTTED = re.compile(rf"(?<![\w\"'.-])(?:[\w\"'-]+[ \t]*\.[ \t]*){{{MAX_NESTING}}}")
_YAML_NESTING = "[{-?:"
"""Each collection within another has at least one of these signs."""


class OverLimit(ValueError):
    """The structure exceeds a limit; the message says which."""


def check_structure(source: str, kind: str) -> None:
    """Check the structure of front matter of a kind: "yaml", "toml" or "json".

    Raises:
        OverLimit: It exceeds a limit.
        yaml.YAMLError: It is no YAML.
    """
    if len(source) > MAX_FRONT_MATTER:
        raise OverLimit(f"is longer than {MAX_FRONT_MATTER:,} characters; is it closed?")
    if kind != "yaml":
        _check_brackets(source)
    elif "*" in source or sum(map(source.count, _YAML_NESTING)) > MAX_NESTING:
        _check_yaml(source)
    if kind == "toml" and _DOTTED.search(source):
        raise _too_deep()


def _check_brackets(source: str) -> None:
    depth = 0
    for bracket in _BRACKET.findall(source):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        if depth > MAX_NESTING:
            raise _too_deep()


def _check_yaml(source: str) -> None:
    """Count what is nested, and what aliases make of it: nine lists of nine aliases each are a billion values."""
    sizes: dict[str, int] = {}
    opened: list[tuple[str | None, int]] = []
    values = 0
    for event in yaml.parse(source, Loader=yaml.CSafeLoader):
        match event:
            case yaml.CollectionStartEvent():
                opened.append((event.anchor, values))
                values += 1
            case yaml.CollectionEndEvent():
                anchor, before = opened.pop()
                sizes[anchor or ""] = values - before
            case yaml.AliasEvent():
                # An alias of what it stands in has no end.
                values += sizes.get(event.anchor or "", MAX_VALUES if event.anchor in dict(opened) else 1)
            case yaml.ScalarEvent():
                values += 1
                sizes[event.anchor or ""] = 1
        if len(opened) > MAX_NESTING:
            raise _too_deep()
        if values > MAX_VALUES:
            raise OverLimit(f"has more than {MAX_VALUES:,} values, those of its aliases counted; shorten it")


def _too_deep() -> OverLimit:
    return OverLimit(f"is nested deeper than {MAX_NESTING}; flatten it")
