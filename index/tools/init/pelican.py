"""Pelican: docs.getpelican.com/en/latest/settings.html. Its configuration is a program: it is read and never run."""

import re
from pathlib import Path

from ...posts.generator_files import first_file, known_language, web_address
from ...posts.site_rules.pelican import assignments, pelican_values
from .detected_site import DetectedSite

PELICAN_DATES = {
    "{date:%Y}": "{year}",
    "{date:%m}": "{month}",
    "{date:%d}": "{day}",
}


def recognize_pelican(root: Path) -> DetectedSite | None:
    """Recognize a Pelican site; `publishconf.py` counts before `pelicanconf.py`."""
    sign = first_file(root, ("pelicanconf.py",))
    if not sign:
        return None
    settings = pelican_values(root)
    values = {key: value for key, value in settings.items() if isinstance(value, str)}
    site = values.get("SITEURL", "") or str(assignments(root / sign).get("SITEURL") or "")
    slug = "{slug}" if values.get("SLUGIFY_SOURCE") == "basename" else "{slug_or_title}"
    pages = _pattern(values.get("PAGE_URL", "pages/{slug}.html"), slug)
    articles = _pattern(values.get("ARTICLE_URL", "{slug}.html"), slug)
    return DetectedSite(
        generator="pelican",
        label="Pelican",
        output=values.get("OUTPUT_PATH", ""),
        sign=sign,
        content=(values.get("PATH", "content"),),
        title=values.get("SITENAME", ""),
        language=known_language(values.get("DEFAULT_LANG", "")),
        base_url=web_address(site),
        permalink=articles or f"/{slug}.html",
        permalinks=(("pages/**", pages or f"/pages/{slug}.html"),),
        notes=() if articles and pages else ("One of its address patterns has no counterpart here.",),
    )


def _pattern(pattern: str, slug: str) -> str:
    for theirs, ours in (*PELICAN_DATES.items(), ("{slug}", slug)):
        pattern = pattern.replace(theirs, ours)
    known = {"year", "month", "day", "category", slug.strip("{}")}
    return "/" + pattern.lstrip("/") if set(re.findall(r"\{(.*?)\}", pattern)) <= known else ""
