"""Jekyll: jekyllrb.com/docs/permalinks and /docs/collections."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import normpath
from typing import Any

from ...posts.site_rules.generator_files import (
    first_file,
    known_language,
    read_values,
    table_value,
    text_value,
    translate_pattern,
    web_address,
)
from ...posts.site_rules.jekyll import JEKYLL_FILES
from ...settings import CONVENTIONS
from .detected_site import DetectedSite

PERMALINK_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title.html",
}
JEKYLL_PLACEHOLDERS = {
    **{word: f"{{{word}}}" for word in ("year", "month", "day", "categories", "slug")},
    "title": "{slug}",
}
COLLECTION_PLACEHOLDERS = {"path": "{path}", "name": "{file}", "title": "{slug}", "slug": "{slug}"}


def recognize_jekyll(root: Path) -> DetectedSite | None:
    """Recognize a Jekyll site."""
    sign = first_file(root, JEKYLL_FILES)
    if not sign and not (root / "_posts").is_dir():
        return None
    values = read_values(root / sign) if sign else {}
    style = text_value(values, "permalink") or "date"
    permalink = translate_pattern(
        PERMALINK_STYLES.get(style, style).replace(":output_ext", ".html"), JEKYLL_PLACEHOLDERS
    )
    posts = permalink or CONVENTIONS["jekyll"].permalinks[0][1]
    is_folder = style == "pretty" or style.endswith("/")
    pages = "/{folder}/{file}/" if is_folder else "/{folder}/{file}.html"
    source = text_value(values, "source") or "."
    return DetectedSite(
        generator="jekyll",
        label="Jekyll",
        output=text_value(values, "destination"),
        sign=sign or "_posts",
        content=(source,),
        exclude=tuple(_not_posts(values)),
        title=text_value(values, "title", "name"),
        language=known_language(text_value(values, "lang", "locale", "language")),
        base_url=web_address(text_value(values, "url"), text_value(values, "baseurl")),
        permalink=pages,
        heading_ids="kramdown" if text_value(table_value(values, "kramdown"), "input") == "kramdown" else None,
        permalinks=(
            ("**/_posts/**", posts),
            ("**/_drafts/**", posts),
            *_collections(table_value(values, "collections"), is_folder),
            ("**/index.*", "/{folder}/"),
        ),
        notes=() if permalink else (f"Its address pattern {style} has no counterpart here.",),
    )


def _not_posts(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield patterns of what lies among the pages and is not a page: templates and output."""
    yield from ("_layouts/**", "_includes/**", "vendor/**", "README.md")
    yield f"{normpath(text_value(values, 'destination') or '_site')}/**"


def _collections(collections: Mapping[str, Any], is_folder: bool) -> Iterator[tuple[str, str]]:
    default = "/:collection/:path/" if is_folder else "/:collection/:path.html"
    for name, options in collections.items():
        pattern = text_value(options, "permalink") if isinstance(options, dict) else ""
        pattern = (pattern or default).replace(":collection", name).replace(":output_ext", ".html")
        permalink = translate_pattern(pattern, COLLECTION_PLACEHOLDERS)
        if permalink and name != "posts":
            yield f"_{name}/**", permalink
