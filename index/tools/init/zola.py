"""Zola: getzola.org/documentation/getting-started/configuration. Taken from its documentation, not tried on a build."""

from pathlib import Path

from ...posts.site_rules.generator_files import first_file, known_language, read_values, text_value, web_address
from ...posts.site_rules.zola import ZOLA_FILES
from .detected_site import DetectedSite


def recognize_zola(root: Path) -> DetectedSite | None:
    """Recognize a Zola site."""
    sign = first_file(root, ZOLA_FILES)
    if not sign or not (root / "content").is_dir():
        return None
    values = read_values(root / sign)
    # Zola requires `base_url`, which Hugo calls `baseURL`: a site whose theme has all templates is told by it.
    if not (sign == "zola.toml" or (root / "templates").is_dir() or "base_url" in values):
        return None
    return DetectedSite(
        generator="zola",
        label="Zola",
        output=text_value(values, "output_dir"),
        sign=sign,
        content=("content",),
        title=text_value(values, "title"),
        language=known_language(text_value(values, "default_language")),
        base_url=web_address(text_value(values, "base_url")),
    )
