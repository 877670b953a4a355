"""The article that a page describes as linked data: schema.org in JSON-LD."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

JSON_LD_TYPE = "application/ld+json"
"""The type of a script that holds JSON-LD."""

ARTICLE_TYPES = frozenset(
    ("Article", "BlogPosting", "NewsArticle", "TechArticle", "ScholarlyArticle", "LiveBlogPosting", "APIReference")
)
"""Types of an article and its kinds: https://schema.org/Article."""

_SCHEMA_NAMES = {
    "title": "headline",
    "date": "datePublished",
    "updated": "dateModified",
    "summary": "description",
    "tags": "keywords",
}

Thing = Mapping[str, Any]


class LinkedArticle(NamedTuple):
    """What scripts say of an article.

    Attributes:
        is_article: Whether they describe one article, and not a page or a list of articles.
        values: The metadata with the keys of front matter.
    """

    is_article: bool = False
    values: Mapping[str, Any] = {}


def linked_article(scripts: Iterable[str]) -> LinkedArticle:
    """Return what JSON-LD says of the one article that it describes, or else of the page."""
    things = [thing for script in scripts for thing in _things(_parsed(script))]
    articles = [thing for thing in things if not ARTICLE_TYPES.isdisjoint(_types(thing))]
    dated = articles or [thing for thing in things if "datePublished" in thing]
    if len(dated) != 1:
        return LinkedArticle()
    by_id = {str(thing["@id"]): thing for thing in things if "@id" in thing}
    values = {key: dated[0].get(name) for key, name in _SCHEMA_NAMES.items()}
    values["author"] = [name for person in _listed(dated[0].get("author")) if (name := _name(person, by_id))]
    return LinkedArticle(bool(articles), values)


def _parsed(script: str) -> object:
    try:
        return json.loads(script, strict=False)  # Templates write line breaks into texts.
    except (ValueError, RecursionError):
        return None


def _things(document: object) -> Iterator[Thing]:
    """Yield what a document describes: itself, what it lists, and what is in its graph."""
    for thing in _listed(document):
        if isinstance(thing, dict):
            yield thing
            for key in ("@graph", "mainEntity"):
                yield from (inner for inner in _listed(thing.get(key)) if isinstance(inner, dict))


def _types(thing: Thing) -> list[str]:
    return [str(name).rpartition("/")[2] for name in _listed(thing.get("@type"))]


def _name(person: object, by_id: Mapping[str, Thing]) -> str:
    if isinstance(person, dict):
        known = by_id.get(str(person.get("@id")), {})
        person = person.get("name") or known.get("name")
    return person if isinstance(person, str) and "://" not in person else ""


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
