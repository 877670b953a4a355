"""The plain pipeline, `python -m tests.bench.plain CONTENT INDEX`: what one would write first, in one process.

`markdown.markdown` -> `BeautifulSoup.get_text` -> Whoosh's writer, with the memory its documentation advises.
"""

import re
import sys
from pathlib import Path

import yaml
from bs4 import BeautifulSoup
from markdown import markdown
from whoosh import index
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema

from tests.bench.corpus import articles_in

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def main(content: Path, folder: Path) -> None:
    """Index a content directory and print how many articles it has."""
    folder.mkdir(parents=True)
    schema = Schema(path=ID(stored=True, unique=True), title=_text(), body=_text())
    writer = index.create_in(folder, schema).writer(limitmb=512)
    files = articles_in(content)
    for file in files:
        title, text = read(file)
        writer.add_document(path=str(file.relative_to(content)), title=title, body=text)
    writer.commit()
    print(len(files))  # noqa: T201 (the process that started this one reads it)


def _text() -> TEXT:
    return TEXT(stored=True, analyzer=StemmingAnalyzer())


def read(file: Path) -> tuple[str, str]:
    """Give title and text of a file."""
    source = file.read_text("utf-8", errors="replace")
    if file.suffix == ".html":
        soup = BeautifulSoup(source, "lxml")
        return (soup.title.get_text() if soup.title else file.stem), soup.get_text()
    found = FRONT_MATTER.match(source)
    html = markdown(source[found.end() if found else 0 :], extensions=["fenced_code", "tables"])
    return _title(found[1] if found else "") or file.stem, BeautifulSoup(html, "lxml").get_text()


def _title(front_matter: str) -> str:
    try:
        fields = yaml.safe_load(front_matter)
    except yaml.YAMLError:
        return ""
    return str(fields.get("title", "")) if isinstance(fields, dict) else ""


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
