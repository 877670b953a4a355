"""Astro: docs.astro.build/en/reference/configuration-reference. Its configuration is a program: it is never run."""

from pathlib import Path

from ...posts.site_rules.generator_files import first_file, text_in_program, web_address
from ...posts.site_rules.programs import ASTRO_FILES
from .detected_site import DetectedSite


def recognize_astro(root: Path) -> DetectedSite | None:
    """Recognize an Astro site."""
    sign = first_file(root, ASTRO_FILES)
    if not sign:
        return None
    text = (root / sign).read_text("utf-8", "replace")
    folders = ("src/content/docs" if "starlight" in text else "src/content", "src/pages")
    there = tuple(folder for folder in folders if (root / folder).is_dir())
    return DetectedSite(
        generator="astro",
        label="Astro",
        output=text_in_program(text, "outDir"),
        sign=sign,
        content=there or folders,
        base_url=web_address(text_in_program(text, "site"), text_in_program(text, "base")),
        names=None if folders[0] in there else "verbatim",
        notes=("Its pages decide on addresses: collections are taken to be at their folders' names. Compare a few.",),
    )
