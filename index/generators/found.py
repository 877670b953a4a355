"""What a look at a directory finds, and the files that are looked at."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from index.errors import InputError
from index.posts.languages import normal_language
from index.settings import HeadingIds, Names

_SITE = re.compile(r"https?://[^\s/]+\.[^\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A site's generator and what it means for Backmatter.

    Attributes:
        generator: Its name as people write it.
        sign: The file or folder that tells.
        content: Directories of posts, relative to the one that was looked at.
        exclude: Patterns of paths below them, such as templates, that are no posts.
        prefix: The path below which a site lies whose address is not known.
        permalink: Pattern of addresses where none of `permalinks` fits.
        permalinks: Pairs of a pattern of paths and one of addresses.
        notes: What could not be taken over, in sentences.
    """

    generator: str
    sign: str
    content: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    base_url: str = ""
    prefix: str = ""
    permalink: str = "/{path}/"
    permalinks: tuple[tuple[str, str], ...] = ()
    names: Names = "verbatim"
    heading_ids: HeadingIds = "github"
    notes: tuple[str, ...] = ()


def first_file(root: Path, names: Iterable[str]) -> str:
    """Give the first of some files that is there, or ""."""
    return next((name for name in names if (root / name).is_file()), "")


def read_values(file: Path) -> Mapping[str, Any]:
    """Read a configuration in YAML, TOML or JSON; keys in lower case, as Hugo takes them.

    Raises:
        InputError: It is not valid.
    """
    try:
        text = file.read_text("utf-8-sig")
        if file.suffix == ".toml":
            values = tomllib.loads(text)
        else:
            values = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=_Loader)  # noqa: S506
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{file}: cannot be read ({reason}); correct it, or name another directory") from None
    return {str(key).lower(): value for key, value in values.items()} if isinstance(values, dict) else {}


def text_of(values: Mapping[str, Any], *keys: str) -> str:
    """Give the first of some values that is text, on one line."""
    return next((" ".join(value.split()) for key in keys if isinstance(value := values.get(key), str) and value), "")


def table_of(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Give a table of a configuration, empty where there is none."""
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def site_of(address: str, path: str = "") -> str:
    """Give a site's address if it is one on the web."""
    address = address.rstrip("/") + ("/" + path.strip("/") if path.strip("/") else "")
    return address if _SITE.fullmatch(address) else ""


def language_of(text: str) -> str:
    """Give a language if it is one that the settings take."""
    return text if text and normal_language(text) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*", text) else ""


def translated(pattern: str, words: Mapping[str, str]) -> str | None:
    """Write a pattern of `:words` as one of `{placeholders}`; None where it has a word that has none."""
    if any(word not in words for word in re.findall(r":(\w+)", pattern)) or "{" in pattern:
        return None
    return re.sub(r":(\w+)", lambda found: words[found[1]], "/" + pattern.lstrip("/"))


class _Loader(yaml.SafeLoader):
    """The safe loader, for which tags that a tool adds, as MkDocs' `!!python/name`, are empty values."""


_Loader.add_multi_constructor("", lambda *_: None)
