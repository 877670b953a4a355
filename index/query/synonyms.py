"""Synonyms, read from a file with one rule a line.

k8s = kubernetes                both ways, for as many as stand there
mutex => lock                   who types the left finds the right as well, not the other way round
gc = garbage collection         several words stand next to each other
# a comment
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from .. import analysis
from ..errors import SettingsError, next_step

# By the terms that are typed: the texts that are searched as well.
Synonyms = Mapping[tuple[str, ...], tuple[str, ...]]

_COMMENT = re.compile(r"(?:^|\s)#.*")


def builtin_synonyms() -> Synonyms:
    """Return the synonyms that are shipped with Backmatter."""
    return parse_synonyms((files(__package__) / "synonyms.txt").read_text("utf-8"), "synonyms.txt")


def read_synonyms(file: Path) -> Synonyms:
    """Read the author's file.

    Raises:
        SettingsError: The file or a line of it cannot be used.
    """
    try:
        return parse_synonyms(file.read_text("utf-8-sig"), str(file))
    except OSError as error:
        step = next_step(error, "set synonyms to an existing file")
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); {step}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: is not UTF-8; save the file as UTF-8") from None


def parse_synonyms(text: str, name: str) -> Synonyms:
    """Read synonyms from a text.

    Raises:
        SettingsError: A line is not a rule; the message names the file and the line.
    """
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for typed, other in _pairs(_COMMENT.sub("", line).strip(), f"{name}:{number}"):
            found.setdefault(tuple(analysis.terms(typed)), {})[other] = None
    return {typed: tuple(others) for typed, others in found.items()}


def _pairs(line: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of what is typed and what is searched as well."""
    if not line:
        return
    one_way = "=>" in line
    parts = [part.strip() for part in line.split("=>" if one_way else "=")]
    if len(parts) < 2 or (one_way and len(parts) > 2) or not all(map(analysis.terms, parts)):
        raise SettingsError(
            f"{place}: {line!r} is no synonym; a line is `k8s = kubernetes`, or `mutex => lock` one way"
        )
    for typed in parts[:1] if one_way else parts:
        yield from ((typed, other) for other in parts if other != typed)


def merge_synonyms(*lists: Synonyms) -> Synonyms:
    """Merge lists of synonyms."""
    typed = {terms for one in lists for terms in one}
    return {terms: tuple(dict.fromkeys(other for one in lists for other in one.get(terms, ()))) for terms in typed}
