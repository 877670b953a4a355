"""What agents may ask of a journal. Nothing here knows the protocol."""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from ...index.engines.base import Snapshot
from ...index.errors import BackmatterError
from ...index.model import Facet, Hit, Post, Related, Results
from ...index.posts.addresses.slugs import page_address
from ...index.query.analysed import AnalysedQuery, analyse
from ...index.query.tree import Everything, Sort
from ...index.search.related import related
from ...index.search.search import search, ways_on
from ..context import Journal
from ..errors import ArticleGone, NoSuchArticle
from ..rendering.article_markdown import MarkdownArticle
from .shapes import FoundArticle, FoundPassage, FurtherSection, ListedArticle, Overview, RelatedList, SearchResults
from .wording import day_and_tags

# Values of a facet that results name, and the overview: what narrows a search down, and no more.
MAX_VALUES, MAX_TOPICS = 6, 40
# Facets that narrow a search down; its language is the reader's.
UNNAMED = "language"
MAX_NEWEST = 10
# Characters of an article that are read at once, some 4,000 tokens; a longer one is read by its sections.
MAX_READ = 16_000

_UNKNOWN = "no article has the address {!r}; search, and use an address of the results"


class NotInJournal(BackmatterError):
    """What an agent named is not there; the message says what to try."""


class Library:
    """Answers the questions of agents about one journal; each is answered from the latest generation."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._slugs: tuple[Snapshot, Mapping[str, str]] | None = None

    def search(self, text: str, limit: int, page: int, sort: Sort) -> SearchResults:
        """Answer a query."""
        settings, snapshot = self._journal.settings, self._journal.engine.snapshot()
        query = analyse(text, sort=sort, facets=settings.facets)
        results = search(
            snapshot,
            query,
            page=page,
            per_page=limit,
            editorial=self._journal.editorial,
            quoted=True,
            language=settings.language,
        )
        return SearchResults(
            note=_note(results) if results.total else _advice(snapshot, query),
            total=results.total,
            page=page,
            next_page=page + 1 if results.total > page * limit else 0,
            results=list(map(self._found, results.hits)),
            facets=_facets(results.facets, MAX_VALUES),
        )

    def read(self, address: str, section: str, offset: int) -> str:
        """Return an article, or one of its sections with those below it, as Markdown; at most `MAX_READ` characters.

        Raises:
            NotInJournal: No article has this address, or it has no such section.
        """
        post, anchor = self._find(address)
        article = self._text(post, address)
        wanted = _anchor(post, section) if section else anchor
        text = article.section(wanted) if wanted else article.text
        if not text:
            raise NotInJournal(f"{post.title!r} has no section {wanted!r}; it has: {_sections(post)}")
        part, following = _part(text, offset)
        url = self._journal.absolute(post.url)
        head = f"<{url}{f'#{wanted}' if wanted else ''}>{day_and_tags(self._entry(post))}"
        rest = (
            f"[{len(text) - following} characters follow: offset={following}; or read one section of {_sections(post)}]"
        )
        return "\n\n".join([head, part.strip("\n"), *([rest] if following else [])])

    def related(self, address: str) -> RelatedList:
        """Return the articles that are about the same as another one.

        Raises:
            NotInJournal: No article has this address.
        """
        post, _ = self._find(address)
        return RelatedList(articles=list(map(self._entry, related(self._journal.engine.snapshot(), post))))

    def overview(self) -> Overview:
        """Return what the journal is about: topics, years, and its newest articles."""
        settings, snapshot = self._journal.settings, self._journal.engine.snapshot()
        results = search(snapshot, analyse(""), per_page=MAX_NEWEST, language=settings.language)
        return Overview(
            title=settings.title,
            total=results.total,
            facets=_facets(results.facets, MAX_TOPICS),
            newest=list(map(self._entry, results.hits)),
        )

    def _found(self, hit: Hit) -> FoundArticle:
        url, passage = self._journal.absolute, hit.passage
        return FoundArticle(
            **self._entry(hit).model_dump(),
            passage=FoundPassage(section=passage.section, url=url(passage.url), text=passage.text, code=passage.code),
            further=[FurtherSection(section=place.section, url=url(place.url)) for place in hit.further],
            missing=list(hit.missing),
            superseded_by=url(hit.superseded_by.url) if hit.superseded_by else None,
        )

    def _entry(self, article: Hit | Related | Post) -> ListedArticle:
        date = f"{article.date:%Y-%m-%d}" if article.date else None
        return ListedArticle(
            title=article.title, url=self._journal.absolute(article.url), date=date, tags=list(article.tags)
        )

    def _text(self, post: Post, address: str) -> MarkdownArticle:
        try:
            return self._journal.texts.read(post, self._journal.engine.snapshot())
        except (ArticleGone, NoSuchArticle):
            raise NotInJournal(_UNKNOWN.format(address)) from None

    def _find(self, address: str) -> tuple[Post, str]:
        """Find an article by an address, with the anchor in it."""
        snapshot = self._journal.engine.snapshot()
        place, _, fragment = address.strip().strip("<>").partition("#")
        slug = self._slug(snapshot, place)
        post = snapshot.post(slug) if slug is not None else None
        if post is None:
            raise NotInJournal(_UNKNOWN.format(address))
        return post, unquote(fragment.partition(":~:")[0])

    def _slug(self, snapshot: Snapshot, place: str) -> str | None:
        """Return the slug for an address on the author's site or on this one, old ones too, or for a post's path."""
        held = snapshot.holdings().get(place)
        if held:
            return held.slug
        path = _path(place).removesuffix(".md")
        return self._by_address(snapshot).get(path) or snapshot.moved(page_address(path.removeprefix("articles/")))

    def _by_address(self, snapshot: Snapshot) -> Mapping[str, str]:
        """Return the slugs by the paths of addresses, on the author's site and on this one; made once a generation."""
        if self._slugs is None or self._slugs[0] is not snapshot:
            matches = snapshot.find(Everything(), limit=snapshot.stats().posts).matches
            articles = [match.article for match in matches]
            here = {f"articles/{article.slug}": article.slug for article in articles}
            there = {_path(article.url): article.slug for article in articles}
            self._slugs = snapshot, {**here, **there}
        return self._slugs[1]


