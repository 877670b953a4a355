"""A block of code in HTML while it is read: its lines, and its language."""

from typing import Generic

from .page_rules import Attributes, NodeT, declared_language
from .tags import BLOCK_TAGS, CELL_TAGS, is_unselectable


class CodeBlock(Generic[NodeT]):
    """One `<pre>`.

    Args:
        language: What it, or an element around it, declares; "" for nothing.
        node: The node it comes from.
    """

    def __init__(self, language: str, node: NodeT | None) -> None:
        self.language, self.node = language, node
        self._pieces: list[str] = []
        self._block_end = -1
        self._cell_start: int | None = None
        self.add = self._pieces.append

    @property
    def text(self) -> str:
        """All that was added, with the line breaks of elements."""
        return "".join(self._pieces)

    def start(self, tag: str, attributes: Attributes) -> bool:
        """Open an element; return False for the number of a line."""
        if tag == "br":
            self.add("\n")
        elif tag in BLOCK_TAGS:
            self._start_line()
            self._cell_start = len(self._pieces) if tag == "tr" else None
        elif tag == "code" and attributes:
            self.language = declared_language(tag, attributes) or self.language
        return not (attributes and is_unselectable(attributes))

    def end(self, tag: str) -> None:
        """Close an element."""
        if tag in BLOCK_TAGS:
            self._end_line()
        elif tag in CELL_TAGS and self._cell_start is not None:
            # Zola has numbers in the first cell of each line.
            if "".join(self._pieces[self._cell_start :]).strip().isdigit():
                del self._pieces[self._cell_start :]
            self._cell_start = None

    def _start_line(self) -> None:
        """Begin a line; where lines are blocks, the line break between two of them is the source's."""
        if self._pieces and len(self._pieces) == self._block_end + 1 and not self._pieces[-1].strip():
            self._pieces.pop()
        self._end_line()

    def _end_line(self) -> None:
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self.add("\n")
        self._block_end = len(self._pieces)
