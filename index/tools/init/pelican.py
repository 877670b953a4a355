"""Pelican: docs.getpelican.com/en/latest/settings.html. Its configuration is a program: it is read and never run."""

from pathlib import Path

from ...posts.site_rules.generator_files import first_file, known_language, web_address
from ...posts.site_rules.pelican import address_pattern, assignments, pelican_values
from .detected_site import DetectedSite


def recognize_pelican(root: Path) -> DetectedSite | None:
    """Recognize a Pelican site; `publishconf.py` counts before `pelicanconf.py`."""
    sign = first_file(root, ("pelicanconf.py",))
    if not sign:
        return None
    settings = pelican_values(root)
    values = {key: value for key, value in settings.items() if isinstance(value, str)}
    site = values.get("SITEURL", "") or str(assignments(root / sign).get("SITEURL") or "")
    pages, articles = (address_pattern(values, key) for key in ("PAGE_URL", "ARTICLE_URL"))
    return DetectedSite(
        generator="pelican",
        label="Pelican",
        output=values.get("OUTPUT_PATH", ""),
        sign=sign,
        content=(values.get("PATH", "content"),),
        title=values.get("SITENAME", ""),
        language=known_language(values.get("DEFAULT_LANG", "")),
        base_url=web_address(site),
        permalink=articles or address_pattern({}, "ARTICLE_URL"),
        permalinks=(("pages/**", pages or address_pattern({}, "PAGE_URL")),),
        notes=() if articles and pages else ("One of its address patterns has no counterpart here.",),
    )
