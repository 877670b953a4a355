"""The rules of `backmatter check`, and how much each matters for which posts."""

from typing import Literal

from msgspec import Struct

Rule = Literal[
    "alike",
    "boost",
    "code-language",
    "common-heading",
    "dead-anchor",
    "dead-image",
    "dead-link",
    "duplicate-address",
    "duplicate-id",
    "duplicate-title",
    "empty-section",
    "front-matter",
    "future-date",
    "held-back",
    "huge-section",
    "image-alt",
    "missing-date",
    "readers-words",
    "title-not-first",
    "unreadable",
]


class Levels(Struct, frozen=True, forbid_unknown_fields=True):
    """How much some rules of `backmatter check` matter for some posts.

    Attributes:
        paths: Patterns of posts' paths below their content directory: `*` within a folder, `**` across folders.
    """

    paths: tuple[str, ...] = ("**",)
    off: tuple[Rule, ...] = ()
    warning: tuple[Rule, ...] = ()
    error: tuple[Rule, ...] = ()
