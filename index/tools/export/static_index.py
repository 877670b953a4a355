"""All files of a static index: terms, articles, texts, and what filters need."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from shutil import rmtree
from typing import Any, NamedTuple

import msgspec

from ...engines.base import Snapshot
from ...errors import SettingsError
from ...files import atomic_write
from ...model import Post
from ...ranking import JOINING, JOINING_PART, K1
from .postings import MAX_IMPACT, CountedTerms, part_starts
from .shards import compressed, shards

# Articles whose titles and addresses are in one file, some 4 kB.
ARTICLES_A_FILE = 64
MANIFEST, DATA = "index.json", "data"
EXPORT_FORMAT = 2


class Exported(NamedTuple):
    """What was written: how many posts, files and bytes."""

    posts: int
    files: int
    size: int


def write_index(snapshot: Snapshot, title: str, folder: Path) -> Exported:
    """Write the index of a generation into a folder; a reader sees the old one or the new one.

    Raises:
        SettingsError: The folder has other files.
        OSError: It cannot be written.
    """
    _check_ours(folder)
    posts = sorted(snapshot.posts(), key=lambda post: (-_day(post), post.path))
    files, firsts = _files(posts)
    digest = blake2b(b"".join(name.encode() + content for name, content in files.items()), digest_size=8).hexdigest()
    data = folder / DATA / digest
    for name, content in files.items():
        file = data / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(file) as temporary:
            temporary.write_bytes(content)
    manifest = msgspec.json.encode(_manifest(title, digest, len(posts), firsts))
    with atomic_write(folder / MANIFEST) as temporary:
        temporary.write_bytes(manifest)
    for old in (folder / DATA).iterdir():
        if old.name != digest:
            rmtree(old)
    return Exported(len(posts), len(files) + 1, sum(map(len, files.values())) + len(manifest))


def _check_ours(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise SettingsError(f"{folder}: has files that are no export; name an empty or a new directory")


def _manifest(title: str, digest: str, posts: int, firsts: Sequence[str]) -> dict[str, Any]:
    return {
        "format": EXPORT_FORMAT,
        "title": title,
        "data": f"{DATA}/{digest}/",
        "posts": posts,
        "block": ARTICLES_A_FILE,
        "shards": firsts,
        "k1": K1,
        "full": MAX_IMPACT,
        "joining": sorted(JOINING),
        "joiningPart": JOINING_PART,
    }


def _files(posts: Sequence[Post]) -> tuple[dict[str, bytes], list[str]]:
    """Return the content of all files by name, and the first terms of those with terms."""
    files: dict[str, bytes] = {}
    firsts: list[str] = []
    terms = CountedTerms(posts)
    for number, shard in enumerate(shards(terms.postings(), terms.stems())):
        files[f"terms/{number}.bin"] = shard.content
        firsts.append(shard.first)
    for start in range(0, len(posts), ARTICLES_A_FILE):
        block = [_article(post) for post in posts[start : start + ARTICLES_A_FILE]]
        files[f"articles/{start // ARTICLES_A_FILE}.bin"] = _json(block)
    for number, post in enumerate(posts):
        for part, content in enumerate(_parts(post)):
            files[f"texts/{number}-{part}.bin"] = _json(content)
    files["filters.bin"] = _json(_filters(posts))
    return files, firsts


def _article(post: Post) -> list[Any]:
    return [post.title, post.url, f"{post.date:%Y-%m-%d}" if post.date else "", list(post.tags), post.language]


def _parts(post: Post) -> Iterator[dict[str, Any]]:
    """Yield the parts of a text: their sections as title, anchor and offset, and their code blocks."""
    starts = part_starts(post)
    for start, end in zip(starts, [*starts[1:], len(post.text)], strict=True):
        sections = [each for each in post.sections if each.start < end and (each.end > start or each.start >= start)]
        code = [each for each in post.code if start <= each.start < end]
        yield {
            "text": post.text[start:end],
            "sections": [(each.title, each.anchor, max(0, each.start - start)) for each in sections],
            "code": [(each.start - start, min(each.end, end) - start, each.language) for each in code],
        }


def _filters(posts: Sequence[Post]) -> dict[str, Any]:
    """Return the posts by what the query language can name, and their days since 1970."""
    named: dict[str, defaultdict[str, list[int]]] = {
        name: defaultdict(list) for name in ("tag", "author", "language", "year")
    }
    for number, post in enumerate(posts):
        for tag in post.tags:
            named["tag"][tag.casefold()].append(number)
        if post.author:
            named["author"][post.author.casefold()].append(number)
        named["language"][post.language.casefold()].append(number)
        if post.date:
            named["year"][f"{post.date:%Y}"].append(number)
    return {**named, "day": [_day(post) if post.date else None for post in posts]}


def _day(post: Post) -> int:
    return ((post.date or datetime.min.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)).days


def _json(value: Any) -> bytes:
    return compressed(msgspec.json.encode(value))
