"""Patterns of posts' paths, as configurations have them: `*` and `?` within a folder, `**` across folders."""

import re
from functools import lru_cache

_SIGNS = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANINGS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(pattern: str, path: str) -> bool:
    """Tell whether a pattern is that of a whole path."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    literals = _SIGNS.split(pattern)
    signs = [_MEANINGS[sign] for sign in _SIGNS.findall(pattern)]
    return re.compile(
        "".join(re.escape(text) + sign for text, sign in zip(literals, [*signs, ""], strict=True)), re.DOTALL
    )
