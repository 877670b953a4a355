"""Lucene, in a process of Java that takes the time itself.

As its documentation advises: BM25, one segment, offsets in the postings for the UnifiedHighlighter
(https://lucene.apache.org/core/9_12_0/highlighter/org/apache/lucene/search/uhighlight/UnifiedHighlighter.html). It is
asked often before it is timed, so that Java has compiled what runs; see `race`. Its time is that of the thread that
answers, and neither that of Java's compiler nor that of its garbage collector.
"""

import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from tests.bench.corpus import Article
from tests.bench.peers import BODY, HEADINGS, TITLE, Answer
from tests.bench.queries import Query

PROGRAM = Path(__file__).with_name("Lucene.java")
POM = Path(__file__).with_name("pom.xml")
JARS = Path(__file__).parents[3] / "build/lucene"
# For each of several indexes; without it, Java lets each take a quarter of the memory.
HEAP = "2g"
WEIGHTS = [str(weight) for weight in (TITLE, HEADINGS, BODY)]


class LucenePeer:
    """Lucene with one segment in a directory."""

    name = "Lucene"

    def __init__(self, folder: Path, articles: Iterable[Article]) -> None:
        copy = [
            "mvn",
            "-q",
            "-B",
            "-Dstyle.color=never",
            "-f",
            str(POM),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={JARS}",
        ]
        subprocess.run(copy, check=True, stdout=subprocess.DEVNULL)
        command = ["java", f"-Xmx{HEAP}", "-cp", f"{JARS}/*", str(PROGRAM), str(folder), *WEIGHTS]
        # It ends with its standard input, and thus with this process.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        self._to, self._from = process.stdin, process.stdout
        for a in articles:
            self._say(a.path, a.title, a.headings, a.text, "\n".join(a.tags))
        self._say("")
        self._to.flush()
        assert _fields(self._from) == ["ready"]

    def top(self, query: Query) -> Answer:
        """Give the ten best document numbers."""
        return self._ask("top", query)

    def passages(self, query: Query) -> Answer:
        """Give the ten best with passages."""
        return self._ask("passages", query)

    def _ask(self, way: str, query: Query) -> Answer:
        # The parser of Lucene reads all but tags as Backmatter's does.
        self._say(way, query.text.removesuffix(f" tag:{query.tag}"), query.tag)
        self._to.flush()
        nanoseconds, total, *shown = _fields(self._from)
        return Answer(int(total), shown, seconds=int(nanoseconds) / 1e9)

    def _say(self, *fields: str) -> None:
        for field in fields:
            encoded = field.encode()
            self._to.write(struct.pack(">I", len(encoded)) + encoded)


def _fields(stream: IO[bytes]) -> list[str]:
    return [stream.read(_number(stream)).decode() for _ in range(_number(stream))]


def _number(stream: IO[bytes]) -> int:
    (number,) = struct.unpack(">I", stream.read(4))
    return int(number)
