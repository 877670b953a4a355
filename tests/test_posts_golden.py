"""What is read from whole posts, real ones and one of each dialect, is what a reader sees of them."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from msgspec import structs

from backmatter.index.model import Post, Source
from backmatter.index.posts import discover, read_post
from backmatter.index.settings import Settings

GOLDEN = Path(__file__).parent / "golden"
SETTINGS = Settings(content=(GOLDEN / "posts",))
SOURCES = [source for source in discover(SETTINGS) if isinstance(source, Source)]


def readable(post: Post) -> dict[str, object]:
    """Show a post's text as its sections' lines, which says all that the offsets say."""
    usual = {field.name: field.default for field in fields(Post)}
    shown = {name: value for name, value in asdict(post).items() if value and name not in UNSHOWN}
    shown = {name: value for name, value in shown.items() if name == "language" or value != usual[name]}
    sections = [
        {**structs.asdict(section), "text": post.text[section.start : section.end].splitlines()}
        for section in post.sections
    ]
    code = [{"language": code.language, "text": post.text[code.start : code.end]} for code in post.code]
    return {**shown, "sections": sections, "code": code}


UNSHOWN = ("text", "sections", "code", "stamp", "fingerprint")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_a_post_is_read_as_expected(source: Source, request: pytest.FixtureRequest):
    found = json.dumps(readable(read_post(source, SETTINGS)), indent=1, ensure_ascii=False, default=str) + "\n"
    file = GOLDEN / "expected" / f"{source.path}.json"
    if request.config.getoption("--update-golden"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found, "utf-8")
    assert found == file.read_text("utf-8")
