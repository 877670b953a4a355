"""Words that stand for each other, as a file says, a line each.

k8s = kubernetes                both ways, for as many as stand there
mutex => lock                   who types the left finds the right as well, not the other way round
gc = garbage collection         several words stand next to each other
# a comment
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from index import analysis
from index.errors import SettingsError

# By the terms of what is typed, what is looked for as well.
Synonyms = Mapping[tuple[str, ...], tuple[str, ...]]

_COMMENT = re.compile(r"(?:^|\s)#.*")


def shipped() -> Synonyms:
    """Give the list that Backmatter brings along."""
    return parse((files("index") / "synonyms.txt").read_text("utf-8"), "synonyms.txt")


def read(file: Path) -> Synonyms:
    """Read the author's file.

    Raises:
        SettingsError: The file or a line of it cannot be used.
    """
    try:
        return parse(file.read_text("utf-8-sig"), str(file))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); set synonyms to an existing file") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: is not UTF-8; save the file as UTF-8") from None


def parse(text: str, name: str) -> Synonyms:
    """Read synonyms from a text.

    Raises:
        SettingsError: A line is none; the message says which one of which file.
    """
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        for typed, other in _pairs(_COMMENT.sub("", line).strip(), f"{name}:{number}"):
            found.setdefault(tuple(analysis.terms(typed)), {})[other] = None
    return {typed: tuple(others) for typed, others in found.items()}


def _pairs(line: str, place: str) -> Iterator[tuple[str, str]]:
    """Give what is typed and what is looked for as well."""
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


def merged(*lists: Synonyms) -> Synonyms:
    """Give what any of some lists says."""
    typed = {terms for one in lists for terms in one}
    return {terms: tuple(dict.fromkeys(other for one in lists for other in one.get(terms, ()))) for terms in typed}
