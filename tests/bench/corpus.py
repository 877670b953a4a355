"""Articles: several content trees staged as one, and what Backmatter's own reader makes of them.

Every engine is given the same text of the same articles, so that no peer pays for, or gains from, another extraction.
"""

import random
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backmatter.index.engines.base import Snapshot
from backmatter.index.model import Post
from backmatter.index.settings import Settings

SUFFIXES = (".md", ".markdown", ".html", ".htm")
# Words that can be replaced by others without another meaning for a parser, and the share of them that is.
WORD = re.compile(r"(?<=[ ,.])[a-z]{6,}(?=[ ,.])")
CHANGED = 0.25


@dataclass(frozen=True, slots=True)
class Article:
    """What a peer is given of a post."""

    path: str
    title: str
    headings: str
    text: str
    tags: tuple[str, ...]


def stage(trees: Sequence[Path], folder: Path) -> Path:
    """Copy content trees below one directory, each in a folder of its own: their paths may be the same."""
    for number, tree in enumerate(trees):
        for file in articles_in(tree):
            copy(file, folder / str(number) / file.relative_to(tree))
    return folder


def subset(staged: Path, folder: Path, count: int, seed: int) -> Path:
    """Copy this many of the staged files, chosen by the seed; a smaller subset is part of a larger one."""
    files = articles_in(staged)
    random.Random(seed).shuffle(files)  # noqa: S311 (drawn to be repeated, not to be secret)
    for file in files[:count]:
        copy(file, folder / file.relative_to(staged))
    return folder


def enlarged(staged: Path, folder: Path, count: int, seed: int) -> Path:
    """Copy the staged files, and copies of them with changed words, until there are this many.

    A quarter of the longer words of a copy are others of the journal, as often as these occur: no two articles are the
    same, and the index has as many postings as one of so many different articles, though fewer terms.
    """
    files, draw = articles_in(staged), random.Random(seed)  # noqa: S311
    words = [word for file in draw.sample(files, len(files) // 10 or 1) for word in WORD.findall(_text(file))]
    for number in range(count):
        turn, file = number // len(files), files[number % len(files)]
        target = folder / str(turn) / file.relative_to(staged)
        copy(file, target)
        if turn:
            changed = WORD.sub(lambda found: draw.choice(words) if draw.random() < CHANGED else found[0], _text(file))
            target.write_text(changed, "utf-8")
    return folder


def _text(file: Path) -> str:
    return file.read_text("utf-8", errors="replace")


def articles_in(tree: Path) -> list[Path]:
    """Give the files of a tree that may be posts, ordered by path."""
    return sorted(file for file in tree.rglob("*") if file.suffix in SUFFIXES and file.is_file())


def copy(file: Path, target: Path) -> None:
    """Copy a file to where no folder needs to be yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)


def settings_for(content: Path, index: Path) -> Settings:
    """Give the settings for a staged tree: the defaults."""
    return Settings(content=(content,), index=index)


def read(snapshot: Snapshot) -> list[Article]:
    """Read the articles that a generation holds, ordered by path, as the peers get them."""
    return sorted(map(article, snapshot.posts()), key=lambda article: article.path)


def article(post: Post) -> Article:
    """Give a peer's share of a post."""
    headings = "\n".join(section.title for section in post.sections if section.title)
    return Article(post.path, post.title, headings, post.text, tuple(tag.casefold() for tag in post.tags))


def text_size(articles: Iterable[Article]) -> int:
    """Give the bytes of all text in UTF-8: titles, headings and bodies."""
    return sum(len(f"{a.title}\n{a.headings}\n{a.text}".encode()) for a in articles)
