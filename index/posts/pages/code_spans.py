"""Spans that only colour code: most elements of pages about programs, and nothing is read of them but their text."""

from functools import lru_cache

from ..extraction.page_rules import CONTENT_CLASSES, LEFT_OUT_CLASSES, LIST_CLASSES, Attributes, has_class
from ..extraction.tags import is_unseen, is_unselectable

_COLOURING = frozenset(("class", "style"))
"""The attributes by which highlighters colour code."""
_KNOWN_CLASSES = LEFT_OUT_CLASSES | LIST_CLASSES | frozenset(CONTENT_CLASSES)


def colours_code(attributes: Attributes) -> bool:
    """Check whether a span within code only colours it."""
    if not attributes:
        return True
    return attributes.keys() <= _COLOURING and _only_colours(attributes.get("class", ""), attributes.get("style", ""))


@lru_cache(maxsize=4096)
def _only_colours(classes: str, style: str) -> bool:
    attributes = {"class": classes, "style": style}
    return not (is_unseen(attributes) or is_unselectable(attributes) or has_class(classes, _KNOWN_CLASSES))
