"""Patterns of posts' paths, as configurations have them: `*` and `?` within a folder, `**` across folders."""

import re
from functools import lru_cache

_WILDCARDS = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches_glob(pattern: str, path: str) -> bool:
    """Check whether a pattern matches a whole path."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    literals = _WILDCARDS.split(pattern)
    signs = [_MEANINGS[sign] for sign in _WILDCARDS.findall(pattern)]
    return re.compile(
        "".join(re.escape(text) + sign for text, sign in zip(literals, [*signs, ""], strict=True)), re.DOTALL
    )
