"""Synonyms, read from a file with one rule a line.

k8s = kubernetes                both ways, for as many as stand there
mutex => lock                   who types the left finds the right as well, not the other way round
gc = garbage collection         several words stand next to each other
gc != golden cross              neither stands for the other, whatever posts or other rules say
# a comment
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from .. import analysis
from ..errors import SettingsError, next_step
from ..files import atomic_write

# No synonym has more words than this.
MAX_SYNONYM_WORDS = 5

Terms = tuple[str, ...]
# By the terms that are typed: the texts that are searched as well.
Synonyms = Mapping[Terms, tuple[str, ...]]
# What does not stand for each other: the terms that are typed, and those of a text.
Exclusions = frozenset[tuple[Terms, Terms]]

_COMMENT = re.compile(r"(?:^|\s)#.*")


class SynonymRules(NamedTuple):
    """The rules of a file."""

    synonyms: Synonyms
    excluded: Exclusions


@cache
def builtin_synonyms() -> Synonyms:
    """Return the synonyms that are shipped with Backmatter."""
    return parse_synonyms((files(__package__) / "synonyms.txt").read_text("utf-8"), "synonyms.txt").synonyms


def read_synonyms(file: Path) -> SynonymRules:
    """Read the author's file.

    Raises:
        SettingsError: The file or a line of it cannot be used.
    """
    return parse_synonyms(_read(file), str(file))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        step = next_step(error, "set synonyms to an existing file")
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); {step}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: is not UTF-8; save the file as UTF-8") from None


def parse_synonyms(text: str, name: str) -> SynonymRules:
    """Read synonyms from a text.

    Raises:
        SettingsError: A line is not a rule; the message names the file and the line.
    """
    found: dict[Terms, dict[str, None]] = {}
    excluded: set[tuple[Terms, Terms]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        rule = _COMMENT.sub("", line).strip()
        for typed, other in _pairs(rule, f"{name}:{number}"):
            if "!=" in rule:
                excluded.add((_terms(typed), _terms(other)))
            else:
                found.setdefault(_terms(typed), {})[other] = None
    return SynonymRules({typed: tuple(others) for typed, others in found.items()}, frozenset(excluded))


def _terms(text: str) -> Terms:
    return tuple(analysis.terms(text))


def _pairs(line: str, place: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of what is typed and what is searched as well, or is not."""
    if not line:
        return
    sign = next((sign for sign in ("!=", "=>") if sign in line), "=")
    parts = [part.strip() for part in line.split(sign)]
    if len(parts) < 2 or (sign != "=" and len(parts) > 2) or not all(map(analysis.terms, parts)):
        raise SettingsError(
            f"{place}: {line!r} is no synonym; a line is `k8s = kubernetes`, `mutex => lock` one way, or `gc != gap`"
        )
    for typed in parts[:1] if sign == "=>" else parts:
        yield from ((typed, other) for other in parts if other != typed)


def decide(file: Path, rule: str) -> None:
    """Write a rule for two names into the author's file, in place of others that it has for these two alone.

    Raises:
        SettingsError: The rule is none, or the file cannot be used.
    """
    decided = {frozenset((_terms(first), _terms(second))) for first, second in _pairs(rule, "rule")}
    lines = _read(file).splitlines() if file.exists() else []
    kept = [line for line in lines if not _is_about(line, decided)]
    with atomic_write(file) as temporary:
        temporary.write_text("\n".join([*kept, rule, ""]), "utf-8")


def _is_about(line: str, decided: Collection[frozenset[Terms]]) -> bool:
    pairs = _pairs(_COMMENT.sub("", line).strip(), "")
    return {frozenset((_terms(first), _terms(second))) for first, second in pairs} == decided


def merge_synonyms(*lists: Synonyms, excluded: Exclusions = frozenset()) -> Synonyms:
    """Merge lists of synonyms, without what is excluded."""
    merged: dict[Terms, dict[str, None]] = {}
    for typed, others in chain.from_iterable(each.items() for each in lists):
        kept = [other for other in others if not (excluded and (typed, _terms(other)) in excluded)]
        merged.setdefault(typed, {}).update(dict.fromkeys(kept))
    return {typed: tuple(others) for typed, others in merged.items() if others}
