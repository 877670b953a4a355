"""Whether a post is a draft or unlisted, by the keys of every generator."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import PostError
from .frontmatter import FrontMatter, normal_key
from .labels import first_text, label

TRUE_WORDS = frozenset(("true", "yes", "on", "1"))
FALSE_WORDS = frozenset(("false", "no", "off", "0", ""))
DRAFT_STATUS = frozenset(("draft", "skip", "private", "pending", "future", "scheduled"))
UNLISTED_IF_TRUE = (
    "unlisted",
    "hidden",
    "headless",
    "noindex",
    "private",
    "excludefromsearch",
    "searchexclude",
    "noindexing",
    "eleventyexcludefromcollections",
    "nosearch",
    "searchhidden",
    "robotsnoindex",
    "excludesearch",
    "booksearchexclude",
    "hidefromsearch",
)
"""Among them what Hugo's themes have: PaperMod, Hextra and Docsy, Book; also in a table of an author's own keys."""
DRAFT_IF_TRUE = ("isdraft", "wip")
DRAFT_IF_FALSE = ("published", "publish")
HIDDEN_VISIBILITIES = frozenset(("members", "paid", "tiers", "private", "internal", "hidden", "unlisted", "password"))
"""Whom a post is for, where it is not for everybody: Ghost, and others."""
UNLISTED_IF_FALSE = ("insearchindex", "searchable", "search", "pagefind", "render", "permalink")
UNLISTED_IF_NEVER = ("list", "render")
NEVER_WORDS = frozenset(("never", "false", "link"))
"""Of Hugo's `build`; with `link` a post has an address and no page."""
_NOT_INDEXED = re.compile(r"\bno(?:index|ne)\b", re.IGNORECASE)
"""What `robots` says; `none` stands for `noindex, nofollow`."""


def is_draft(front: FrontMatter, path: str) -> bool:
    """Check whether a post is a draft.

    Raises:
        PostError: `draft` is neither true nor false.
    """
    if "_drafts" in path.split("/") or label(front.values.get("status")).lower() in DRAFT_STATUS:
        return True
    values = front.values
    return (
        _flag(front, path, "draft") is True
        or any(_is(values.get(key), TRUE_WORDS) for key in DRAFT_IF_TRUE)
        or any(_is(values.get(key), FALSE_WORDS) and values.get(key) != "" for key in DRAFT_IF_FALSE)
    )


def is_unlisted(values: Mapping[str, Any]) -> bool:
    """Check whether a post has an address, but is in no list and no search."""
    return (
        any(_is(table.get(key), TRUE_WORDS) for table in (values, *_own_tables(values)) for key in UNLISTED_IF_TRUE)
        or any(_is(values.get(key), FALSE_WORDS) and values.get(key) != "" for key in UNLISTED_IF_FALSE)
        or _is_never_built(values)
        or _is_kept_from_search(values)
        or label(values.get("status")).lower() == "hidden"
        or label(values.get("visibility")).lower() in HIDDEN_VISIBILITIES
        or bool(label(values.get("password")))
        or bool(first_text(values, ("redirect", "redirectto")))
    )


def _own_tables(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield Hugo's `params` and Zola's `extra`."""
    for name in ("params", "extra"):
        if isinstance(table := values.get(name), dict):
            yield {normal_key(key): value for key, value in table.items()}


def _is_never_built(values: Mapping[str, Any]) -> bool:
    """Check Hugo's `build` options, and the same keys at the top."""
    build = values.get("build", values.get("_build", {}))
    options = {str(key).lower(): value for key, value in build.items()} if isinstance(build, dict) else {}
    return any(_is(part.get(key), NEVER_WORDS) for part in (options, values) for key in UNLISTED_IF_NEVER)


def _is_kept_from_search(values: Mapping[str, Any]) -> bool:
    """Check `search: {exclude: true}`, as MkDocs has it, and `robots: noindex`."""
    search = values.get("search")
    is_excluded = isinstance(search, dict) and _is(search.get("exclude"), TRUE_WORDS)
    return is_excluded or bool(_NOT_INDEXED.search(str(values.get("robots") or "")))


def _is(value: object, words: frozenset[str]) -> bool:
    return isinstance(value, bool | str | int) and str(value).strip().lower() in words


def _flag(front: FrontMatter, path: str, key: str) -> bool | None:
    value = front.values.get(key)
    if value is None or isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS | FALSE_WORDS:
        return word in TRUE_WORDS
    raise PostError(path, f"{key}: {value!r:.80} is neither true nor false; write one of them", front.lines.get(key))
