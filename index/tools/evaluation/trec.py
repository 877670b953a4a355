"""Topics and judgements in the formats of TREC, whose posts are named by path or by file name without its ending.

Topics are the SGML-like files of TREC's ad hoc tracks; the query of a topic is its title:

    <top>
    <num> Number: 301
    <title> International Organized Crime
    <desc> Description: ...
    </top>

Judgements (qrels) are lines of topic, iteration, document and grade, separated by blanks, as trec_eval reads them.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from ...errors import InputError

_TOPIC = re.compile(r"<top>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(\w+)>", re.IGNORECASE)
_LABELS = {"num": "Number:", "title": "Topic:"}


def is_topics(text: str) -> bool:
    """Check whether a file has topics: it begins with one."""
    return bool(_TOPIC.match(text.lstrip("\ufeff \t\r\n")))


def read_topics(text: str, file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each topic of a file: the place to name in a message, its number and its title.

    Raises:
        InputError: A topic has no number or no title.
    """
    begins = [match.start() for match in _TOPIC.finditer(text)]
    for begin, end in zip(begins, [*begins[1:], len(text)], strict=True):
        place = f"{file}:{text.count(chr(10), 0, begin) + 1}"
        fields = _fields(text[begin:end])
        if not (fields.get("num") and fields.get("title")):
            raise InputError(f"{place}: the topic has no number or title; write both, as <num> 301 <title> cache line")
        yield place, fields["num"], fields["title"]


def _fields(topic: str) -> dict[str, str]:
    """Return the texts of a topic by tag; a tag ends where the next one begins."""
    found: dict[str, str] = {}
    tags = list(_TAG.finditer(topic))
    ends = [*(tag.start() for tag in tags[1:]), len(topic)]
    for tag, end in zip(tags, ends, strict=True):
        name, text = tag[2].lower(), topic[tag.end() : end]
        if not tag[1]:
            found.setdefault(name, " ".join(text.split()).removeprefix(_LABELS.get(name, "")).strip())
    return found


def paths_by_name(paths: Iterable[str]) -> dict[str, str]:
    """Return the path of each post by its file name without the ending, where only one has it."""
    names: dict[str, list[str]] = {}
    for path in paths:
        names.setdefault(PurePosixPath(path).stem, []).append(path)
    return {name: found[0] for name, found in names.items() if len(found) == 1}
