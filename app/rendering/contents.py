"""An article's list of contents."""

from dataclasses import dataclass

from ...index.model import Post, Section

# A list of contents is worth its place from here on.
MIN_CONTENTS = 3
# Deeper headings are details.
MAX_CONTENTS_LEVEL = 3


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line in an article's list of contents; `depth` from 0."""

    title: str
    anchor: str
    depth: int


def contents(post: Post) -> tuple[ContentsEntry, ...]:
    """Return an article's list of contents; empty for an article of few sections."""
    listed = [section for section in post.sections if _is_listed(section, post.title)]
    if len(listed) < MIN_CONTENTS:
        return ()
    top = min(section.level for section in listed)
    return tuple(ContentsEntry(section.title, section.anchor, section.level - top) for section in listed)


def _is_listed(section: Section, title: str) -> bool:
    repeats_title = section.level == 1 and section.title == title
    return bool(section.anchor and section.title) and section.level <= MAX_CONTENTS_LEVEL and not repeats_title
