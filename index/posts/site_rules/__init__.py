"""The rules by which a generator leaves out sources or gives them front matter, read from its configuration.

They are an imitation, for sites without built pages. What is not understood is named, and what it may hide is held
back as doubtful.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ...errors import InputError
from ...settings import Generator, Settings
from . import eleventy, hexo, hugo, jekyll, mkdocs, pelican, programs, zola
from .rules import AddressRules, SiteRules

GENERATOR_RULES: dict[Generator, tuple[Sequence[str], Callable[[Path, Path], SiteRules]]] = {
    "astro": (programs.ASTRO_FILES, programs.AstroRules),
    "docusaurus": (programs.DOCUSAURUS_FILES, programs.DocusaurusRules),
    "eleventy": (eleventy.ELEVENTY_FILES, eleventy.EleventyRules),
    "hexo": (hexo.HEXO_FILES, hexo.HexoRules),
    "hugo": ((*hugo.HUGO_FILES, "config/production"), hugo.HugoRules),
    "jekyll": (jekyll.JEKYLL_FILES, jekyll.JekyllRules),
    "mkdocs": (mkdocs.MKDOCS_FILES, mkdocs.MkdocsRules),
    "pelican": (pelican.PELICAN_FILES, pelican.PelicanRules),
    "zensical": (mkdocs.MKDOCS_FILES, mkdocs.MkdocsRules),
    "zola": (zola.ZOLA_FILES, zola.ZolaRules),
}
"""The files that a site is recognized by, and its rules."""
MOST_FOLDERS_UP = 3
"""How many folders a content directory may lie below its site's."""


def site_rules(root: Path, settings: Settings) -> SiteRules | None:
    """Return the rules of the site that a content directory belongs to; where built pages judge, those of addresses.

    Raises:
        InputError: The configuration cannot be read, and nothing is built.
    """
    if not settings.built:
        return _rules(root, settings.generator)
    try:
        rules = _rules(root, settings.generator)
    except InputError:
        return None
    return AddressRules(rules) if rules else None


def _rules(root: Path, generator: Generator) -> SiteRules | None:
    if generator not in GENERATOR_RULES:
        return None
    files, rules = GENERATOR_RULES[generator]
    here = root.resolve()
    for site in (here, *here.parents[:MOST_FOLDERS_UP]):
        if any((site / name).exists() for name in files):
            return rules(site, here)
    return rules(here, here) if generator == "jekyll" else None


def site_notes(settings: Settings) -> list[str]:
    """Return what of the configuration of a site is not taken over, in sentences."""
    return [] if settings.built else rule_notes(Path(), map(str, settings.content), settings.generator)


def rule_notes(site: Path, content: Iterable[str], generator: Generator) -> list[str]:
    """Return the same of a site in a directory, by its content directories."""
    found = (_rules(site / folder, generator) for folder in content if (site / folder).is_dir())
    return list(dict.fromkeys(note for rules in found if rules for note in rules.notes))
