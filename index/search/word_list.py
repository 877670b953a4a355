"""All words that the journal uses for each other, for its author."""

from ..engines.base import Snapshot
from ..model import LearnedWord
from ..query.synonyms import Exclusions
from ..query.tree import Everything
from .learned_words import Lesson, add_links, add_names, add_translations, by_name, find_links
from .tag_words import MAX_TAGGED, MIN_TAGGED, tag_words


def all_learned_words(snapshot: Snapshot, excluded: Exclusions) -> list[LearnedWord]:
    """Return all other names that posts have for something, in the order of the names."""
    articles, lesson = sorted(snapshot.posts(), key=lambda post: post.path), Lesson()
    add_names(lesson, articles)
    add_links(lesson, find_links(lesson, articles), by_name(articles))
    add_translations(lesson, articles, articles)
    for tag in snapshot.find(Everything(), limit=0).facets.get("tag", ()):
        if MIN_TAGGED <= tag.count <= MAX_TAGGED:
            for word in tag_words(snapshot, tag.value):
                for first, second in ((tag.value, word), (word, tag.value)):
                    for post in tag_words(snapshot, first).get(second, ()):
                        lesson.add(first, second, "tag", post)
    return lesson.learned(excluded)
