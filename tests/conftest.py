"""A journal of real files, its index, and the application that shows it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as properties

from backmatter.app import create_app
from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine
from backmatter.index.engines.opensearch.cluster import Access
from backmatter.index.settings import CONFIG_NAME, ENV_PREFIX, Settings
from backmatter.index.sync.sync import sync
from tests import parts
from tests.cluster import access, cluster

# How long an example takes says more about what else the machine does than about the code.
properties.register_profile("patient", deadline=None)
properties.load_profile("patient")

POSTS = {
    "cache.md": """---
title: A Love Letter to the L1 Cache
date: 2026-06-09
tags: [go, cpu-cache]
author: Mara Lindqvist
---
Two struct fields swapped, and a loop runs 30 % faster.

## What a line is

The processor fetches a cache line of 64 bytes, never one byte.

## Measure it

| stride | time |
|:-------|-----:|
| 8      | 1.2  |

```go
for i := range rows {
	sum += rows[i].hits
}
```

## Why it is loved

It answers within four cycles.
""",
    "time.md": """---
title: Just About Go Time
date: 2026-05-08
updated: 2026-05-19
tags: [go, time]
author: Mara Lindqvist
summary: One way to store a moment.
---
The monotonic clock never jumps. Human time does, and no cache helps.
""",
    "2025/docker.md": """---
title: Stop Rebuilding Docker Images
date: 2025-02-21
tags: [docker]
---
Mount the code instead of baking it in: a runtime container needs no second image.
""",
    "undated.md": "# A note without a date\n\nNothing but a remark on gardening.\n",
    "draft.md": "---\ntitle: Secret plans\ndate: 2026-06-01\ndraft: true\n---\nThe cache of the future.\n",
}


@dataclass(frozen=True)
class Journal:
    """A directory of posts with its index."""

    content: Path
    settings: Settings
    engine: Engine

    def write(self, **posts: str) -> None:
        """Write posts by the stem of their file's name, and index what changed."""
        for stem, text in posts.items():
            (self.content / f"{stem}.md").write_text(text, "utf-8")
        self.index()

    def index(self) -> None:
        """Bring the index up to what is on disk."""
        sync(self.engine, self.settings)


def make_journal(folder: Path, posts: dict[str, str]) -> Journal:
    """Write posts below a directory; nothing is indexed yet."""
    settings = Settings(content=(folder / "content",), index=folder / "index")
    for path, text in posts.items():
        file = folder / "content" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return Journal(folder / "content", settings, open_engine(settings))


def config(folder: Path, text: str, name: str = CONFIG_NAME) -> Path:
    """Write a file of settings; return its path."""
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty directory, with no variable of ours set."""
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """The way to a real cluster of one node."""
    with cluster(tmp_path_factory.mktemp("opensearch"), nodes=1) as nodes:
        yield access(nodes)


@pytest.fixture
def empty(tmp_path: Path) -> Journal:
    """A journal without posts and without an index."""
    (tmp_path / "content").mkdir()
    return make_journal(tmp_path, {})


@pytest.fixture(scope="session")
def indexed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a journal with a handful of posts, indexed; it is copied, and not changed."""
    folder = tmp_path_factory.mktemp("indexed")
    make_journal(folder, POSTS).index()
    return folder


@pytest.fixture
def journal(indexed_folder: Path, tmp_path: Path) -> Journal:
    """A journal with a handful of posts, indexed."""
    shutil.copytree(indexed_folder, tmp_path, dirs_exist_ok=True)
    return make_journal(tmp_path, {})


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where the system has a place for that: hundreds of databases need not reach a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own in it
    if not memory.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A journal's folder on a disk of its own that holds half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if mounted is None or mounted.returncode:
        if "tmpfs" in os.environ.get("REQUIRE", "").split(","):
            pytest.fail("REQUIRE names tmpfs, and none can be mounted: run the tests as root, who may mount")
        pytest.skip("no tmpfs can be mounted here: run the tests as root, who may mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def app(journal: Journal) -> Flask:
    return create_app(journal.settings, journal.engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(autouse=True)
def _fast_tests_start_no_program(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse programs to tests of no part, which `make check` runs: they would make it slow again, one by one."""
    if not parts.part_of(request.node):
        monkeypatch.setattr("subprocess.Popen.__init__", _refuse)


def _refuse(*command: object, **_: object) -> None:
    pytest.fail(f"a test that starts a program is of a part, see tests/parts.py: {command[1:]}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is read as what is expected")


# Before `-m` chooses among tests by their part.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    parts.assign(items)
