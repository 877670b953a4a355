"""Parse front matter: YAML, TOML, JSON, `Key: value` lines or none, recognised by how the file begins."""

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

import yaml

from ...errors import PostError
from .limits import MAX_FRONT_MATTER, OverLimit, check_structure

_YAML = re.compile(r"-{3,}[ \t]*(?:yaml[ \t]*)?\n")
_DASHED = re.compile(r"---[ \t]*(json|toml|js|javascript|node)[ \t]*\n")
_YAML_END = re.compile(r"^(?:-{3,}|\.\.\.)[ \t]*$", re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n")
_TOML_END = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_KEY_LINE = re.compile(r"[\w\"'-][\w \"'.-]{0,60}:(?:\s|$)")
_HEAD_LINE = re.compile(r"([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*))?$")
_HEAD_KEYS = frozenset(("title", "date", "slug", "status"))
_UNOPENED = re.compile(
    r"(?=[ \t]*[\w\"'][\w \"'.-]{0,60}:)((?:(?!-{3,}[ \t]*$)(?=[^\n]*\S)[^\n]*\n)+)-{3,}[ \t]*(?:\n|\Z)", re.MULTILINE
)
"""YAML without a line of `---` above it, as old versions of Hexo wrote it."""
_UNOPENED_KEYS = _HEAD_KEYS | {"layout", "tags", "categories", "published", "draft", "permalink", "updated"}
_SEMICOLONS = re.compile(r";{3,}[ \t]*\n(.*?)^;{3,}[ \t]*$", re.MULTILINE | re.DOTALL)
"""JSON without its braces, of Hexo."""
_SCRIPT_COMMENT = re.compile(r"//[^\n]*|/\*(?:(?!\*/).)*\*/", re.DOTALL)
_SCRIPT_VALUE = re.compile(
    r"(?:^|[,{;\s])(?:(?:export\s+)?(?:const|let|var)\s+)?[\"']?([A-Za-z_$][\w$-]*)[\"']?\s*[:=]\s*"
    r"(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`$\\]*`|true\b|false\b|-?\d+(?:\.\d+)?\b|\[[^\[\]{}()]*\])"
)
"""A key of a program with a plain value; what has to be run is not known."""
_NIKOLA = re.compile(r"<!--[ \t]*\n((?:\.\.[ \t]+[\w-]+:[^\n]*\n)+)[ \t]*-->")
"""Lines of `.. key: value` in a comment."""
_JSON_COMMENT = re.compile(r"<!--\s*(?=\{)")
_TOML_PLACE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The front matter of a post, parsed, and the text that follows it.

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


def split_front_matter(text: str, path: str) -> FrontMatter:
    """Split a file into its front matter, parsed, and the rest.

    Raises:
        PostError: The front matter is not closed or does not parse; the line is the file's own.
    """
    start = len(text) - len(text.lstrip())
    dashed = _DASHED.match(text, start)
    if dashed and dashed[1] not in ("toml", "json"):
        return _script(text, start, path, dashed.end())
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
    if nikola := _NIKOLA.match(text, start):
        return _commented(text, nikola)
    semicolons = _SEMICOLONS.match(text, start)
    if semicolons:
        return _unbraced(text, semicolons, path)
    head = _head(text, start)
    return head if head.kind != "none" else _unopened(text, start, path)


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
    try:
        check_structure(source, "yaml")
        values = yaml.load(source, Loader=_YamlLoader)  # noqa: S506 - a subclass of the safe loader
    except OverLimit as limit:
        raise _over_limit(path, limit, first) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _unparsed(path, "YAML", error.problem or str(error), first + mark.line if mark else first) from None
    except Exception as error:  # a tag such as !!int has the parser raise anything
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _unparsed(path, "YAML", reason, first) from None
    return _front_matter(values, text, closing.end(), path, "yaml", first, source)


def _toml(text: str, start: int, path: str, body_start: int, end: re.Pattern[str], mark: str) -> FrontMatter:
    closing = end.search(text, body_start)
    if not closing:
        raise PostError(path, f"the front matter is not closed; end it with a line of {mark}", _line(text, start))
    source = text[body_start : closing.start()]
    first = _line(text, body_start)
    try:
        check_structure(source, "toml")
        values = tomllib.loads(source)
    except OverLimit as limit:
        raise _over_limit(path, limit, first) from None
    except (ValueError, RecursionError) as error:
        place = _TOML_PLACE.search(str(error))
        reason = _TOML_PLACE.sub("", str(error)).strip()
        raise _unparsed(path, "TOML", reason, first + int(place[1]) - 1 if place else first) from None
    return _front_matter(values, text, closing.end(), path, "toml", first, source)


def _json(text: str, start: int, path: str, closing: str) -> FrontMatter:
    first = _line(text, start)
    try:
        # Where it ends, only its parser knows.
        check_structure(text[start : start + MAX_FRONT_MATTER], "json")
        values, end = json.JSONDecoder().raw_decode(text, start)
        check_structure(text[start:end], "json")
    except OverLimit as limit:
        raise _over_limit(path, limit, first) from None
    except json.JSONDecodeError as error:
        raise _unparsed(path, "JSON", error.msg, error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise _unparsed(path, "JSON", str(error) or "too deep", first) from None
    after = text[end:].lstrip()
    if closing and not after.startswith(closing):
        raise _unparsed(path, "JSON", f"{closing} is missing behind it", _line(text, end))
    body_start = len(text) - len(after) + len(closing)
    return _front_matter(values, text, body_start, path, "json", first, text[start:end])


def _unbraced(text: str, found: re.Match[str], path: str) -> FrontMatter:
    first = _line(text, found.start(1))
    source = found[1].strip().removesuffix(",")
    try:
        check_structure(source, "json")
        values = json.loads(source if source.startswith("{") else f"{{{source}}}")
    except OverLimit as limit:
        raise _over_limit(path, limit, first) from None
    except (ValueError, RecursionError) as error:
        raise _unparsed(path, "JSON", str(error), first) from None
    return _front_matter(values, text, found.end(), path, "json", first, source)


def _script(text: str, start: int, path: str, body_start: int) -> FrontMatter:
    """Read the plain values of front matter in JavaScript, as Eleventy has it; it is never run."""
    closing = _YAML_END.search(text, body_start)
    if not closing:
        raise PostError(path, "the front matter is not closed; end it with a line of ---", _line(text, start))
    source = text[body_start : min(closing.start(), body_start + MAX_FRONT_MATTER)]
    first = _line(text, body_start)
    values: dict[str, Any] = {}
    # A comment becomes a space, so that the values around it stay apart; an address has `//` in a string.
    for key, written in _SCRIPT_VALUE.findall(re.sub(r"(?<![:\"'`])" + _SCRIPT_COMMENT.pattern, " ", source)):
        values.setdefault(key, _script_value(written))
    return _front_matter(values, text, closing.end(), path, "script", first, source)


def _script_value(written: str) -> object:
    try:
        return yaml.load(written.replace("`", '"'), Loader=_YamlLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError:
        return written.strip("\"'`")


def _unopened(text: str, start: int, path: str) -> FrontMatter:
    """Read YAML that begins with its first key and ends with `---`."""
    found = _UNOPENED.match(text, start, start + MAX_FRONT_MATTER)
    if not found:
        return FrontMatter({}, text, "none")
    first = _line(text, start)
    try:
        check_structure(found[1], "yaml")
        values = yaml.load(found[1], Loader=_YamlLoader)  # noqa: S506 - a subclass of the safe loader
    except (OverLimit, yaml.YAMLError, ValueError):
        return FrontMatter({}, text, "none")
    if not isinstance(values, dict) or _UNOPENED_KEYS.isdisjoint(map(normal_key, values)):
        return FrontMatter({}, text, "none")
    return _front_matter(values, text, found.end(), path, "yaml", first, found[1])


def _head(text: str, start: int) -> FrontMatter:
    """Read `Key: value` lines up to the first empty one, as Pelican and MultiMarkdown have them."""
    first = text[start : start + MAX_FRONT_MATTER].partition("\n")[0]
    if not _HEAD_LINE.match(first.rstrip()):
        return FrontMatter({}, text, "none")
    parts: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    position, number, key = start, _line(text, start), ""
    for line in text[start : start + MAX_FRONT_MATTER].splitlines(keepends=True):
        found = _HEAD_LINE.match(line.rstrip())
        if found:
            key = normal_key(found[1])
            parts[key], lines[key] = [found[2] or ""], number
        elif key and line[:1] in (" ", "\t") and line.strip():
            parts[key].append(line)
        else:
            break
        position += len(line)
        number += 1
    values = {key: " ".join(part.strip() for part in written).strip() for key, written in parts.items()}
    if _HEAD_KEYS.isdisjoint(values) or text[position : position + 1] not in ("\n", ""):
        return FrontMatter({}, text, "none")
    return FrontMatter(values, text[position:], "head", lines)


def _commented(text: str, found: re.Match[str]) -> FrontMatter:
    pairs = [line.lstrip(". \t").partition(":") for line in found[1].splitlines()]
    lines = {normal_key(key): number for number, (key, _, _) in enumerate(pairs, _line(text, found.start(1)))}
    values = {normal_key(key): value.strip() for key, _, value in pairs if value.strip()}
    return FrontMatter(values, text[found.end() :], "head", lines)


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


def _over_limit(path: str, limit: OverLimit, line: int) -> PostError:
    return PostError(path, f"the front matter {limit}", line)


def _unparsed(path: str, kind: str, reason: str, line: int) -> PostError:
    return PostError(path, f"the front matter is not valid {kind}: {reason}; correct it there", line)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _YamlLoader(yaml.CSafeLoader):
    """The safe loader with the words of YAML 1.2, as generators read them: `yes`, `on` and `12:30:45` are text.

    Dates are left as text, too, so that an invalid one is reported with its line. A key that is a list or a mapping,
    which is what `{{ title }}` without quotes is, is read as text, and so is a value that no key can have.
    """

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping of a node."""
        if isinstance(node, yaml.MappingNode):
            node.value = [(_plain_key(key), value) for key, value in node.value]
        return dict(super().construct_mapping(node, deep))


def _plain_key(key: Any) -> Any:
    if isinstance(key, yaml.ScalarNode):
        return key
    return yaml.ScalarNode(
        "tag:yaml.org,2002:str", f"{{{key.start_mark.line}:{key.start_mark.column}}}", key.start_mark
    )


_KEPT_TAGS = frozenset(("tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"))
_PLAIN_WORDS = {
    "bool": (re.compile("(?:true|True|TRUE|false|False|FALSE)$"), "tTfF"),
    "int": (re.compile(r"[-+]?(?:0|[1-9][0-9]*)$|0x[0-9a-fA-F]+$"), "-+0123456789"),
    "float": (re.compile(r"[-+]?(?:[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|\.inf|\.nan)$"), "-+.0123456789"),
}
_YamlLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in _KEPT_TAGS]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for _name, (_pattern, _firsts) in _PLAIN_WORDS.items():
    _YamlLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", _pattern, list(_firsts))
