"""What the translations of one post have in common, by the rules of its generator."""

from ..settings import Generator
from .front_matter.language_tags import path_without_language
from .front_matter.metadata import Meta

SAME_SLUG = frozenset(("jekyll", "pelican"))
"""Generators whose translations have the same slug or address in their heads, and different languages (polyglot)."""


def translated_of(meta: Meta, path: str, generator: Generator) -> str:
    """Return what a post shares with its translations: a key that it names, its slug, or its path without a language.

    A key is `translationKey` of Hugo, or the addresses that a built page names for all languages (`hreflang`).
    """
    if meta.translation_key:
        return f"key {meta.translation_key}"
    if generator in SAME_SLUG and (meta.slug or meta.address):
        return f"slug {meta.slug or meta.address}"
    return f"path {path_without_language(path)}"
