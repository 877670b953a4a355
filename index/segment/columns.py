"""Values of a post that are stored as columns: dates as seconds, and terms that filters match exactly."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from ..analysis import fold, terms, value_key
from ..model import Post
from .arrays import checksum
from .references import IS_DECLARED, NAME, OTHER_NAME, SUCCESSION, TRANSLATED, names_of, paired_names

# The zero of the date column. Earlier dates are negative numbers.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = -(2**62)

# Characters from which on the same text is the same article; stubs and templates often have the same words.
MIN_COPIED_LENGTH = 200


def exact_terms(post: Post) -> dict[str, list[str]]:
    """Return the values that filters look for: each part of the author's name, and whole values of all else."""
    return {
        "path": [post.path],
        "slug": [post.slug],
        "alias": list(post.aliases),
        "tag": _keys(post.tags),
        "author": terms(post.author),
        "language": [post.language.casefold()],
        "year": [str(post.date.year)] if post.date else [],
    }


def facet_terms(post: Post) -> list[str]:
    """Return what filters look for beside: name, NUL and value of each key of the settings, and names of the post.

    Values are found without accents, too.
    """
    own = [f"{name}\0{key}" for name, values in post.facets.items() for key in _keys(values)]
    named = [f"{NAME}\0{value_key(name)}" for name in sorted(names_of(post))]
    declared = [f"{SUCCESSION}\0{IS_DECLARED}"] if post.supersedes or post.superseded_by else []
    translated = [f"{TRANSLATED}\0{value_key(post.translated)}"] if post.translated else []
    paired = [f"{OTHER_NAME}\0{name}" for name in sorted(paired_names(post))]
    # An author is found by each part of the name; see `exact_terms`.
    return [*(term for term in own if not term.startswith("author\0")), *named, *declared, *translated, *paired]


def text_sum(text: str) -> int:
    """Return a checksum of a text, by which copies are known, whatever the space in it; 0 for a short one."""
    words = " ".join(text.split())
    return checksum(words.encode()) if len(words) >= MIN_COPIED_LENGTH else 0


def translation_sum(post: Post) -> int:
    """Return a checksum of what the translations of a post share; 0 where nothing says what they would."""
    return checksum(post.translated.encode()) if post.translated else 0


def title_sum(title: str | Sequence[str]) -> int:
    """Return a checksum of the terms of a title, given as text or as terms."""
    return checksum("\n".join(terms(title) if isinstance(title, str) else title).encode())


def _keys(values: Iterable[str]) -> list[str]:
    """Return what finds some values: their keys, and these without accents."""
    keys = list(map(value_key, values))
    return list(dict.fromkeys([*keys, *map(fold, keys)]))


def seconds(when: datetime | date | None) -> int:
    """Return a date as whole seconds since 1970: UNDATED for None, midnight UTC for a day."""
    if when is None:
        return UNDATED
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return (when - EPOCH) // timedelta(seconds=1)
