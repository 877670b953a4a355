"""Docusaurus, Astro, built output, plain directories of posts; Zola by its documentation, not tried on a build."""

import re
from pathlib import Path

from index.generators.found import Found, first_file, language_of, read_values, site_of, text_of
from index.posts.discover import is_post

BUILT = ("public", "_site", "dist", "build", "output", "site", "htdocs")
NO_PAGES = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "**/_*",
    "**/_*/**",
    *(f"{folder}/**" for folder in ("build", "i18n", "src", "static", "versioned_docs")),
)
"""What lies beside the folders of pages of Docusaurus, and partials, which it makes no pages of."""
DATED = ("blog/**/????-??-??-*", "blog/**/????-??-??-*/index.*")
"""Posts of Docusaurus whose file or folder has the date of their address."""
LOOKED_AT = 2_000
"""Files below a directory that are looked at for posts."""


def read_zola(root: Path) -> Found | None:
    """Recognize a Zola site."""
    sign = first_file(root, ("zola.toml", "config.toml"))
    if not sign or not ((root / "content").is_dir() and (sign == "zola.toml" or (root / "templates").is_dir())):
        return None
    values = read_values(root / sign)
    return Found(
        generator="Zola",
        sign=sign,
        content=("content",),
        title=text_of(values, "title"),
        language=language_of(text_of(values, "default_language")),
        base_url=site_of(text_of(values, "base_url")),
        permalinks=(("**/_index.md", "/{folder}/"),),
        names="zola",
    )


def read_docusaurus(root: Path) -> Found | None:
    """Recognize a Docusaurus site; its configuration is a program, of which plain texts are read."""
    sign = first_file(root, tuple(f"docusaurus.config.{suffix}" for suffix in ("js", "ts", "mjs", "cjs")))
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    end = "/" if re.search(r"\btrailingSlash\s*:\s*true", text) else ""
    return Found(
        generator="Docusaurus",
        sign=sign,
        content=tuple(name for name in (".", "src/pages") if (root / name).is_dir()),
        exclude=NO_PAGES,
        title=_text(text, "title"),
        language=language_of(_text(text, "defaultLocale")),
        base_url=site_of(_text(text, "url"), _text(text, "baseUrl")),
        permalink=f"/{{path}}{end}",
        permalinks=(
            *((paths, f"/blog/{{slug_or_dated}}{end}") for paths in DATED),
            ("**/index.*", "/{path}/"),
            ("**/README.*", "/{folder}/"),
        ),
        names="docusaurus",
        notes=("It has routes of its own: add them to permalinks.",) if "routeBasePath" in text else (),
    )


def read_astro(root: Path) -> Found | None:
    """Recognize an Astro site; its configuration is a program, of which plain texts are read."""
    sign = first_file(root, tuple(f"astro.config.{suffix}" for suffix in ("mjs", "ts", "js", "mts", "cjs")))
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    folders = ("src/content/docs" if "starlight" in text else "src/content", "src/pages")
    there = tuple(folder for folder in folders if (root / folder).is_dir())
    return Found(
        generator="Astro",
        sign=sign,
        content=there or folders,
        base_url=site_of(_text(text, "site"), _text(text, "base")),
        names="github" if folders[0] in there else "verbatim",
        notes=("Its pages decide on addresses: collections are taken to be at their folders' names. Compare a few.",),
    )


def read_html(root: Path) -> Found | None:
    """Recognize built output, or pages written by hand."""
    folder = next((name for name in (".", *BUILT) if (root / name / "index.html").is_file()), "")
    if not folder:
        return None
    return Found(
        generator="HTML",
        sign=f"{folder}/index.html".removeprefix("./"),
        content=(folder,),
        permalink="/{folder}/{file}.html",
        permalinks=(("**/index.html", "/{folder}/"),),
        notes=("Pages do not say where the site is; set base_url.",),
    )


def read_posts(root: Path) -> Found | None:
    """Recognize a directory with posts of no generator."""
    files = (path for path, _ in zip(root.rglob("*"), range(LOOKED_AT), strict=False))
    if not any(is_post(path.name) for path in files):
        return None
    return Found(generator="posts", sign="its files", content=(".",), names="safe")


def _text(source: str, key: str) -> str:
    found = re.search(rf"\b{key}\s*:\s*(?:'([^'\n]*)'|\"([^\"\n]*)\")", source)
    return next((text for text in found.groups() if text), "") if found else ""
