"""Results in other forms than for a reader of a terminal: for grep's users, for programs, and for a note."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..terminal import as_json_line, printable

if TYPE_CHECKING:
    from ..model import Hit, Results

# What would end a link's text or be read as Markdown in it.
_MARKDOWN_SIGN = re.compile(r"([\\\[\]*_`<])")


def hit_lines(results: "Results") -> str:
    """Return a line for each hit, as grep writes them: the post's path with the section's anchor, and the passage."""
    return "\n".join(f"{printable(_place(hit))}:{printable(_on_one_line(hit.passage.text))}" for hit in results.hits)


def json_lines(results: "Results") -> str:
    """Return a line of JSON for each hit."""
    return "\n".join(map(as_json_line, results.hits))


def markdown_list(results: "Results") -> str:
    """Return a list with the titles as links to the passages, and these as quotations or code."""
    return "\n\n".join(map(_item, results.hits))


def _place(hit: "Hit") -> str:
    return f"{hit.path}#{hit.passage.anchor}" if hit.passage.anchor else hit.path


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _item(hit: "Hit") -> str:
    passage = hit.passage
    head = f"- [{_literal(hit.title)}]({passage.url})" + (f", {_literal(passage.section)}" if passage.section else "")
    if passage.code is None:
        return f"{printable(head)}\n  > {printable(_literal(_on_one_line(passage.text)))}"
    lines = [f"```{passage.code}", *passage.text.split("\n"), "```"]
    return "\n".join([printable(head), "", *(f"  {printable(line.expandtabs(4))}".rstrip() for line in lines)])


def _literal(text: str) -> str:
    return _MARKDOWN_SIGN.sub(r"\\\1", text)


HIT_FORMATS: Mapping[str, Callable[["Results"], str]] = {
    "lines": hit_lines,
    "jsonl": json_lines,
    "markdown": markdown_list,
}
