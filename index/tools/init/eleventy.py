"""Eleventy: 11ty.dev/docs/permalinks. Its configuration is a program: its plain texts are read, it is never run."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath

from ...posts.site_rules.eleventy import ELEVENTY_FILES, eleventy_directory
from ...posts.site_rules.generator_files import first_file, read_values, text_value
from ...settings import CONVENTIONS
from .detected_site import DetectedSite

ELEVENTY_PLACEHOLDERS = {"page.fileslug": "{name}", "title|slugify": "{title}", "title|slug": "{title}"}

_PATH_PREFIX = re.compile(r"\bpathPrefix\s*:\s*[\"'`]([^\"'`]+)")
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}")


def recognize_eleventy(root: Path) -> DetectedSite | None:
    """Recognize an Eleventy site."""
    sign = first_file(root, ELEVENTY_FILES)
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    source = eleventy_directory(text, "input") or "."
    prefix = _PATH_PREFIX.search(text)
    return DetectedSite(
        generator="eleventy",
        label="Eleventy",
        output=eleventy_directory(text, "output"),
        sign=sign,
        content=(source,),
        exclude=tuple(_not_posts(text, source)),
        permalinks=(*_folders(root / source), *CONVENTIONS["eleventy"].permalinks),
        prefix=prefix[1].strip("/") if prefix else "",
        notes=("It does not say where the site is; set base_url.",),
    )


def _not_posts(text: str, source: str) -> Iterator[str]:
    """Yield patterns of what lies among the pages and is not a page: templates and output."""
    for folder in (eleventy_directory(text, "includes") or "_includes", eleventy_directory(text, "layouts")):
        if folder:
            yield f"{normpath(folder)}/**"
    if source == ".":
        yield f"{normpath(eleventy_directory(text, 'output') or '_site')}/**"


def _folders(source: Path) -> Iterator[tuple[str, str]]:
    """Read the patterns in the data files of folders: `posts/posts.json` is that of `posts/`."""
    for folder in sorted(path for path in source.rglob("*") if path.is_dir() and "node_modules" not in path.parts):
        name = first_file(folder, (f"{folder.name}.json", f"{folder.name}.11tydata.json"))
        pattern = text_value(read_values(folder / name), "permalink") if name else ""
        permalink = _EXPRESSION.sub(_placeholder, pattern)
        if permalink and "{{" not in permalink and "{%" not in permalink:
            yield f"{folder.relative_to(source).as_posix()}/**", "/" + permalink.lstrip("/")


def _placeholder(match: re.Match[str]) -> str:
    return ELEVENTY_PLACEHOLDERS.get("".join(match[1].split()).lower(), match[0])
