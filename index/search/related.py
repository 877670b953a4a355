"""Related articles, found by an article's key terms; with a model of meaning, the nearest of them come first."""

from .. import analysis
from ..engines.base import Match, Snapshot
from ..model import Article, Related
from ..posts.language_detection import COMMON_WORDS
from ..query.tree import And, Filter, Node, Not, Or, Word

# More say little that these have not said; fewer are what the article happens to mention.
TERMS = 25
# What an article has to score, as a share of what the one that it is compared with scores for its own words. Of the
# pairs of posts of the Go site, 26 % of those at 0.25 to 0.3 link to each other, as of those with more; 17 % at 0.2 to
# 0.25, 10 % at 0.15 to 0.2, 4 % below. What was read of those below 0.25 had a word or two in common and no more.
MIN_RELATED_SHARE = 0.25


def related(snapshot: Snapshot, article: Article, limit: int = 5) -> tuple[Related, ...]:
    """Return the articles that match an article's key terms best, those in its language first.

    Args:
        snapshot: The generation that answers.
        article: One that this generation holds.
        limit: How many at most; there may be none.
    """
    words = Or(tuple(map(Word, _distinct_key_terms(snapshot, article))))
    same, own = Filter("language", article.language), Filter("path", article.path)
    # Of the Go site's posts that link to a post, up to five a post, 32.9 % are shown; 30.6 % without a model.
    meaning = article.title
    least = sum(match.score for match in _find(snapshot, words, own, meaning=meaning)) * MIN_RELATED_SHARE
    # The article itself is found, or a copy of it in its place.
    near = _find(snapshot, words, same, limit=limit + 1, meaning=meaning)
    found = [match for match in near if not _is(match, article)][:limit]
    found += _find(snapshot, words, Not(same), limit=limit - len(found), meaning=meaning)
    return tuple(_related(match) for match in found if match.score >= least and not _is(match, article))


def _is(match: Match, article: Article) -> bool:
    """Check whether a match is an article or a copy of it."""
    return article.path in (match.article.path, *(copy.path for copy in match.copies))


def _distinct_key_terms(snapshot: Snapshot, article: Article) -> list[str]:
    """Return the key terms, one a stem, without stop words, which are rare in a small journal."""
    common = COMMON_WORDS.get(article.language.partition("-")[0], "").split()
    stems: dict[str, str] = {}
    for term in snapshot.key_terms(article.slug, 2 * TERMS):
        if term not in common:
            stems.setdefault(analysis.stem(term, article.language), term)
    return list(stems.values())[:TERMS]


def _find(snapshot: Snapshot, words: Node, *filters: Node, limit: int = 1, meaning: str = "") -> list[Match]:
    return list(snapshot.find(And((words, *filters)), limit=limit, meaning=meaning).matches) if limit else []


def _related(match: Match) -> Related:
    article = match.article
    return Related(
        path=article.path,
        url=article.url,
        title=article.title,
        date=article.date,
        tags=article.tags,
        author=article.author,
        language=article.language,
        length=article.sections[-1].end,
        score=round(match.score, 6),
    )
