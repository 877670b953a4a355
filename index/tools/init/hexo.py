"""Hexo: hexo.io/docs/permalinks."""

from pathlib import Path

from ...posts.site_rules.generator_files import (
    first_file,
    known_language,
    read_values,
    table_value,
    text_value,
    translate_pattern,
    web_address,
)
from .detected_site import DetectedSite

HEXO_PLACEHOLDERS = {
    **{word: f"{{{word}}}" for word in ("year", "month", "day")},
    "title": "{folder}/{file}",
    "name": "{file}",
    "post_title": "{title}",
}


def recognize_hexo(root: Path) -> DetectedSite | None:
    """Recognize a Hexo site: it has `_config.yml` as Jekyll does, and its sources in a folder."""
    sign = first_file(root, ("_config.yml",))
    if not sign:
        return None
    values = read_values(root / sign)
    source = text_value(values, "source_dir") or "source"
    packages = read_values(root / "package.json") if (root / "package.json").is_file() else {}
    if "hexo" not in {**table_value(packages, "dependencies"), **packages} and not (root / source / "_posts").is_dir():
        return None
    pattern = text_value(values, "permalink") or ":year/:month/:day/:title/"
    permalink = translate_pattern(pattern, HEXO_PLACEHOLDERS)
    return DetectedSite(
        generator="hexo",
        label="Hexo",
        output=text_value(values, "public_dir"),
        sign=sign,
        content=(source,),
        title=text_value(values, "title"),
        language=known_language(text_value(values, "language")),
        base_url=web_address(text_value(values, "url")),
        permalinks=(("_posts/**", permalink), ("**/index.*", "/{folder}/")) if permalink else None,
        notes=() if permalink else (f"Its address pattern {pattern} has no counterpart here.",),
    )
