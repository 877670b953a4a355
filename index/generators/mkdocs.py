"""MkDocs and Zensical: mkdocs.org/user-guide/configuration and zensical.org/docs/setup/basics."""

from pathlib import Path

from index.generators.found import Found, first_file, language_of, read_values, site_of, table_of, text_of

INDEXES = (("**/index.md", "/{folder}/"), ("**/README.md", "/{folder}/"))


def read(root: Path) -> Found | None:
    """Recognize a site of MkDocs or Zensical."""
    sign = first_file(root, ("zensical.toml", "mkdocs.yml", "mkdocs.yaml"))
    if not sign:
        return None
    values = read_values(root / sign)
    values = table_of(values, "project") if sign == "zensical.toml" else values
    is_folder = values.get("use_directory_urls") is not False
    return Found(
        generator="Zensical" if sign == "zensical.toml" else "MkDocs",
        sign=sign,
        content=(text_of(values, "docs_dir") or "docs",),
        title=text_of(values, "site_name"),
        language=language_of(text_of(table_of(values, "theme"), "language")),
        base_url=site_of(text_of(values, "site_url")),
        permalink="/{folder}/{file}/" if is_folder else "/{folder}/{file}.html",
        permalinks=INDEXES,
        heading_ids="python",
    )
