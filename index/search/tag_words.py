"""Tags and words of titles that stand for each other: nearly all posts with one have the other, too."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .. import analysis
from ..engines.base import Snapshot
from ..model import Article
from ..query.tree import And, Filter, Word

# Posts that have to have both.
MIN_TAGGED = 3
# Posts of a tag whose titles are read; a tag of more posts is a topic and no name.
MAX_TAGGED = 60


def tagged_words(snapshot: Snapshot, terms: Sequence[str]) -> Iterator[tuple[str, str, list[Article]]]:
    """Yield other names for terms as `tag_words` finds them, with the term; what nobody has is not looked up."""
    if not terms:
        return
    are_words = snapshot.document_frequencies(terms)
    titled = [Word(term, "title") for term in terms if are_words[term]]
    snapshot.count_ahead([*(Filter("tag", term) for term in terms), *titled])
    for term in terms:
        for other, posts in tag_words(snapshot, term, is_word=are_words[term] > 0).items():
            yield term, other, posts


def tag_words(snapshot: Snapshot, term: str, *, is_word: bool = True) -> dict[str, list[Article]]:
    """Return the tags for a word of titles, and the words of titles for a tag, with the posts that have both.

    Args:
        snapshot: The generation.
        term: The word, and the tag.
        is_word: Whether a post may have the word.
    """
    found = {}
    candidates = [*(_tags_of(snapshot, term) if is_word else ()), *_words_of(snapshot, term)]
    asked = [(Filter("tag", tag), Word(word, "title")) for _, tag, word in candidates]
    snapshot.count_ahead([query for tag, word in asked for query in (And((tag, word)), tag, word)])
    for (other, _, _), (tag, word) in zip(candidates, asked, strict=True):
        both, *alone = (snapshot.find(query, limit=0).total for query in (And((tag, word)), tag, word))
        if both >= MIN_TAGGED and 4 * both > 3 * max(alone):
            matches = snapshot.find(And((tag, word)), sort="oldest", limit=MAX_TAGGED).matches
            found[other] = [match.article for match in matches]
    return found


def _tags_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the tag that most posts with a word in their titles have, as (other name, tag, word)."""
    titled = snapshot.find(Word(term, "title"), limit=0)
    tags = titled.facets.get("tag", ()) if titled.total >= MIN_TAGGED else ()
    return [(tag.value, tag.value, term) for tag in tags[:1] if tag.count >= MIN_TAGGED]


def _words_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the word that most titles of the posts with a tag have, as (other name, tag, word)."""
    tagged = Filter("tag", term)
    if not MIN_TAGGED <= snapshot.find(tagged, limit=0).total <= MAX_TAGGED:
        return []
    posts = snapshot.find(tagged, sort="oldest", limit=MAX_TAGGED).matches
    titles = (set(analysis.terms(match.article.title)) for match in posts)
    counts = Counter(word for title in titles for word in sorted(title) if word.isalpha() and word != term)
    return [(word, term, word) for word, count in counts.most_common(1) if count >= MIN_TAGGED]
