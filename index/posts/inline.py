"""Markdown's inline patterns, tried only on text that has their signs in it.

The `markdown` package tries every pattern on every piece of text, which took half of the time of reading a post; most
pieces have no sign of any of them. What is matched, and in which order, stays the package's own.
"""

from typing import Any

from markdown import Markdown
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

SIGNS: dict[str, tuple[str, ...]] = {
    "backtick": ("`",),
    "backslash_break": ("\\\n",),
    "escape": ("\\",),
    "footnote": ("[^",),
    "reference": ("[",),
    "link": ("[",),
    "image_link": ("![",),
    "image_reference": ("![",),
    "short_reference": ("[",),
    "short_image_ref": ("![",),
    "autolink": ("<",),
    "automail": ("<",),
    "linebreak": ("  \n",),
    "html": ("<",),
    "entity": ("&",),
    "em_strong": ("*", "_"),
}
"""What a text must have in it, at least one of them, for the pattern of this name to match."""


class SignedInlineProcessor(InlineProcessor):
    """Applies inline patterns; knows before trying one that it cannot match."""

    def __init__(self, markdown: Markdown) -> None:
        super().__init__(markdown)
        named = {id(markdown.inlinePatterns[name]): signs for name, signs in SIGNS.items()}
        self._signed: list[tuple[Any, tuple[str, ...]]] = [
            (pattern, named.get(id(pattern), ("",))) for pattern in markdown.inlinePatterns
        ]

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:  # noqa: N802, N803
        """Put placeholders for what the patterns match; it takes the place of the package's own loop."""
        if isinstance(data, AtomicString):
            return data
        start = 0
        for index in range(patternIndex, len(self._signed)):
            pattern, signs = self._signed[index]
            matched = any(sign in data for sign in signs)
            while matched:
                data, matched, start = self._InlineProcessor__applyPattern(  # type: ignore[attr-defined]
                    pattern, data, index, start
                )
        return data
