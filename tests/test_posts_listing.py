"""The folders that are kept from one run to the next, against a listing of all."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backmatter.index import posts
from backmatter.index.settings import Settings

FOLDERS = ("", "a", "a/b", "a/b/c", "ab", "d")
FILES = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(("x.md", "y.md", "z.txt"))).map("/".join)
Change = Callable[[Path], set[str]]


def write(root: Path, name: str, text: str) -> set[str]:
    file = root / name.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_symlink():
        file.unlink()
    file.write_text(text)
    return _below(root, file)


def _below(root: Path, file: Path) -> set[str]:
    """Give the file and its folders within a directory: what a watcher tells of a file in new folders."""
    return {str(path) for path in (file, *file.parents) if path.is_relative_to(root) and path != root}


def delete(root: Path, name: str) -> set[str]:
    file = root / name.lstrip("/")
    file.unlink(missing_ok=True)
    return {str(file)}


def move(root: Path, folder: str, to: str) -> set[str]:
    """Move a folder in place of another one, of which a watcher tells nothing but the two names."""
    source, target = root / folder, root / to
    if folder and to and source.is_dir() and not target.is_relative_to(source) and not source.is_relative_to(target):
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        return {str(source), str(target)} | _below(root, target)
    return set()


def link(root: Path, name: str) -> set[str]:
    """Link to a post elsewhere, whose later changes are told by its own path alone."""
    file = root / name.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    file.symlink_to(root / "first.md")
    return _below(root, file)


CHANGES = st.one_of(
    st.builds(lambda name, text: lambda root: write(root, name, text), FILES | st.just("first.md"), st.text("ab")),
    st.builds(lambda name: lambda root: delete(root, name), FILES),
    st.builds(
        lambda folder, to: lambda root: move(root, folder, to), st.sampled_from(FOLDERS), st.sampled_from(FOLDERS)
    ),
    st.builds(lambda name: lambda root: link(root, name), FILES),
)


@given(st.lists(st.lists(CHANGES, max_size=3), min_size=1, max_size=6))
@settings(max_examples=40)
def test_folders_that_are_kept_are_as_if_all_were_listed(runs: list[list[Change]]):
    with TemporaryDirectory() as folder:
        root = Path(os.path.realpath(folder))
        write(root, "first.md", "")
        journal, listing = Settings(content=(root,)), posts.Listing()
        for changes in runs:
            changed = {path for change in changes for path in change(root)}
            listing.forget(changed)
            assert list(posts.discover(journal, listing)) == list(posts.discover(journal))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (set(), ["a/x.md", "b/x.md"]),
        ({"a/y.md"}, ["a/x.md", "a/y.md", "b/x.md"]),
        ({"c/z.md"}, ["a/x.md", "a/y.md", "b/x.md", "b/y.md"]),  # It may be another name of a folder that is known.
        (None, ["a/x.md", "a/y.md", "b/x.md", "b/y.md"]),
    ],
)
def test_only_folders_where_something_changed_are_listed_again(tmp_path: Path, told: set[str] | None, expected: object):
    journal, listing = Settings(content=(tmp_path,)), posts.Listing()
    for name in ("a/x.md", "b/x.md"):
        write(tmp_path, name, "")
    list(posts.discover(journal, listing))
    for name in ("a/y.md", "b/y.md"):
        write(tmp_path, name, "")
    listing.forget(told if told is None else {str(tmp_path / path) for path in told})
    assert [item.path for item in posts.discover(journal, listing)] == expected