def _path(address: str) -> str:
    """Return the path of an address without slashes around it, "" for what is no address."""
    try:
        return unquote(urlsplit(address).path).strip("/")
    except ValueError:
        return ""


def _note(results: Results) -> str:
    if results.correction:
        return f"Nothing has {results.query!r}; {_count(results.complete)} {results.correction!r}."
    if results.relaxed:
        return f"No article has all of the words; {results.total} have some."
    hint = f" Did you mean {results.did_you_mean!r}?" if results.did_you_mean else ""
    return f"{_count(results.complete)} all of the words.{hint}"


def _count(number: int) -> str:
    return "1 article has" if number == 1 else f"{number} articles have"


def _advice(snapshot: Snapshot, query: AnalysedQuery) -> str:
    ways = " or ".join(map(repr, ways_on(snapshot, query)))
    return f"Nothing has {query.text!r}; try {ways or 'fewer or other words, or no filter'}."


def _facets(facets: Mapping[str, tuple[Facet, ...]], most: int) -> dict[str, dict[str, int]]:
    return {
        name: {facet.value: facet.count for facet in values[:most]}
        for name, values in facets.items()
        if values and name != UNNAMED
    }


def _anchor(post: Post, section: str) -> str:
    """Return the anchor of a section that is named by it or by its title."""
    plain = section.strip().removeprefix("#")
    titles = {each.title.casefold(): each.anchor for each in post.sections}
    return titles.get(plain.casefold(), plain)


def _sections(post: Post) -> str:
    return ", ".join(f"#{each.anchor}" for each in post.sections if each.anchor) or "no sections"


def _part(text: str, offset: int) -> tuple[str, int]:
    """Cut a part of a text at the end of a paragraph; return it with the offset where it goes on, 0 for the end."""
    end = offset + MAX_READ
    if end >= len(text):
        return text[offset:], 0
    paragraph = text.rfind("\n\n", offset + MAX_READ // 2, end)
    end = paragraph if paragraph > 0 else end
    return text[offset:end], end
