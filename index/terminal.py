"""Print to a terminal: no text of a post, a file's name or a reader reaches its controls.

Titles, names and queries are written by others. A control character in them could recolour, rewrite or forge what a
person reads, and a line feed could pass for a line of ours.
"""

import logging
import re
from pathlib import Path

import click
import msgspec

from .files import naming

# Joiners have no width and no effect of their own; Persian and emoji need them.
_JOINERS = "\u200c\u200d"
# What `click.style` writes around bold text, and ends of lines.
_OURS = re.compile(r"(\x1b\[[01]m|\r?\n)")


def printable(text: str) -> str:
    """Return one line of text with spaces in place of controls: C0, C1, line feeds, and marks that turn its order."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c in _JOINERS else " " for c in text)


def printable_json(text: str) -> str:
    """Return the same JSON with escapes in place of controls, which it can only have in strings."""
    return "\n".join(line if line.isprintable() else "".join(map(_escaped, line)) for line in text.split("\n"))


def as_json_text(value: object) -> str:
    """Return a value as JSON for a person, without what a terminal would obey."""
    return printable_json(msgspec.json.format(msgspec.json.encode(value)).decode())


def as_json_line(value: object) -> str:
    """Return a value as one line of JSON, likewise."""
    return printable_json(msgspec.json.encode(value).decode())


def _escaped(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print lines; of controls, only ends of lines and our own bold are let through.

    A field of a line goes through `printable` before, so that it cannot begin another line.
    """
    parts = _OURS.split(text)
    shown = "".join(part if number % 2 else printable(part) for number, part in enumerate(parts))
    with naming(Path("the output")):
        click.echo(shown, err=err, nl=nl)


class TerminalHandler(logging.Handler):
    """Shows warnings of the log to the person at the terminal, as the command's own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record as one line."""
        say(f"backmatter: {record.levelname.lower()}: {printable(record.getMessage())}", err=True)
