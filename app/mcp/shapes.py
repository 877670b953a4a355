"""The shapes of what the tools return as data; the protocol sends their schemas."""

from pydantic import BaseModel


class ListedArticle(BaseModel):
    """An article in a list; `date` is a day, None where there is none."""

    title: str
    url: str
    date: str | None
    tags: list[str]


class FoundPassage(BaseModel):
    """The passage that answers; `code` is the language of a listing ("" if it names none), None for prose."""

    section: str
    url: str
    text: str
    code: str | None


class FurtherSection(BaseModel):
    """Another section of the article that has words of the query."""

    section: str
    url: str


class FoundArticle(ListedArticle):
    """A result; `missing` are the words that it lacks, `superseded_by` is the address of a newer article."""

    passage: FoundPassage
    further: list[FurtherSection]
    missing: list[str]
    superseded_by: str | None


class SearchResults(BaseModel):
    """A page of results: `note` says what was searched and what to try, `next_page` is 0 on the last one."""

    note: str
    total: int
    page: int
    next_page: int
    results: list[FoundArticle]
    facets: dict[str, dict[str, int]]


class RelatedList(BaseModel):
    """Articles about the same, most similar first."""

    articles: list[ListedArticle]


class Overview(BaseModel):
    """What a journal is about."""

    title: str
    total: int
    facets: dict[str, dict[str, int]]
    newest: list[ListedArticle]
