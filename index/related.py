"""Articles that are about the same as another one, by the words that tell it from the others."""

from index import analysis
from index.engine import Match, Snapshot
from index.model import Article, Related
from index.posts.detection import WORDS
from index.query import And, Filter, Node, Not, Or, Word

# More say little that these have not said; fewer are what the article happens to mention.
TERMS = 25
# What an article has to score, as a share of what the one that it is compared with scores for its own words. Seen by
# eye on 2,500 articles: below, the two have a word in common and no more.
MIN_SHARE = 0.15


def related(snapshot: Snapshot, article: Article, limit: int = 5) -> tuple[Related, ...]:
    """Give the articles that have most of an article's words, those of its language first.

    Args:
        snapshot: The generation that answers.
        article: One that this generation holds.
        limit: How many at most; there may be none.
    """
    words = Or(tuple(map(Word, _telling(snapshot, article))))
    same, own = Filter("language", article.language), Filter("path", article.path)
    least = sum(match.score for match in _find(snapshot, words, own)) * MIN_SHARE
    found = _find(snapshot, words, same, Not(own), limit=limit)
    found += _find(snapshot, words, Not(same), limit=limit - len(found))
    return tuple(_related(match) for match in found if match.score >= least)


def _telling(snapshot: Snapshot, article: Article) -> list[str]:
    """Give the most telling words, one of each stem; in a small journal stop words may seem to tell something."""
    common = WORDS.get(article.language.partition("-")[0], "").split()
    stems: dict[str, str] = {}
    for term in snapshot.telling(article.slug, 2 * TERMS):
        if term not in common:
            stems.setdefault(analysis.stem(term, article.language), term)
    return list(stems.values())[:TERMS]


def _find(snapshot: Snapshot, words: Node, *filters: Node, limit: int = 1) -> list[Match]:
    return list(snapshot.find(And((words, *filters)), limit=limit).matches) if limit else []


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
