"""What a rule finds, how much it matters, and what each rule is for."""

from dataclasses import dataclass
from typing import Literal

from ...model import Source
from ...posts.addresses.globs import matches_glob
from ...settings import Rule, Settings

Level = Literal["off", "warning", "error"]


@dataclass(frozen=True, slots=True)
class About:
    """What a rule finds, in a phrase, and how much that matters where nothing is set."""

    level: Level
    text: str


RULES: dict[Rule, About] = {
    "alike": About("warning", "Posts with nearly the same text"),
    "boost": About("warning", "A boost that has no effect, as it is out of range"),
    "code-language": About("warning", "Code blocks that name no language"),
    "common-heading": About("warning", "Headings of many posts that say nothing of their sections"),
    "dead-anchor": About("error", "Links to a place within a post that is not there"),
    "dead-image": About("error", "Pictures beside the posts that are not there"),
    "dead-link": About("error", "Links within the site that lead nowhere"),
    "duplicate-address": About("error", "Posts that ask for the same address"),
    "duplicate-id": About("warning", "Ids that a post gives twice"),
    "duplicate-title": About("warning", "Posts of one folder with the same title"),
    "empty-section": About("warning", "Headings with nothing below them"),
    "front-matter": About("error", "Front matter that does not parse"),
    "future-date": About("warning", "Posts dated in the future"),
    "held-back": About("warning", "Drafts, expired and unlisted posts, which readers do not find"),
    "huge-section": About("warning", "Sections too long to land in"),
    "image-alt": About("warning", "Pictures without a text for those who do not see them"),
    "missing-date": About("warning", "Posts without a date among posts that have one"),
    "readers-words": About("warning", "Posts that lack words under which readers look for them (from `insights`)"),
    "title-not-first": About("warning", "Posts that a search for their own title does not find first"),
    "unreadable": About("error", "Posts that cannot be read"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in one post.

    Attributes:
        line: The line in the file, counted from 1, or None where the fault is of the whole.
        message: What is wrong.
        advice: What to do about it.
    """

    rule: Rule
    source: Source
    line: int | None
    message: str
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault that counts. `file` is relative to the current directory where it lies below it."""

    rule: Rule
    level: Level
    path: str
    file: str
    line: int | None
    message: str
    advice: str


def level_of(rule: Rule, path: str, settings: Settings) -> Level:
    """Find how much a rule matters for a post; the last of the settings that says so wins."""
    level = RULES[rule].level
    for part in settings.check:
        if any(matches_glob(pattern, path) for pattern in part.paths):
            named: dict[Level, tuple[Rule, ...]] = {"off": part.off, "warning": part.warning, "error": part.error}
            level = next((each for each, rules in named.items() if rule in rules), level)
    return level
