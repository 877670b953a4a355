"""Sites that are read without their generator: built or hand-written pages, and plain directories of posts."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ...posts.discover import SKIPPED_FOLDERS, is_post
from .built_pages import read_site
from .detected_site import DetectedSite

OUTPUT_FOLDERS = (
    *("public", "_site", "dist", "build", "output", "site", "htdocs", "_website"),
    *("_build/html", "build/html", "docs/_build/html", "docs/build/html"),  # Sphinx
    *(".vitepress/dist", "docs/.vitepress/dist", "book", "_book", "docs/book"),  # VitePress, mdBook, Quarto
)
"""Where generators build sites."""
SOURCE_SIGNS = (
    *(("conf.py", "Sphinx or Nikola"), ("docs/conf.py", "Sphinx"), ("source/conf.py", "Sphinx")),
    *(("docs/source/conf.py", "Sphinx"), (".vitepress", "VitePress"), ("docs/.vitepress", "VitePress")),
    *(("_quarto.yml", "Quarto"), ("book.toml", "mdBook"), ("antora.yml", "Antora"), ("antora-playbook.yml", "Antora")),
)
"""Files and folders of generators whose sources are not read as they build them."""
UNREAD_ARTICLES = frozenset((".rst", ".adoc", ".asciidoc", ".org", ".ipynb", ".qmd", ".rmd", ".textile"))
UNREAD_KINDS = UNREAD_ARTICLES | {".njk", ".vue"}
"""Endings of files that some generators make pages of, and that are not read here; the others may be templates."""
MARKDOWN = ("**/*.md", "**/*.markdown", "**/*.mdx")
"""Sources that some generators leave beside the pages that they have built."""
MOST_FILES = 2_000
"""How many files below a directory are looked at for posts."""


def recognize_output(root: Path) -> DetectedSite | None:
    """Recognize a directory that itself is built output, or pages written by hand."""
    return built_site(root, ".") if (root / "index.html").is_file() else None


def recognize_built(root: Path) -> DetectedSite | None:
    """Recognize a directory with built output of a generator whose sources are not read."""
    folder = output_folder(root)
    return built_site(root, folder) if folder else None


def recognize_posts(root: Path) -> DetectedSite | None:
    """Recognize a directory with posts of no generator."""
    files = (path for path, _ in zip(root.rglob("*"), range(MOST_FILES), strict=False))
    if not any(is_post(path.name) for path in files):
        return None
    notes = tuple(
        f"The sources of {name} are not read as it builds them; build the site and run init again."
        for sign, name in SOURCE_SIGNS
        if (root / sign).exists()
    )
    return DetectedSite(generator="none", label="posts", sign="its files", content=(".",), notes=notes)


def output_folder(root: Path) -> str:
    """Return the folder of a site's directory that has its built pages, or ""."""
    return next((name for name in OUTPUT_FOLDERS if (root / name / "index.html").is_file()), "")


def built_site(root: Path, folder: str) -> DetectedSite:
    """Describe the built pages in a folder by what they say of themselves."""
    site = read_site(root / folder)
    style = site.style
    notes = [] if site.base_url else ["Pages do not say where the site is; set base_url."]
    if folder == "." and root.resolve().name in OUTPUT_FOLDERS:
        notes.append("A build may empty this directory, and this file with it; init --built is for the one above.")
    return DetectedSite(
        generator="html",
        label=f"pages built by {site.generator}" if site.generator else "HTML",
        sign=f"{folder}/index.html".removeprefix("./"),
        content=(folder,),
        exclude=MARKDOWN if site.markdown else (),
        title=site.title,
        language=site.language,
        base_url=site.base_url,
        permalink=style.permalink if style else None,
        permalinks=style.permalinks if style else None,
        notes=tuple(notes),
    )


def is_mostly_unread(root: Path, site: DetectedSite) -> bool:
    """Check whether most articles in a site's content are of kinds that are not read."""
    files = [path for folder in site.content for path in _files(root / folder)]
    return sum(path.suffix.lower() in UNREAD_ARTICLES for path in files) > sum(is_post(path.name) for path in files)


def unread_files(root: Path) -> str:
    """Return a sentence that names the files of known kinds which are not read, or ""."""
    kinds = Counter(path.suffix.lower() for path in _files(root) if path.suffix.lower() in UNREAD_KINDS)
    named = ", ".join(f"{count} {kind} {'files' if count > 1 else 'file'}" for kind, count in kinds.most_common())
    is_or_are = "are" if kinds.total() > 1 else "is"
    return f"{named} {is_or_are} not read; build the site and run init again" if named else ""


def _files(root: Path) -> Iterator[Path]:
    """Yield the first files below a directory, without hidden folders, those of libraries, templates and output."""
    left = MOST_FILES
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name[0] not in "._" and name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if not left:
                return
            left -= 1
            yield Path(folder, name)
