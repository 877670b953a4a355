"""MkDocs and Zensical: mkdocs.org/user-guide/configuration and zensical.org/docs/setup/basics."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...posts.site_rules.generator_files import first_file, known_language, table_value, text_value, web_address
from ...posts.site_rules.mkdocs import MKDOCS_FILES, mkdocs_values, plugins
from ...settings import CONVENTIONS, Permalinks
from .detected_site import DetectedSite


def recognize_mkdocs(root: Path) -> DetectedSite | None:
    """Recognize a site of MkDocs or Zensical."""
    sign = first_file(root, MKDOCS_FILES)
    if not sign:
        return None
    is_zensical = sign == "zensical.toml"
    values = mkdocs_values(root)
    return DetectedSite(
        generator="zensical" if is_zensical else "mkdocs",
        label="Zensical" if is_zensical else "MkDocs",
        output=text_value(values, "site_dir"),
        sign=sign,
        content=(text_value(values, "docs_dir") or "docs",),
        title=text_value(values, "site_name"),
        language=known_language(text_value(table_value(values, "theme"), "language")),
        base_url=web_address(text_value(values, "site_url")),
        permalinks=_blog(values),
        permalink="/{folder}/{file}.html" if values.get("use_directory_urls") is False else None,
    )


def _blog(values: Mapping[str, Any]) -> Permalinks | None:
    """Return the addresses of Material's plugin `blog`: squidfunk.github.io/mkdocs-material/plugins/blog."""
    options = plugins(values).get("blog")
    if options is None or options.get("enabled") is False:
        return None
    folder = (text_value(options, "blog_dir") or "blog").strip("./")
    posts = (text_value(options, "post_dir") or "{blog}/posts").replace("{blog}", folder).lstrip("/")
    url = text_value(options, "post_url_format") or "{date}/{slug}"
    date = text_value(options, "post_url_date_format") or "yyyy/MM/dd"
    for theirs, ours in (("yyyy", "{year}"), ("MM", "{month}"), ("dd", "{day}")):
        date = date.replace(theirs, ours)
    url = url.replace("{date}", date).replace("{slug}", "{slug_or_title}")
    return ((f"{posts}/**", f"/{folder}/{url}/".replace("//", "/")), *CONVENTIONS["mkdocs"].permalinks)
