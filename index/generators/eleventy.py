"""Eleventy: 11ty.dev/docs/permalinks. Its configuration is a program: its plain texts are read, and it is never run."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.generators.found import Found, first_file, read_values, text_of

CONFIGURATIONS = (".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")))
EXPRESSIONS = {"page.fileslug": "{name}", "title|slugify": "{title}", "title|slug": "{title}"}

_INPUT = re.compile(r"\binput\s*:\s*[\"'`]([^\"'`]+)|setInputDirectory\(\s*[\"'`]([^\"'`]+)")
_PREFIX = re.compile(r"\bpathPrefix\s*:\s*[\"'`]([^\"'`]+)")
_EXPRESSION = re.compile(r"\{\{-?(.*?)-?\}\}")


def read(root: Path) -> Found | None:
    """Recognize an Eleventy site."""
    sign = first_file(root, CONFIGURATIONS)
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    source = next(filter(None, _INPUT.search(text).groups()), ".") if _INPUT.search(text) else "."  # type: ignore[union-attr]
    prefix = _PREFIX.search(text)
    return Found(
        generator="Eleventy",
        sign=sign,
        content=(source,),
        permalink="/{folder}/{file}/",
        permalinks=(
            *_folders(root / source),
            ("**/index.*", "/{folder}/"),
        ),
        prefix=prefix[1].strip("/") if prefix else "",
        notes=("It does not say where the site is; set base_url.",),
    )


def _folders(source: Path) -> Iterator[tuple[str, str]]:
    """Read the patterns that data files of folders give: `posts/posts.json` is that of `posts/`."""
    for folder in sorted(path for path in source.rglob("*") if path.is_dir() and "node_modules" not in path.parts):
        name = first_file(folder, (f"{folder.name}.json", f"{folder.name}.11tydata.json"))
        pattern = text_of(read_values(folder / name), "permalink") if name else ""
        own = _EXPRESSION.sub(lambda found: EXPRESSIONS.get("".join(found[1].split()).lower(), found[0]), pattern)
        if own and "{{" not in own and "{%" not in own:
            yield f"{folder.relative_to(source).as_posix()}/**", "/" + own.lstrip("/")
