"""Hexo: hexo.io/docs/permalinks."""

from pathlib import Path

from index.generators.found import Found, first_file, language_of, read_values, site_of, table_of, text_of, translated

WORDS = {
    **{word: f"{{{word}}}" for word in ("year", "month", "day")},
    "title": "{folder}/{file}",
    "name": "{file}",
    "post_title": "{title}",
}


def read(root: Path) -> Found | None:
    """Recognize a Hexo site: it has Jekyll's `_config.yml`, and its sources in a folder."""
    sign = first_file(root, ("_config.yml",))
    if not sign:
        return None
    values = read_values(root / sign)
    source = text_of(values, "source_dir") or "source"
    packages = read_values(root / "package.json") if (root / "package.json").is_file() else {}
    if "hexo" not in {**table_of(packages, "dependencies"), **packages} and not (root / source / "_posts").is_dir():
        return None
    pattern = text_of(values, "permalink") or ":year/:month/:day/:title/"
    own = translated(pattern, WORDS)
    return Found(
        generator="Hexo",
        sign=sign,
        content=(source,),
        title=text_of(values, "title"),
        language=language_of(text_of(values, "language")),
        base_url=site_of(text_of(values, "url")),
        permalink="/{folder}/{file}.html",
        permalinks=(
            ("_posts/**", own or "/{year}/{month}/{day}/{folder}/{file}/"),
            ("**/index.*", "/{folder}/"),
        ),
        notes=() if own else (f"Its address pattern {pattern} has no counterpart here.",),
    )
