"""Tags and words of titles that stand for each other: nearly all posts with one have the other, too."""

from collections import Counter

from .. import analysis
from ..engines.base import Snapshot
from ..model import Article
from ..query.tree import And, Filter, Word

# Posts that have to have both.
MIN_TAGGED = 3
# Posts of a tag whose titles are read; a tag of more posts is a topic and no name.
MAX_TAGGED = 60


def tag_words(snapshot: Snapshot, term: str) -> dict[str, list[Article]]:
    """Return the tags for a word of titles, and the words of titles for a tag, with the posts that have both."""
    found = {}
    for other, tag, word in (*_tags_of(snapshot, term), *_words_of(snapshot, term)):
        both = snapshot.find(And((Filter("tag", tag), Word(word, "title"))), sort="oldest", limit=MAX_TAGGED)
        tagged = snapshot.find(Filter("tag", tag), limit=0).total
        titled = snapshot.find(Word(word, "title"), limit=0).total
        if both.total >= MIN_TAGGED and 4 * both.total > 3 * max(tagged, titled):
            found[other] = [match.article for match in both.matches]
    return found


def _tags_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the tag that most posts with a word in their titles have, as (other name, tag, word)."""
    tags = snapshot.find(Word(term, "title"), limit=0).facets.get("tag", ())
    return [(tag.value, tag.value, term) for tag in tags[:1] if tag.count >= MIN_TAGGED]


def _words_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the word that most titles of the posts with a tag have, as (other name, tag, word)."""
    tagged = snapshot.find(Filter("tag", term), sort="oldest", limit=MAX_TAGGED)
    if not MIN_TAGGED <= tagged.total <= MAX_TAGGED:
        return []
    titles = (set(analysis.terms(match.article.title)) for match in tagged.matches)
    counts = Counter(word for title in titles for word in sorted(title) if word.isalpha() and word != term)
    return [(word, term, word) for word, count in counts.most_common(1) if count >= MIN_TAGGED]
