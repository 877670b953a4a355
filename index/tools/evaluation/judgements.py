"""Queries whose right answers are known, read from files.

Either one YAML file, written by hand:

    - query: how do I stop a worker
      posts:
        workers.md: 2
        workers.md#shutdown: 3

A path with an anchor is a section of a post, right where the passage of a result opens it; grades are whole numbers,
0 for what does not answer. Or two files, as collections for research have them: one of queries with a JSON object
`{"id", "text", "ignore": [path, ...]}` a line, and one of judgements with a line a judged post: query id, path and
grade, separated by tabs. Posts that a query ignores (often the one that it was taken from) count neither in the ranking
nor among the answers. Both may also be in the formats of TREC; see `trec`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from ...errors import InputError, next_step
from .trec import is_topics, paths_by_name, read_topics

# By path, or path#anchor.
Grades = Mapping[str, int]

EXAMPLE = "- query: cache line\n  posts:\n    cache.md: 2\n    cache.md#false-sharing: 3"


class JudgedQuery(msgspec.Struct, frozen=True):
    """A query with a name, and the posts that do not count as answers to it."""

    id: str
    text: str
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgements:
    """Queries, and by query id the grade of each judged post or section."""

    queries: list[JudgedQuery]
    qrels: Mapping[str, Grades]


def read_judgements(queries: Path, qrels: Path | None, knows: Callable[[str], bool]) -> Judgements:
    """Read a YAML file, or two files of lines; see `read_yaml` and `read_lines`.

    Raises:
        InputError: A file cannot be used.
    """
    if not qrels and (queries.suffix == ".jsonl" or is_topics(_text_of(queries))):
        raise InputError(f"{queries}: has queries without their answers; give those with --qrels")
    return read_lines(queries, qrels) if qrels else read_yaml(queries, knows)


def read_yaml(file: Path, knows: Callable[[str], bool]) -> Judgements:
    """Read a YAML file of queries with their answers; a query is its own id.

    Args:
        file: The file.
        knows: Checks whether such a post or section exists.

    Raises:
        InputError: The file or an entry of it cannot be used, or judges what is not there; with the line.
    """
    qrels: dict[str, dict[str, int]] = {}
    for entry in _items(_root(file), file):
        fields = dict(_pairs(entry, file))
        if set(fields) != {"query", "posts"}:
            raise InputError(
                f"{_place(file, entry)}: has to have `query` and `posts` and nothing else, as in\n{EXAMPLE}"
            )
        text = _text(fields["query"], file)
        if text in qrels:
            raise InputError(f"{_place(file, entry)}: {text!r} is judged above; keep one entry for each query")
        qrels[text] = dict(_grade(path, node, file, knows) for path, node in _pairs(fields["posts"], file))
    return Judgements([JudgedQuery(text, text) for text in qrels], qrels)


def _root(file: Path) -> Any:
    try:
        return yaml.compose(_text_of(file), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(
            f"{file}:{line}: is not valid YAML: {error.problem}; quote text that has `: ` or ` #`"
        ) from None
    except yaml.YAMLError as error:
        raise InputError(f"{file}: is not valid YAML: {error}") from None


def _items(node: Any, file: Path) -> list[Any]:
    if not isinstance(node, yaml.SequenceNode):
        raise InputError(f"{_place(file, node)}: has to be a list of queries, as in\n{EXAMPLE}")
    return list(node.value)


def _pairs(node: Any, file: Path) -> Iterator[tuple[str, Any]]:
    """Yield the keys and values of a mapping; it must have some, and each key once."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise InputError(f"{_place(file, node)}: has to be a name and a value, as in\n{EXAMPLE}")
    seen = set()
    for key, value in node.value:
        name = _text(key, file)
        if name in seen:
            raise InputError(f"{_place(file, key)}: {name!r} is given twice; keep one")
        seen.add(name)
        yield name, value


def _text(node: Any, file: Path) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise InputError(f"{_place(file, node)}: has to be text, as in\n{EXAMPLE}")
    return str(node.value)


def _grade(path: str, node: Any, file: Path, knows: Callable[[str], bool]) -> tuple[str, int]:
    value = _text(node, file)
    if not value.isdecimal():
        raise InputError(f"{_place(file, node)}: {value!r} is not a grade of {path}; give a whole number from 0")
    if not knows(path):
        raise InputError(f"{_place(file, node)}: the index has no {path!r}; correct it, or run `backmatter index`")
    return path, int(value)


def _place(file: Path, node: Any) -> str:
    return f"{file}:{node.start_mark.line + 1}" if node else f"{file}:1"


def read_lines(queries: Path, qrels: Path) -> Judgements:
    """Read a file of queries and one of judgements.

    Raises:
        InputError: A file or a line of it cannot be used.
    """
    return Judgements(read_queries(queries), read_qrels(qrels))


def read_queries(file: Path) -> list[JudgedQuery]:
    """Read a file of queries: lines of JSON, or topics of TREC.

    Raises:
        InputError: The file or a line of it cannot be used.
    """
    queries: dict[str, JudgedQuery] = {}
    text = _text_of(file)
    for place, query in _topics(text, file) if is_topics(text) else _json_lines(file):
        if query.id in queries:
            raise InputError(f"{place}: the id {query.id!r} is taken by a line above; give every query its own")
        queries[query.id] = query
    return list(queries.values())


def _topics(text: str, file: Path) -> Iterator[tuple[str, JudgedQuery]]:
    for place, number, title in read_topics(text, file):
        yield place, JudgedQuery(number, title)


def _json_lines(file: Path) -> Iterator[tuple[str, JudgedQuery]]:
    for place, line in _lines(file):
        try:
            yield place, msgspec.json.decode(line, type=JudgedQuery)
        except msgspec.DecodeError as error:
            raise InputError(f'{place}: {error}; a line is {{"id": "q1", "text": "cache line"}}') from None


def read_qrels(file: Path) -> dict[str, dict[str, int]]:
    """Read a file of judgements: by query id, the grade of each judged post.

    Raises:
        InputError: The file or a line of it cannot be used.
    """
    qrels: dict[str, dict[str, int]] = {}
    for place, line in _lines(file):
        try:
            query, path, grade = _columns(line)
            judged = qrels.setdefault(query, {})
            twice = path in judged
            judged[path] = int(grade)
        except ValueError:
            raise InputError(
                f"{place}: {line!r} is not a judgement; a line is query id, path and a whole number, separated by "
                "tabs, or topic, iteration, document and grade, separated by blanks"
            ) from None
        if twice:
            raise InputError(f"{place}: {path!r} is judged by a line above; keep one grade for each query and post")
    return qrels


def _columns(line: str) -> Sequence[str]:
    """Return query, post and grade of a line; a path may have blanks where tabs separate."""
    ours, trec = line.split("\t"), line.split()
    return (trec[0], *trec[2:]) if len(ours) != 3 and len(trec) == 4 else ours


def located(judged: Judgements, paths: Collection[str]) -> Judgements:
    """Return judgements whose posts are named by path, where a file name without its ending stands for one."""
    named = paths_by_name(paths)
    qrels = {
        query: {post if post in paths else named.get(post, post): grade for post, grade in grades.items()}
        for query, grades in judged.qrels.items()
    }
    return Judgements(judged.queries, qrels)


def _lines(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each line that is not empty, with the place to name in a message."""
    for number, line in enumerate(_text_of(file).split("\n"), 1):
        if line.strip():
            yield f"{file}:{number}", line.rstrip("\r")


def _text_of(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); {next_step(error, 'give an existing file')}"
        ) from None
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}:{number}: is not UTF-8; save the file as UTF-8") from None
