"""Copy the articles of a set without the links whose texts are its queries: python -m tests.bench.held_out SET FOLDER.

In the sets of link texts, a query is the text of a link in the articles. What is learned from links is measured without
these, whose answers it would know: their texts stay, and they lead nowhere.
"""

import json
import re
import sys
from collections.abc import Callable, Collection
from pathlib import Path

_LINKS = (
    re.compile(r"\[(?P<text>[^\[\]]+)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\[\]]*\])"),
    re.compile(r"<a\s[^<>]*>(?P<text>[^<>]+)</a>", re.IGNORECASE),
)


def without_links(source: str, texts: Collection[str]) -> str:
    """Return an article in which links with some texts, casefolded and without marks, are these texts alone."""
    for pattern in _LINKS:
        source = pattern.sub(_replaced(texts), source)
    return source


def _replaced(texts: Collection[str]) -> Callable[[re.Match[str]], str]:
    return lambda found: found["text"] if bare(found["text"]) in texts else found[0]


def bare(text: str) -> str:
    """Return a link's text without marks, as it is compared."""
    return " ".join(re.sub(r"[`*_]", "", text).casefold().split())


def main(folder: Path, target: Path) -> None:
    """Copy a set's articles."""
    queries = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    texts = {bare(json.loads(line)["text"]) for line in queries}
    for file in sorted((folder / "content").rglob("*")):
        if file.is_file():
            copy = target / file.relative_to(folder / "content")
            copy.parent.mkdir(parents=True, exist_ok=True)
            source = file.read_bytes().decode("utf-8", "surrogateescape")
            copy.write_bytes(without_links(source, texts).encode("utf-8", "surrogateescape"))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
