"""JSON schemas of the API's answers, made from their types by msgspec, with what the types do not say."""

from typing import Any

import msgspec

from ...index.model import Results
from ...index.sync.jobs import Job
from ..rendering.error_response import Problem
from ..search.parameters import MAX_PER_PAGE
from .api import RelatedArticles, Suggestions
from .health import Alive, Ready

Json = dict[str, Any]

ANSWERS = (Results, RelatedArticles, Suggestions, Job, Alive, Ready, Problem)


def as_list(items: Json) -> Json:
    """Return the schema of an array."""
    return {"type": "array", "items": items}


def ref(kind: str, name: str) -> Json:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def _described(text: str) -> Json:
    return {"description": text}


_FACETS = ("tag", "year", "language")

# What the types do not say: by the name of a field, of a class, or of a class and its field.
ADDITIONS: dict[str, Json] = {
    "path": _described("Its file, relative to its content directory."),
    "url": {"format": "uri-reference"},
    "generation": _described("Of the index; grows with every change."),
    "length": _described("Of its text, in characters."),
    **{name: {"format": "date-time"} for name in ("date", "updated", "asked", "started", "ended")},
    "Results": _described("One page of the articles that match a query."),
    "Results.query": _described("As it was asked."),
    "Results.total": _described("How many articles match."),
    "Results.complete": _described("How many of them have all the words; the others have some."),
    "Results.page": {"minimum": 1},
    "Results.per_page": {"minimum": 1, "maximum": MAX_PER_PAGE},
    "Results.took_ms": {
        "minimum": 0,
        "description": "Of the search that made this answer; a server process caches answers until the index changes.",
    },
    "Results.relaxed": _described("No article has all the words; these have some of them."),
    "Results.correction": _described("The query that was searched instead, as no article has all the words as typed."),
    "Results.did_you_mean": _described("A query that is more likely to be meant than the one that was searched."),
    "Results.unfinished": _described(
        "The last word, if no article has all the words as typed and it was searched as the beginning of a word."
    ),
    "Results.learned": _described("Words that articles use for those of the query, which were searched as well."),
    "LearnedWord.kinds": _described("How articles say so: abbreviation, heading, link, tag, translation."),
    "LearnedWord.posts": _described("Paths of the first articles that say so."),
    "Results.operators": _described("The operators in the query, such as OR; they are not searched as words."),
    "Results.facets": {
        "description": "Values and the number of matching articles with each, most frequent first, years newest first;"
        " also of the keys that the journal's settings name, such as a series.",
        "properties": dict.fromkeys(_FACETS, as_list(ref("schemas", "Facet"))),
        "required": list(_FACETS),
        "additionalProperties": as_list(ref("schemas", "Facet")),
    },
    "Hit.further": {"maxItems": 3},
    "Hit.missing": _described("The words of the query that it lacks, without those that only join others."),
    "Hit.by_meaning": _described("It has none of the words, and is about something similar; needs a model of meaning."),
    "Hit.superseded_by": _described("The latest article that supersedes it; null without one."),
    "Hit.also_at": _described("Articles with the same text that match, too; they are not listed."),
    "Hit.translations": _described("The same article in other languages; of all, one in the reader's is listed."),
    "Hit.shown": _described("Values of the keys of front matter that the journal's settings name for results."),
    "Hit.thumbnail": _described("The address of its picture as the article has it; empty without one."),
    "Hit.pinned": _described("The author put it first for this query."),
    "Hit.explanation": _described("With `explain=1` and the best match first: the score and what it is made of."),
    "Hit.journal": _described("The name of its journal, where several were searched together."),
    "Explanation.how": _described("How it follows from its parts: sum, product, or a formula."),
    "Passage.section": _described("Title of the section; empty before the first heading."),
    "Passage.url": _described("The article's, with the anchor."),
    "Passage.html": _described("Escaped text; the words of the query are in <mark>."),
    "Passage.code": _described("Language of the code block that is shown, empty where none is named; null for prose."),
    "Suggestion": _described("An article, a section of one, a completion of the query, a tag, or a year."),
    "Suggestion.title": _described("The article's, the completed query, the tag or the year."),
    "Suggestion.html": _described("The title, or the section's, escaped; the words that were typed are in <mark>."),
    "Suggestion.passage": _described("The sentence that has them, escaped and marked; empty where the text has none."),
    "Suggestion.count": _described("How many articles have a tag or are of a year."),
    "Suggestion.section": _described("Its title, if it is a section."),
    "Suggestion.url": _described("Of an article or a section."),
    "Suggestion.query": _described("What a completion searches."),
    "Job.read": _described("Files read so far."),
    "Job.files": _described("Files to read."),
    "Job.generation": _described("Of the index, when the job is done."),
    "Job.posts": _described("How many posts were added, updated, deleted, unchanged, held back and failed."),
    "Job.message": _described("What went wrong."),
    "Health.status": {
        "enum": ["green", "yellow"],
        "description": "Yellow: replicas of the index's shards are missing.",
    },
    "Health.nodes": _described("How many nodes there are."),
    "Health.unassigned": _described("Shards and replicas of the index that are on no node."),
    "Problem.status": {"minimum": 400, "maximum": 599},
    "Problem.parameter": _described("Which parameter cannot be used."),
    "Problem.allowed": _described("What it may be."),
}


def schemas() -> Json:
    """Return the schemas of all answers, by the names of their types."""
    _, made = msgspec.json.schema_components(ANSWERS, ref_template=ref("schemas", "{name}")["$ref"])
    whole = {name: _schema(name, schema) for name, schema in made.items()}
    return whole | _chosen(whole["Results"], whole["Hit"])


def _chosen(results: Json, hit: Json) -> Json:
    """Return the schemas of a page of results whose hits have only some fields, or that a cursor leads to."""
    properties = results["properties"] | {
        "hits": as_list(ref("schemas", "ChosenHit")),
        "next": {"type": ["string", "null"]} | _described("With `cursor`: that of the next page, null on the last."),
    }
    return {
        "ChosenResults": results | {"properties": properties},
        "ChosenHit": hit | _described("The fields of a hit that were asked for.") | {"required": []},
    }


def _schema(name: str, schema: Json) -> Json:
    """Return the schema of a type as it is sent: nothing beside its fields, and with those that have a default."""
    fields = schema["properties"]
    return {
        "type": "object",
        **_described(schema["description"].partition("\n")[0]),
        **ADDITIONS.get(name, {}),
        "properties": {field: _field(f"{name}.{field}", fields[field]) for field in fields},
        "required": [field for field in fields if field in schema["required"] or "default" in fields[field]],
        "additionalProperties": False,
    }


def _field(name: str, schema: Json) -> Json:
    sent: Json = _sent(schema)
    return sent | ADDITIONS.get(name.partition(".")[2], {}) | ADDITIONS.get(name, {})


def _sent(schema: Any) -> Any:
    """Return a field's schema without its default, as every field is sent; integers count, and are never negative."""
    if isinstance(schema, list):
        return [_sent(alternative) for alternative in schema]
    if not isinstance(schema, dict):
        return schema
    bound = {"minimum": 0} if schema.get("type") == "integer" else {}
    return bound | {key: _sent(value) for key, value in schema.items() if key != "default"}
