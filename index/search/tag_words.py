"""Tags and words of titles that stand for each other: nearly all posts with one have the other, too."""

from collections import Counter
from collections.abc import Iterator, Sequence

from .. import analysis
from ..engines.base import Snapshot
from ..model import Article
from ..query.tree import And, Filter, Or, Word

# Posts that have to have both.
MIN_TAGGED = 3
# Posts of a tag whose titles are read; a tag of more posts is a topic and no name.
MAX_TAGGED = 60


def tagged_words(snapshot: Snapshot, terms: Sequence[str]) -> Iterator[tuple[str, str, list[Article]]]:
    """Yield other names for terms as `tag_words` finds them, with the term; what nobody has is not looked up."""
    if not terms:
        return
    are_words = snapshot.document_frequencies(terms)
    tagged = Or(tuple(Filter("tag", term) for term in terms))
    snapshot.count_ahead([tagged, *(Word(term, "title") for term in terms if are_words[term])])
    are_tags = snapshot.find(tagged, limit=0).total > 0
    for term in terms:
        for other, posts in tag_words(snapshot, term, is_word=are_words[term] > 0, is_tag=are_tags).items():
            yield term, other, posts


def tag_words(snapshot: Snapshot, term: str, *, is_word: bool = True, is_tag: bool = True) -> dict[str, list[Article]]:
    """Return the tags for a word of titles, and the words of titles for a tag, with the posts that have both.

    Args:
        snapshot: The generation.
        term: The word, and the tag.
        is_word: Whether a post may have the word.
        is_tag: Whether a post may have the tag.
    """
    found = {}
    candidates = [*(_tags_of(snapshot, term) if is_word else ()), *(_words_of(snapshot, term) if is_tag else ())]
    for other, tag, word in candidates:
        both = snapshot.find(And((Filter("tag", tag), Word(word, "title"))), sort="oldest", limit=MAX_TAGGED)
        tagged = snapshot.find(Filter("tag", tag), limit=0).total
        titled = snapshot.find(Word(word, "title"), limit=0).total
        if both.total >= MIN_TAGGED and 4 * both.total > 3 * max(tagged, titled):
            found[other] = [match.article for match in both.matches]
    return found


def _tags_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the tag that most posts with a word in their titles have, as (other name, tag, word)."""
    titled = snapshot.find(Word(term, "title"), limit=0)
    tags = titled.facets.get("tag", ()) if titled.total >= MIN_TAGGED else ()
    return [(tag.value, tag.value, term) for tag in tags[:1] if tag.count >= MIN_TAGGED]


def _words_of(snapshot: Snapshot, term: str) -> list[tuple[str, str, str]]:
    """Return the word that most titles of the posts with a tag have, as (other name, tag, word)."""
    tagged = snapshot.find(Filter("tag", term), sort="oldest", limit=MAX_TAGGED)
    if not MIN_TAGGED <= tagged.total <= MAX_TAGGED:
        return []
    titles = (set(analysis.terms(match.article.title)) for match in tagged.matches)
    counts = Counter(word for title in titles for word in sorted(title) if word.isalpha() and word != term)
    return [(word, term, word) for word, count in counts.most_common(1) if count >= MIN_TAGGED]
