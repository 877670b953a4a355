"""Settings without effect, or without the one that is meant: what does nothing as it is, or gives posts twice."""

import locale
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches
from itertools import permutations
from pathlib import Path

from ..model import POST_SUFFIXES
from .declaration import Settings
from .tables import OpenSearchSettings

LEAST_LIKENESS = 0.8
"""How alike two names are of which one may be the other, misspelt: `draft` and `drafts`."""

_WILDCARD = re.compile(r"[*?]")
_FOREIGN = re.compile(r"^!|\[[^\]]*-[^\]]*\]|\{[^{}]*,[^{}]*\}")
"""Signs of other tools' patterns, which stand for themselves in ours."""
_COLON = re.compile(r"(?<=/):\w+")
_DISTINCTIVE = re.compile(r"\{(slug|path|file|name|title|slug_or_title|slug_or_dated)\}")
"""Parts of an address that differ from post to post."""


def without_effect(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each setting that does nothing, with what to change."""
    yield from _content(settings)
    yield from _language(settings)
    yield from _addresses(settings)
    yield from _permalinks(settings)
    yield from _patterns(settings)
    yield from _alone(settings)
    yield from _cluster(settings)


def _content(settings: Settings) -> Iterator[str]:
    """Find directories within others, whose posts are found twice; not below a hidden folder or one left out."""
    for inner, outer in permutations(settings.content, 2):
        path = Path(os.path.relpath(os.path.realpath(inner), os.path.realpath(outer)))
        is_hidden = any(part.startswith(".") for part in path.parts)
        is_excluded = any(f"{folder.as_posix()}/**" in settings.exclude for folder in (path, *path.parents))
        if not (is_hidden or is_excluded):
            yield f"content: {str(inner)!r} lies in {str(outer)!r}, so that posts are found twice; remove one of them"


def _language(settings: Settings) -> Iterator[str]:
    code = settings.language.partition("-")[0].lower()
    if code in {name.partition("_")[0] for name in locale.locale_alias}:
        return
    from ..analysis import STEMMERS

    if code not in STEMMERS:
        yield (
            f"language = {settings.language!r} is not known, so words are found only in the form that is typed; "
            'write a code of ISO 639-1, for example "en"'
        )


def _addresses(settings: Settings) -> Iterator[str]:
    addresses = settings.addresses
    if (addresses.permalink or addresses.permalinks) and not settings.base_url:
        yield (
            "permalink without base_url: results link to addresses of this server that it does not have; "
            "set base_url to your site's address"
        )
    elif addresses.names and not settings.base_url:
        yield "names does nothing without base_url; set base_url to your site's address"
    for pattern in (addresses.permalink, *(pattern for _, pattern in addresses.permalinks)):
        if _COLON.search(pattern):
            written = _COLON.sub(lambda part: f"{{{part[0][1:]}}}", pattern)
            yield f"permalink = {pattern!r}: a name behind a colon stands for itself; write {written!r}"


def _permalinks(settings: Settings) -> Iterator[str]:
    permalink, paths = settings.addresses.permalink, [path for path, _ in settings.addresses.permalinks]
    if permalink and not _COLON.search(permalink) and not _DISTINCTIVE.search(permalink):
        yield (
            f"permalink = {permalink!r} is one address for many posts; write {{slug}} or {{path}} in it, for "
            'example "/{year}/{slug}/"'
        )
    if "**" in paths and (permalink or paths[-1] != "**"):
        yield "permalinks: what comes after the pattern '**' does nothing, as that fits every post; move it to the end"


def _patterns(settings: Settings) -> Iterator[str]:
    yield from _unmatched("exclude", settings.exclude)
    yield from _misspelt("exclude", settings.exclude, settings.content)
    yield from _unmatched("permalinks", (path for path, _ in settings.addresses.permalinks))
    for levels in settings.check:
        yield from _unmatched("check.paths", levels.paths)
        if not (levels.paths and (levels.off or levels.warning or levels.error)):
            yield 'check: a part without paths or without rules does nothing; write, for example, off = ["image-alt"]'


def _unmatched(name: str, patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        if _FOREIGN.search(pattern):
            yield f"{name}: {pattern!r} has signs without a meaning here; write *, ? and **, for example drafts/**"
        elif not _can_match(pattern):
            yield f"{name}: {pattern!r} fits no post; a folder is written like drafts/**, a post like drafts/a.md"


def _misspelt(name: str, patterns: Iterable[str], roots: Iterable[Path]) -> Iterator[str]:
    """Find patterns of what is not there, while something of almost that name is; what may come later is not told."""
    for pattern in patterns:
        meant = [_meant(pattern, root) for root in roots if root.is_dir()]
        first = next(iter(meant), None)
        if first and all(meant):
            yield f"{name}: {pattern!r} fits nothing below {first[0]}; did you mean {first[1]!r}?"


def _meant(pattern: str, root: Path) -> tuple[Path, str] | None:
    """Return a directory and what a pattern probably means in it; None if that is there, or nothing of such a name."""
    folder, rest = root, pattern.split("/")
    while rest and not _WILDCARD.search(rest[0]):
        if not (folder / rest[0]).exists():
            break
        folder /= rest.pop(0)
    if not rest or _WILDCARD.search(rest[0]):
        return None
    if folder == root and rest[0] == root.resolve().name and len(rest) > 1:
        return root, "/".join(rest[1:])
    names: dict[str, str] = {}
    with suppress(OSError):
        names = {each.name.lower(): each.name for each in folder.iterdir()}
    near = get_close_matches(rest[0].lower(), names, 1, LEAST_LIKENESS)
    begun = folder.relative_to(root).parts
    return (root, "/".join((*begun, names[near[0]], *rest[1:]))) if near else None


def _can_match(pattern: str) -> bool:
    """Check whether a pattern can be that of a post's path, which is relative and ends with a known suffix."""
    parts = pattern.split("/")
    tail = _WILDCARD.split(pattern)[-1].lower()
    ends = any(tail.endswith(suffix) or ("*" in pattern and suffix.endswith(tail)) for suffix in POST_SUFFIXES)
    return ends and "\\" not in pattern and not any(part in ("", ".", "..") for part in parts)


def _alone(settings: Settings) -> Iterator[str]:
    if settings.mirror.remote and not settings.mirror.site:
        yield "mirror.remote does nothing without mirror.site; set mirror.site to a sitemap or feed"
    if settings.hooks.pull and not settings.hooks.secret:
        yield "hooks.pull does nothing without hooks.secret, as no hook is accepted; set hooks.secret"
    if any(not query.strip() for query, _ in settings.pins):
        yield "pins: a pin for an empty query does nothing; write the query that readers type"


def _cluster(settings: Settings) -> Iterator[str]:
    given = settings.opensearch
    if settings.engine != "opensearch":
        if given != OpenSearchSettings():
            yield 'opensearch: the table does nothing; set engine = "opensearch" to keep the index on a cluster'
        return
    if given.token and (given.user or given.password):
        yield "opensearch.user and opensearch.password do nothing beside opensearch.token; remove one or the other"
    elif bool(given.user) != bool(given.password):
        yield "opensearch.user and opensearch.password go together; set both"
    if given.ca and all(host.startswith("http:") for host in given.hosts):
        yield "opensearch.ca does nothing with http://; write https:// in opensearch.hosts"
