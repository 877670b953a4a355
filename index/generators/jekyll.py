"""Jekyll: jekyllrb.com/docs/permalinks and /docs/collections."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from posixpath import normpath
from typing import Any

from index.generators.found import Found, first_file, language_of, read_values, site_of, table_of, text_of, translated

STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "none": "/:categories/:title.html",
}
WORDS = {**{word: f"{{{word}}}" for word in ("year", "month", "day", "categories", "slug")}, "title": "{slug}"}
COLLECTION_WORDS = {"path": "{path}", "name": "{file}", "title": "{slug}", "slug": "{slug}"}


def read(root: Path) -> Found | None:
    """Recognize a Jekyll site."""
    sign = first_file(root, ("_config.yml", "_config.yaml", "_config.toml"))
    if not sign and not (root / "_posts").is_dir():
        return None
    values = read_values(root / sign) if sign else {}
    style = text_of(values, "permalink") or "date"
    own = translated(STYLES.get(style, style).replace(":output_ext", ".html"), WORDS)
    posts = own or "/{categories}/{year}/{month}/{day}/{slug}.html"
    is_folder = style == "pretty" or style.endswith("/")
    pages = "/{folder}/{file}/" if is_folder else "/{folder}/{file}.html"
    source = text_of(values, "source") or "."
    return Found(
        generator="Jekyll",
        sign=sign or "_posts",
        content=(source,),
        exclude=tuple(_no_pages(values, root / source)),
        title=text_of(values, "title", "name"),
        language=language_of(text_of(values, "lang", "locale", "language")),
        base_url=site_of(text_of(values, "url"), text_of(values, "baseurl")),
        permalink=pages,
        permalinks=(
            ("**/_posts/**", posts),
            ("**/_drafts/**", posts),
            *_collections(table_of(values, "collections"), is_folder),
            ("**/index.*", "/{folder}/"),
        ),
        names="jekyll",
        heading_ids="kramdown",
        notes=() if own else (f"Its address pattern {style} has no counterpart here.",),
    )


def _no_pages(values: Mapping[str, Any], source: Path) -> Iterator[str]:
    """Name what lies among the pages and is none: templates, what is built, and what the site's own settings name."""
    yield from ("_layouts/**", "_includes/**", "vendor/**", "README.md")
    yield f"{normpath(text_of(values, 'destination') or '_site')}/**"
    own = values.get("exclude")
    for name in own if isinstance(own, list) else ():
        yield f"{normpath(str(name))}/**" if (source / str(name)).is_dir() else str(name)


def _collections(collections: Mapping[str, Any], is_folder: bool) -> Iterator[tuple[str, str]]:
    default = "/:collection/:path/" if is_folder else "/:collection/:path.html"
    for name, options in collections.items():
        pattern = text_of(options, "permalink") if isinstance(options, dict) else ""
        pattern = (pattern or default).replace(":collection", name).replace(":output_ext", ".html")
        own = translated(pattern, COLLECTION_WORDS)
        if own and name != "posts":
            yield f"_{name}/**", own
