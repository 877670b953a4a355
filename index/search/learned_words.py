"""Words that the journal uses for each other, learned from its posts: used like synonyms where a query finds little.

What a post says is found when it is read (`Article.name_pairs`), and the index knows which posts have another name for
something. What posts together say is put together when a query asks for it, so that a changed post changes no other.
Nothing is learned from what readers look for.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from .. import analysis
from ..analysis import stem
from ..engines.base import Snapshot
from ..model import Article, LearnedWord, NamePair
from ..query.analysed import AnalysedQuery
from ..query.synonyms import MAX_SYNONYM_WORDS, Exclusions, Synonyms, Terms
from ..query.tree import And, Filter, Node, Or, Word
from ..ranking import JOINING
from ..segment.references import NAME, OTHER_NAME, TRANSLATED, looked_up, names_of
from .tag_words import tagged_words

# Words of a query whose other names are looked for; a longer one says enough by itself.
MAX_NAMED_WORDS = 12
# A word that more posts have needs no other name.
MANY_POSTS = 100
# Posts that are asked for other names of a query's words, the oldest first: what more of them say is the same.
MAX_POSTS = 50
# Other names of one name; of more, it is not known which is meant.
MAX_OTHERS = 3
# Names whose terms are kept.
CACHED_NAMES = 8_192
# Posts that are named for what they say.
MAX_NAMED_POSTS = 3
# Posts that have to link with a text before it is a name: one may have written anything.
MIN_LINKING = 2

# A link of a post: the terms of its text, the text with what it leads to, and the post.
NamingLink = tuple[Terms, NamePair, Article]


@lru_cache(maxsize=CACHED_NAMES)
def _terms(name: str) -> Terms:
    """Return the terms of a name; those of the same posts are asked for again and again."""
    return tuple(analysis.terms(name))


class Evidence:
    """The posts that have a name for another one, by the kind of what they say.

    Attributes:
        typed: The name, as the first of them writes it.
        other: The other one, likewise.
        by_kind: Their paths.
        languages: Their languages.
    """

    def __init__(self, typed: str, other: str) -> None:
        self.typed, self.other = typed, other
        self.by_kind: dict[str, set[str]] = defaultdict(set)
        self.languages: set[str] = set()

    @property
    def posts(self) -> set[str]:
        """The paths of all of them."""
        return set().union(*self.by_kind.values())

    def word(self) -> LearnedWord:
        """Return what was learned."""
        kinds, posts = tuple(sorted(self.by_kind)), sorted(self.posts)
        named = tuple(posts[:MAX_NAMED_POSTS])
        return LearnedWord(typed=self.typed, other=self.other, kinds=kinds, count=len(posts), posts=named)


class Lesson:
    """Collects what posts say of some names.

    Args:
        wanted: The terms of the names that are asked for; None for all.
        known: Words that the query has anyway.
    """

    def __init__(self, wanted: Collection[Terms] | None = None, known: Sequence[str] = ()) -> None:
        self._wanted = wanted
        self._known = known
        self._pairs: dict[tuple[Terms, Terms], Evidence] = {}

    def wants(self, name: str) -> Terms | None:
        """Return the terms of a name, None if it is not asked for."""
        terms = _terms(name)
        return terms if terms and (self._wanted is None or terms in self._wanted) else None

    def add(self, typed: str, other: str, kind: str, post: Article) -> None:
        """Add that a post has another name for one."""
        terms, others = self.wants(typed), _terms(other)
        if terms and others:
            evidence = self._pairs.setdefault((terms, others), Evidence(typed, other))
            evidence.by_kind[kind].add(post.path)
            evidence.languages.add(post.language)

    def _says_more(self, typed: Terms, other: Terms, languages: Collection[str]) -> bool:
        """Check whether another name has words that are not searched anyway, and lacks some of the name's."""
        if JOINING.issuperset(typed):
            return False
        for language in languages:
            own, others, known = ({stem(term, language) for term in terms} for terms in (typed, other, self._known))
            if own <= others or others <= own | known:
                return False
        return True

    def learned(self, excluded: Exclusions) -> list[LearnedWord]:
        """Return the other names of each name that most posts have, in the order of the names."""
        by_typed: dict[Terms, list[tuple[Terms, Evidence]]] = defaultdict(list)
        for (typed, other), evidence in self._pairs.items():
            if (typed, other) not in excluded:
                by_typed[typed].append((other, evidence))
        found = []
        for typed, others in sorted(by_typed.items()):
            most = max(len(evidence.posts) for _, evidence in others)
            frequent = [(other, each) for other, each in others if 2 * len(each.posts) >= most]
            frequent.sort(key=lambda item: (-len(item[1].posts), item[0]))
            kept = [each for other, each in frequent if self._says_more(typed, other, each.languages)]
            found += [evidence.word() for evidence in kept[:MAX_OTHERS]]
        return found


