"""Docusaurus: docusaurus.io/docs/api/docusaurus-config. Its configuration is a program: it is read, never run."""

import re
from pathlib import Path

from ...posts.site_rules.generator_files import first_file, known_language, text_in_program, web_address
from ...posts.site_rules.programs import DOCUSAURUS_FILES
from ...settings import CONVENTIONS
from .detected_site import DetectedSite

NOT_POSTS = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md", "LICENSE.md"),
    *(f"{folder}/**" for folder in ("build", "i18n", "src", "static", "versioned_docs")),
)
"""Files beside the folders of pages, which do not become pages."""


def recognize_docusaurus(root: Path) -> DetectedSite | None:
    """Recognize a Docusaurus site."""
    sign = first_file(root, DOCUSAURUS_FILES)
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    has_slash = bool(re.search(r"\btrailingSlash\s*:\s*true", text))
    theirs = CONVENTIONS["docusaurus"]
    return DetectedSite(
        generator="docusaurus",
        label="Docusaurus",
        sign=sign,
        content=tuple(name for name in (".", "src/pages") if (root / name).is_dir()),
        exclude=NOT_POSTS,
        title=text_in_program(text, "title"),
        language=known_language(text_in_program(text, "defaultLocale")),
        base_url=web_address(text_in_program(text, "url"), text_in_program(text, "baseUrl")),
        permalink=_with_slash(theirs.permalink) if has_slash else None,
        permalinks=tuple((paths, _with_slash(pattern)) for paths, pattern in theirs.permalinks) if has_slash else None,
        notes=("It has routes of its own: add them to permalinks.",) if "routeBasePath" in text else (),
    )


def _with_slash(pattern: str) -> str:
    return pattern.rstrip("/") + "/"
