"""Pelican: docs.getpelican.com/en/latest/settings.html. Its configuration is a program: it is read and never run."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from index.errors import InputError
from index.generators.found import Found, first_file, language_of, site_of

PLACEHOLDERS = {
    "{date:%Y}": "{year}",
    "{date:%m}": "{month}",
    "{date:%d}": "{day}",
}


def read(root: Path) -> Found | None:
    """Recognize a Pelican site; what is set for publishing counts before what is set for trying."""
    sign = first_file(root, ("pelicanconf.py",))
    if not sign:
        return None
    values = _assignments(root / sign)
    published = root / "publishconf.py"
    site = (_assignments(published) if published.is_file() else {}).get("SITEURL", "") or values.get("SITEURL", "")
    slug = "{slug}" if values.get("SLUGIFY_SOURCE") == "basename" else "{slug_or_title}"
    pages = _pattern(values.get("PAGE_URL", "pages/{slug}.html"), slug)
    articles = _pattern(values.get("ARTICLE_URL", "{slug}.html"), slug)
    return Found(
        generator="Pelican",
        sign=sign,
        content=(values.get("PATH", "content"),),
        title=values.get("SITENAME", ""),
        language=language_of(values.get("DEFAULT_LANG", "")),
        base_url=site_of(site),
        permalink=articles or f"/{slug}.html",
        permalinks=(("pages/**", pages or f"/pages/{slug}.html"),),
        names="pelican",
        heading_ids="python",
        notes=() if articles and pages else ("One of its address patterns has no counterpart here.",),
    )


def _pattern(pattern: str, slug: str) -> str:
    for theirs, ours in (*PLACEHOLDERS.items(), ("{slug}", slug)):
        pattern = pattern.replace(theirs, ours)
    known = {"year", "month", "day", slug.strip("{}")}
    return "/" + pattern.lstrip("/") if set(re.findall(r"\{(.*?)\}", pattern)) <= known else ""


def _assignments(file: Path) -> Mapping[str, str]:
    """Read the names that are given a text."""
    try:
        tree = ast.parse(file.read_text("utf-8-sig"))
    except (OSError, ValueError, SyntaxError, RecursionError) as error:
        raise InputError(f"{file}: cannot be read ({error}); correct it, or name another directory") from None
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found |= {target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)}
    return found
