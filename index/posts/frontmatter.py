"""The head of a post: YAML, TOML, JSON, `Key: value` lines or nothing, told apart by how the file begins."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

from index.errors import PostError

MAX_FRONT_MATTER = 200_000
"""Characters of front matter; real ones stay below 20,000, and a parser should not get a whole broken file."""
MAX_NESTING = 100
"""Brackets that may be open at once; parsers recurse once for each."""

_YAML = re.compile(r"-{3,}[ \t]*(?:yaml[ \t]*)?\n")
_DASHED = re.compile(r"---[ \t]*(json|toml)[ \t]*\n")
_YAML_END = re.compile(r"^(?:-{3,}|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n")
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"[\w\"'-][\w \"'.-]{0,60}:(?:\s|$)")
_HEAD_LINE = re.compile(r"([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*))?$")
_HEAD_KEYS = frozenset(("title", "date", "slug", "status"))
_JSON_COMMENT = re.compile(r"<!--\s*(?=\{)")
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the head says, and the text that follows it.

    Attributes:
        values: By key as written, in lower case and with `-` for `_`.
        lines: The line in the file, counted from 1, where each top-level key stands.
        body: What follows.
        kind: "yaml", "toml", "json", "head" or "none".
    """

    values: dict[str, Any]
    body: str
    kind: str
    lines: dict[str, int] = field(default_factory=dict)


def split(text: str, path: str) -> FrontMatter:
    """Split a file into its front matter, parsed, and the rest.

    Raises:
        PostError: The front matter is not closed or does not parse; the line is the file's own.
    """
    start = len(text) - len(text.lstrip())
    dashed = _DASHED.match(text, start)
    if dashed and dashed[1] == "json":
        return _json(text, dashed.end(), path, "---")
    if _YAML.match(text, start):
        return _yaml(text, start, path)
    if dashed:
        return _toml(text, start, path, dashed.end(), _YAML_END, "---")
    toml = _TOML.match(text, start)
    if toml:
        return _toml(text, start, path, toml.end(), _TOML_END, "+++")
    comment = _JSON_COMMENT.match(text, start)
    if comment:
        return _json(text, comment.end(), path, "-->")
    if re.compile(r"\{\s*[\"}]").match(text, start):
        return _json(text, start, path, "")
    return _head(text, start)


def normal_key(key: object) -> str:
    """Make one spelling of `publishDate`, `publish_date` and `Publish-Date`."""
    return str(key).lower().replace("_", "").replace("-", "").replace(" ", "")


def _yaml(text: str, start: int, path: str) -> FrontMatter:
    opening = _YAML.match(text, start)
    body_start = opening.end() if opening else start
    closing = _YAML_END.search(text, body_start)
    if not closing:
        if _KEY_LINE.match(text, body_start):
            raise PostError(path, "the front matter is not closed; end it with a line of ---", _line(text, start))
        return FrontMatter({}, text, "none")
    source = text[body_start : closing.start()]
    first = _line(text, body_start)
    if source.strip() and not source.lstrip().startswith("#") and not _KEY_LINE.search(source):
        return FrontMatter({}, text, "none")
    _check_size(source, path, first)
    try:
        values = yaml.load(source, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unparsed(path, "YAML", error.problem or str(error), first + mark.line if mark else first) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unparsed(path, "YAML", str(error).splitlines()[0] if str(error) else "too deep", first) from None
    return _front_matter(values, text, closing.end(), path, "yaml", first, source)


def _toml(text: str, start: int, path: str, body_start: int, end: re.Pattern[str], mark: str) -> FrontMatter:
    closing = end.search(text, body_start)
    if not closing:
        raise PostError(path, f"the front matter is not closed; end it with a line of {mark}", _line(text, start))
    source = text[body_start : closing.start()]
    first = _line(text, body_start)
    _check_size(source, path, first)
    try:
        values = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        reason = _TOML_PLACE.sub("", str(error)).strip()
        raise _unparsed(path, "TOML", reason, first + int(place[1]) - 1 if place else first) from None
    return _front_matter(values, text, closing.end(), path, "toml", first, source)


def _json(text: str, start: int, path: str, closing: str) -> FrontMatter:
    first = _line(text, start)
    _check_size(text[start : start + MAX_FRONT_MATTER], path, first)
    try:
        values, end = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise _unparsed(path, "JSON", error.msg, error.lineno) from None
    except RecursionError:
        raise _unparsed(path, "JSON", "too deep", first) from None
    after = text[end:].lstrip()
    if closing and not after.startswith(closing):
        raise _unparsed(path, "JSON", f"{closing} is missing behind it", _line(text, end))
    body_start = len(text) - len(after) + len(closing)
    return _front_matter(values, text, body_start, path, "json", first, text[start:end])


def _head(text: str, start: int) -> FrontMatter:
    """Read `Key: value` lines up to the first empty one, as Pelican and MultiMarkdown have them."""
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    position, number, key = start, _line(text, start), ""
    for line in text[start : start + MAX_FRONT_MATTER].splitlines(keepends=True):
        found = _HEAD_LINE.match(line.rstrip())
        if found:
            key = normal_key(found[1])
            values[key], lines[key] = (found[2] or "").strip(), number
        elif key and line[:1] in (" ", "\t") and line.strip():
            values[key] = f"{values[key]} {line.strip()}".strip()
        else:
            break
        position += len(line)
        number += 1
    if _HEAD_KEYS.isdisjoint(values) or text[position : position + 1] not in ("\n", ""):
        return FrontMatter({}, text, "none")
    return FrontMatter(values, text[position:], "head", lines)


def _front_matter(values: Any, text: str, end: int, path: str, kind: str, first: int, source: str) -> FrontMatter:
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise _unparsed(path, kind.upper(), "it is no list of keys and values", first)
    lines: dict[str, int] = {}
    for number, line in enumerate(source.split("\n"), first):
        key, separator, _ = line.partition("=" if kind == "toml" else ":")
        if separator:
            lines.setdefault(normal_key(key.strip().strip("\"'")), number)
    return FrontMatter({normal_key(key): value for key, value in values.items()}, text[end:], kind, lines)


def _check_size(source: str, path: str, line: int) -> None:
    if len(source) > MAX_FRONT_MATTER:
        raise PostError(path, f"the front matter is longer than {MAX_FRONT_MATTER:,} characters; is it closed?", line)
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", source):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_NESTING:
            raise PostError(path, f"the front matter is nested deeper than {MAX_NESTING}; flatten it", line)


def _unparsed(path: str, kind: str, reason: str, line: int) -> PostError:
    return PostError(path, f"the front matter is not valid {kind}: {reason}; correct it there", line)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Loader(yaml.CSafeLoader):
    """The safe loader, with dates left as written: what is no date is reported as such, with its line."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
