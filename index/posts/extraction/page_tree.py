"""What the rules for built pages need of a parsed page, whichever parser made it."""

from collections.abc import Iterator
from typing import Generic, Protocol

from .page_rules import Attributes, NodeT

UNSHOWN_TAGS = frozenset(("script", "style", "template", "noscript", "rt", "rp"))
"""Tags whose content is no text of the page: programs, and the pronunciation above a word."""


class PageTree(Protocol, Generic[NodeT]):
    """A parsed page."""

    @property
    def root(self) -> NodeT:
        """The element that all others are in."""

    def elements(self, node: NodeT) -> Iterator[tuple[NodeT, str, Attributes]]:
        """Yield an element and all in it, in their order, with their tags and attributes."""

    def find(self, node: NodeT, tag: str) -> Iterator[NodeT]:
        """Yield the elements of a tag in an element, or that itself."""

    def attributes(self, node: NodeT) -> Attributes:
        """Return an element's attributes."""

    def text(self, node: NodeT) -> str:
        """Return the text of an element on one line, without that of scripts."""

    def indexed_text(self, node: NodeT) -> str:
        """Return the same, without elements in it that are left out for Pagefind."""

    def raw_text(self, node: NodeT) -> str:
        """Return all text in an element as it is."""
