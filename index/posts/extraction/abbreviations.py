"""Abbreviations with their long forms in brackets: `Pod Autoscaler (PA)`, `PA (Pod Autoscaler)`.

Schwartz, Hearst: A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text (2003): the letters of
an abbreviation are looked for in the words before it, from the last one back, and the first begins a word.
"""

import re
from collections.abc import Iterator

from ...model import NamePair

# Words of a long form: no query has a name of more.
MAX_LONG_FORM = 5
# A short form, and the rest of a line before a bracket in which its long form is looked for.
MIN_SHORT, MAX_SHORT, MAX_BEFORE = 2, 8, 80

# Searched from the bracket on, which is found fast: a word before it may be as long as the text.
_BRACKETS = re.compile(r" \((?<=[\w.+/-]{2} \()(\w[^()\n]{1,60})\)")
_LAST_WORD = re.compile(r"[\w.+/-]+$")
_FORM_WORD = re.compile(r"[\w'+/.-]+")
# What does not belong to one name: sentences, lists and clauses end there.
_CLAUSE_BORDER = re.compile(r"[,;:!?()\[\]\"“”«»|=]|\.\s")


def abbreviations(text: str) -> Iterator[tuple[int, NamePair]]:
    """Yield the abbreviations of a text with their long forms, and where the bracket of each ends."""
    for found in _BRACKETS.finditer(text):
        inside = found[1]
        line = text[max(0, found.start() - MAX_BEFORE) : found.start()].rpartition("\n")[2]
        before = _LAST_WORD.findall(line)[-1]
        if is_short_form(inside):
            short, long = inside, long_form(inside, _CLAUSE_BORDER.split(line)[-1])
        elif is_short_form(before) and not _CLAUSE_BORDER.search(inside):
            short, long = before, long_form(before, inside)
            long = long if long == inside.strip() else ""
        else:
            continue
        if long:
            yield found.end(), NamePair("abbreviation", short, long)


def is_short_form(word: str) -> bool:
    """Check whether a word may be an abbreviation: `HPA`, `mTLS`, `k8s`."""
    if not (MIN_SHORT <= len(word) <= MAX_SHORT and word.isalnum()):
        return False
    with_digits = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return with_digits or sum(map(str.isupper, word)) >= 2


def long_form(short: str, before: str) -> str:
    """Return the words at the end of a text that an abbreviation stands for; "" if these are none."""
    words = list(_FORM_WORD.finditer(before))[-min(len(short) + 3, 2 * len(short), MAX_LONG_FORM) :]
    if not words:
        return ""
    start = words[0].start()
    at, folded = len(before), before.lower()
    for number, letter in reversed(list(enumerate(short.lower()))):
        at = folded.rfind(letter, start, at)
        while number == 0 and at > start and folded[at - 1].isalnum():
            at = folded.rfind(letter, start, at)
        if at < 0:
            return ""
    found = before[at:].strip()
    is_longer = len(found) > len(short) + 2 and short.lower() not in found.lower().split()
    return found if is_longer and _has_initials(short, found) else ""


def _has_initials(short: str, long: str) -> bool:
    """Check whether at least half of an abbreviation's letters begin words, as in XML, PostgreSQL or Kubernetes."""
    initials = [word[0].lower() for word in _FORM_WORD.findall(long) for word in re.split(r"[-/]", word) if word]
    begun = sum(1 for letter in short.lower() if letter in initials)
    return 2 * begun >= len(short)
