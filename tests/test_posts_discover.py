"""Posts are found wherever they lie under the content directories, and nothing outside is ever read."""

import os
from pathlib import Path

import pytest

from backmatter.index.errors import PostError, SettingsError
from backmatter.index.model import Source
from backmatter.index.posts import discover, fingerprint, read_post
from backmatter.index.posts.discover import recipe
from backmatter.index.settings import AddressSettings, Settings


def settings_for(*roots: Path, **values: object) -> Settings:
    return Settings(content=roots, **values)  # type: ignore[arg-type]


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("# A post\n", "utf-8")


def found(settings: Settings) -> list[str]:
    return [str(item) if isinstance(item, PostError) else item.path for item in discover(settings)]


def test_posts_are_found_by_suffix_and_ordered_by_path(tmp_path: Path):
    write(tmp_path, "b.md", "a/z.HTML", "a/y.htm", "c.markdown", "d.mdx", "e.txt", "f.png", "md", "g.md.bak")
    assert found(settings_for(tmp_path)) == ["a/y.htm", "a/z.HTML", "b.md", "c.markdown", "d.mdx"]


def test_tool_folders_are_left_out_and_jekylls_are_not(tmp_path: Path):
    write(tmp_path, ".git/a.md", "node_modules/b.md", "_posts/c.md", "_drafts/d.md", ".e.md")
    assert found(settings_for(tmp_path)) == ["_drafts/d.md", "_posts/c.md"]


def test_what_the_settings_exclude_is_no_post(tmp_path: Path):
    write(tmp_path, "README.md", "a.md", "docs/README.md", "_layouts/post.html", "_layouts/deep/page.html")
    assert found(settings_for(tmp_path, exclude=("_layouts/**", "README.md"))) == ["a.md", "docs/README.md"]


def test_a_link_that_leaves_its_content_directory_is_reported_and_not_followed(tmp_path: Path):
    root, outside = tmp_path / "content", tmp_path / "content-secret"
    write(outside, "secret.md", "folder/secret.md")
    write(root, "post.md")
    (root / "file.md").symlink_to(outside / "secret.md")
    (root / "folder").symlink_to(outside / "folder")
    (root / "notes.txt").symlink_to(outside / "secret.md")
    reason = "is a link that leaves the content directory; it is not followed"
    assert found(settings_for(root)) == [f"file.md: {reason}", f"folder: {reason}", "post.md"]


def test_a_link_made_after_the_search_is_not_followed_either(tmp_path: Path):
    root, outside = tmp_path / "content", tmp_path / "outside"
    write(root, "post.md")
    write(outside, "secret.md")
    settings = settings_for(root)
    source = next(item for item in discover(settings) if isinstance(item, Source))
    source.file.unlink()
    source.file.symlink_to(outside / "secret.md")
    with pytest.raises(PostError, match="leaves the content directory"):
        read_post(source, settings)


def test_a_linked_file_inside_is_a_post_and_a_linked_folder_is_walked_once(tmp_path: Path):
    write(tmp_path, "a/post.md")
    (tmp_path / "alias.md").symlink_to(tmp_path / "a/post.md")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "a/loop").symlink_to(tmp_path)
    assert found(settings_for(tmp_path)) == ["a/post.md", "alias.md"]


def test_a_content_directory_may_be_a_link_itself(tmp_path: Path):
    write(tmp_path / "real", "post.md")
    (tmp_path / "content").symlink_to(tmp_path / "real")
    assert found(settings_for(tmp_path / "content")) == ["post.md"]


def test_a_link_to_nothing_and_a_pipe_are_reported(tmp_path: Path):
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere.md")
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    assert found(settings_for(tmp_path)) == [
        "gone.md: is not a regular file, or a link to nothing; remove it",
        "pipe.md: is not a regular file, or a link to nothing; remove it",
        "self.md: cannot be read (Too many levels of symbolic links); remove the link, which leads to itself",
    ]


def test_a_missing_content_directory_says_what_to_do(tmp_path: Path):
    with pytest.raises(SettingsError, match="no such directory; create it, or set `content`"):
        discover(settings_for(tmp_path / "nowhere"))


def test_the_same_path_in_two_content_directories_is_reported_for_the_second(tmp_path: Path):
    write(tmp_path / "one", "a.md", "b.md")
    write(tmp_path / "two", "b.md", "c.md")
    first, second = tmp_path / "one", tmp_path / "two"
    reason = f"b.md: is in {first} and in {second}; only the first is read, rename the other"
    assert found(settings_for(first, second)) == ["a.md", "b.md", reason, "c.md"]


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("# A\n")
    assert found(settings_for(tmp_path)) == ["caf?.md: has a name that is not UTF-8; rename it"]


def test_a_stamp_changes_with_the_file_and_with_what_shapes_a_post(tmp_path: Path):
    write(tmp_path, "a.md")
    stamps = [next(iter(discover(settings_for(tmp_path)))).stamp]
    stamps.append(next(iter(discover(settings_for(tmp_path, language="de")))).stamp)
    (tmp_path / "a.md").write_text("# Another\n")
    stamps.append(next(iter(discover(settings_for(tmp_path)))).stamp)
    assert len(set(stamps)) == 3


def test_the_recipe_leaves_out_what_does_not_shape_a_post(tmp_path: Path):
    assert recipe(settings_for(tmp_path, per_page=3)) == recipe(settings_for(tmp_path))
    assert recipe(settings_for(tmp_path, addresses=AddressSettings(heading_ids="python"))) != recipe(
        settings_for(tmp_path)
    )


def test_a_fingerprint_depends_on_bytes_and_recipe_and_not_on_time(tmp_path: Path):
    write(tmp_path, "a.md")
    settings = settings_for(tmp_path)
    source = next(item for item in discover(settings) if isinstance(item, Source))
    first = fingerprint(source, settings)
    os.utime(source.file, (1, 1))
    assert fingerprint(source, settings) == first == read_post(source, settings).fingerprint
    assert fingerprint(source, settings_for(tmp_path, base_url="https://a.example")) != first
