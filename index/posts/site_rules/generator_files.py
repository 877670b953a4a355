"""Read the configuration files of generators: values, texts, addresses and patterns."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ...errors import InputError
from ..front_matter.language_tags import normal_language

_SITE = re.compile(r"https?://[^\s/]+\.[^\s]+")


def first_file(root: Path, names: Iterable[str]) -> str:
    """Return the name of the first file that exists, or ""."""
    return next((name for name in names if (root / name).is_file()), "")


def read_values(file: Path) -> Mapping[str, Any]:
    """Read a configuration in YAML, TOML or JSON; its keys are put in lower case, as Hugo reads them.

    Raises:
        InputError: It is not valid.
    """
    try:
        text = file.read_text("utf-8-sig")
        if file.suffix == ".toml":
            values = tomllib.loads(text)
        else:
            values = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=_LenientLoader)  # noqa: S506
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{file}: cannot be read ({reason}); correct it, or name another directory") from None
    return {str(key).lower(): value for key, value in values.items()} if isinstance(values, dict) else {}


def text_value(values: Mapping[str, Any], *keys: str) -> str:
    """Return the first of some values that is a text, on one line, or ""."""
    return next((" ".join(value.split()) for key in keys if isinstance(value := values.get(key), str) and value), "")


def table_value(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return a table of a configuration, empty where there is none."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def web_address(address: str, path: str = "") -> str:
    """Return a site's address if it is on the web, else ""."""
    address = address.rstrip("/") + ("/" + path.strip("/") if path.strip("/") else "")
    return address if _SITE.fullmatch(address) else ""


def known_language(text: str) -> str:
    """Return a language if the settings accept it, else ""."""
    return text if text and normal_language(text) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", text) else ""


def translate_pattern(pattern: str, words: Mapping[str, str]) -> str | None:
    """Translate a pattern of `:words` into one of `{placeholders}`; None where a word has no counterpart."""
    if any(word not in words for word in re.findall(r":(\w+)", pattern)) or "{" in pattern:
        return None
    return re.sub(r":(\w+)", lambda match: words[match[1]], "/" + pattern.lstrip("/"))


class _LenientLoader(yaml.SafeLoader):
    """The safe loader, for which the tags of other tools, such as MkDocs' `!!python/name`, are empty values."""


_LenientLoader.add_multi_constructor("", lambda *_: None)


def text_in_program(source: str, key: str) -> str:
    """Find a plain text in a configuration that is a JavaScript program, which is never run: `title: "..."`."""
    match = re.search(rf"\b{key}\s*:\s*(?:'([^'\n]*)'|\"([^\"\n]*)\")", source)
    return next((text for text in match.groups() if text), "") if match else ""
