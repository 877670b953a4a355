"""Eleventy: 11ty.dev/docs/permalinks. Its configuration is a program: its plain texts are read, and it is never run."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath

from index.generators.found import Found, first_file, read_values, text_of

CONFIGURATIONS = (".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")))
EXPRESSIONS = {"page.fileslug": "{name}", "title|slugify": "{title}", "title|slug": "{title}"}

_PREFIX = re.compile(r"\bpathPrefix\s*:\s*[\"'`]([^\"'`]+)")
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}")


def read(root: Path) -> Found | None:
    """Recognize an Eleventy site."""
    sign = first_file(root, CONFIGURATIONS)
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    source = _directory(text, "input") or "."
    prefix = _PREFIX.search(text)
    return Found(
        generator="Eleventy",
        sign=sign,
        content=(source,),
        exclude=tuple(_no_pages(text, source)),
        permalink="/{folder}/{file}/",
        permalinks=(
            *_folders(root / source),
            ("**/index.*", "/{folder}/"),
        ),
        prefix=prefix[1].strip("/") if prefix else "",
        notes=("It does not say where the site is; set base_url.",),
    )


def _directory(text: str, name: str) -> str:
    """Read one of the directories that the configuration names."""
    found = re.search(rf"\b{name}\s*:\s*[\"'`]([^\"'`]+)|set{name.title()}Directory\(\s*[\"'`]([^\"'`]+)", text)
    return next(filter(None, found.groups()), "") if found else ""


def _no_pages(text: str, source: str) -> Iterator[str]:
    """Name what lies among the pages and is none: what they include, and what is built."""
    for folder in (_directory(text, "includes") or "_includes", _directory(text, "layouts")):
        if folder:
            yield f"{normpath(folder)}/**"
    if source == ".":
        yield f"{normpath(_directory(text, 'output') or '_site')}/**"


def _folders(source: Path) -> Iterator[tuple[str, str]]:
    """Read the patterns that data files of folders give: `posts/posts.json` is that of `posts/`."""
    for folder in sorted(path for path in source.rglob("*") if path.is_dir() and "node_modules" not in path.parts):
        name = first_file(folder, (f"{folder.name}.json", f"{folder.name}.11tydata.json"))
        pattern = text_of(read_values(folder / name), "permalink") if name else ""
        own = _EXPRESSION.sub(lambda found: EXPRESSIONS.get("".join(found[1].split()).lower(), found[0]), pattern)
        if own and "{{" not in own and "{%" not in own:
            yield f"{folder.relative_to(source).as_posix()}/**", "/" + own.lstrip("/")
