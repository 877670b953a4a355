"""The names by which posts refer to each other: path, slug, address or title, however each is written."""

import re
from posixpath import dirname, join, normpath

from ..analysis import terms
from ..model import POST_SUFFIXES, Article

# Filters of the index's own; no key of front matter has a space.
NAME, SUCCESSION, TRANSLATED, OTHER_NAME = "post name", "post succession", "post translated", "other name"
OWN = (NAME, SUCCESSION, TRANSLATED, OTHER_NAME)
IS_DECLARED = "declared"

_SCHEME = re.compile(r"https?://", re.IGNORECASE)


def names_of(article: Article) -> set[str]:
    """Return the names of a post, normalized."""
    return {*map(_address, (article.path, article.slug, article.url, *article.aliases)), _title(article.title)} - {""}


def looked_up(reference: str, article: Article) -> list[str]:
    """Return the names that a reference in a post may stand for, likeliest first."""
    folders = (dirname(article.path), article.url.rstrip("/"), dirname(article.url.rstrip("/")))
    relative = [] if _SCHEME.match(reference) else [_address(join(folder, reference)) for folder in folders]
    names = [_address(reference), *relative, _title(reference)]
    return [name for name in dict.fromkeys(names) if name]


def paired_names(article: Article) -> set[str]:
    """Return the names for which a post has another one, as terms; what a link leads to is no name."""
    names = {name for pair in article.name_pairs for name in (pair.name, pair.other if pair.kind != "link" else "")}
    return {" ".join(terms(name)) for name in names} - {""}


def _title(text: str) -> str:
    """Normalize a title; the sign keeps it from being an address."""
    words = " ".join(text.casefold().split())
    return f"={words}" if words else ""


def _address(text: str) -> str:
    """Normalize a path or an address: without scheme, slashes around it, suffix and `index`."""
    path = _SCHEME.sub("", text.strip()).partition("#")[0].partition("?")[0].casefold().strip("/")
    path = normpath(path).lstrip("./") if path else ""
    suffix = next((suffix for suffix in POST_SUFFIXES if path.endswith(suffix)), "")
    path = path.removesuffix(suffix)
    return path.removesuffix("/index").removesuffix("/_index")