def learned_words(snapshot: Snapshot, query: AnalysedQuery, excluded: Exclusions) -> list[LearnedWord]:
    """Return other names for the words of a query, without those that the author excludes."""
    spans = _spans(query.tree) if len(query.leaves) <= MAX_NAMED_WORDS else {}
    known = snapshot.document_frequencies(sorted({term for terms in spans for term in terms})) if spans else {}
    spans = {terms: text for terms, text in spans.items() if _may_be_named(terms, known)}
    if not spans:
        return []
    filters = [Filter(OTHER_NAME, " ".join(terms)) for terms in spans]
    if len(snapshot.languages) > 1:
        filters += [Filter(NAME, f"={text}") for text in spans.values()]
    articles = _filtered(snapshot, filters)
    lesson = Lesson(spans, query.terms)
    add_names(lesson, articles)
    links = find_links(lesson, articles)
    add_links(lesson, links, by_name(_filtered(snapshot, [Filter(NAME, name) for name in _linked(links)])))
    titled = [article for article in articles if lesson.wants(article.title)]
    groups = {article.translated for article in titled} - {""}
    add_translations(lesson, titled, _filtered(snapshot, [Filter(TRANSLATED, group) for group in sorted(groups)]))
    for term, other, posts in tagged_words(snapshot, [terms[0] for terms in spans if len(terms) == 1]):
        for post in posts:
            lesson.add(term, other, "tag", post)
    return lesson.learned(excluded)


def _may_be_named(terms: Terms, posts: Mapping[str, int]) -> bool:
    """Check whether posts may have another name for a run of terms: each is in some post, and one is no common word."""
    return all(map(posts.__getitem__, terms)) and (len(terms) > 1 or posts[terms[0]] <= MANY_POSTS)


def by_terms(words: Iterable[LearnedWord]) -> Synonyms:
    """Return learned words as synonyms are given."""
    found: dict[Terms, tuple[str, ...]] = {}
    for word in words:
        typed = tuple(analysis.terms(word.typed))
        found[typed] = (*found.get(typed, ()), word.other)
    return found


def _spans(tree: Node) -> dict[Terms, str]:
    """Return the terms of up to MAX_SYNONYM_WORDS plain words next to each other, with the words as they are typed."""
    nodes = tree.nodes if isinstance(tree, And) else (tree,)
    found: dict[Terms, str] = {}
    for start in range(len(nodes)):
        terms: Terms = ()
        for end in range(start, min(len(nodes), start + MAX_SYNONYM_WORDS)):
            word = nodes[end]
            if not isinstance(word, Word) or word.field is not None:
                break
            terms += tuple(analysis.terms(word.text))
            found[terms] = " ".join(each.text for each in nodes[start : end + 1] if isinstance(each, Word)).casefold()
    found.pop((), None)
    return found


def _filtered(snapshot: Snapshot, filters: Sequence[Filter]) -> list[Article]:
    """Return the oldest posts that any of some filters has."""
    limit = max(MAX_POSTS, len(filters))
    found = snapshot.find(Or(tuple(filters)), sort="oldest", limit=limit).matches if filters else ()
    return [match.article for match in found]


def add_names(lesson: Lesson, articles: Iterable[Article]) -> None:
    """Add what posts have two names for themselves."""
    for article in articles:
        for pair in article.name_pairs:
            if pair.kind != "link":
                lesson.add(pair.name, pair.other, pair.kind, article)
                lesson.add(pair.other, pair.name, pair.kind, article)


def find_links(lesson: Lesson, articles: Iterable[Article]) -> list[NamingLink]:
    """Return the links of posts whose texts are names that are asked for, unless one post alone has such a link."""
    links = [
        (terms, pair, article)
        for article in articles
        for pair in article.name_pairs
        if pair.kind == "link" and (terms := lesson.wants(pair.name))
    ]
    times = Counter(terms for terms, _, _ in links)
    return [link for link in links if times[link[0]] >= MIN_LINKING]


def add_links(lesson: Lesson, links: Iterable[NamingLink], posts: Mapping[str, Article]) -> None:
    """Add the titles of posts that others link to by a name, if most of these links lead to one.

    Args:
        lesson: What to add to.
        links: The links; see `find_links`.
        posts: The posts that they lead to, by each of their names.
    """
    linking: dict[Terms, dict[str, dict[str, tuple[str, Article]]]] = defaultdict(lambda: defaultdict(dict))
    titles: dict[str, str] = {}
    for terms, pair, article in links:
        post = next((posts[name] for name in looked_up(pair.other, article) if name in posts), None)
        target = post.path if post else pair.other
        linking[terms][target][article.path] = (pair.name, article)
        if post and post.path != article.path:
            titles[target] = post.title
    for targets in linking.values():
        target = max(sorted(targets), key=lambda target: len(targets[target]))
        from_one, from_all = targets[target], set().union(*targets.values())
        if target in titles and len(from_one) >= MIN_LINKING and 2 * len(from_one) > len(from_all):
            for name, article in from_one.values():
                lesson.add(name, titles[target], "link", article)


def _linked(links: Iterable[NamingLink]) -> list[str]:
    """Return the names that links may stand for."""
    return sorted({name for _, pair, article in links for name in looked_up(pair.other, article)})


def by_name(articles: Iterable[Article]) -> dict[str, Article]:
    """Return posts by each of their names; of several with one, the first."""
    found: dict[str, Article] = {}
    for article in articles:
        for name in names_of(article):
            found.setdefault(name, article)
    return found


def add_translations(lesson: Lesson, articles: Iterable[Article], others: Iterable[Article]) -> None:
    """Add the titles of posts' translations, which have what the posts share with these alone."""
    by_group: dict[str, list[Article]] = defaultdict(list)
    for other in others:
        by_group[other.translated].append(other)
    for article in articles:
        for other in by_group.get(article.translated, ()):
            if article.translated and article.language != other.language:
                lesson.add(article.title, other.title, "translation", other)
