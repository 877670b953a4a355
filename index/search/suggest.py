"""Autocomplete: articles, sections, completions and filters for a partial query.

The last word may be the beginning of one. Titles come first, those that begin as was typed before all, then headings,
then texts. Where nothing is found, words that the index does not have are put right, the one being typed as well.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from .. import analysis
from ..engines.base import Match, Snapshot
from ..model import Suggestion
from ..query.analysed import AnalysedQuery
from ..query.relax import MIN_BEGUN, unfinished
from ..query.tree import And, Filter, Node, Or, Phrase, Prefix, Word, wanted
from ..query.word_forms import with_forms
from ..ranking import JOINING
from .spelling import edits
from .suggested_filters import filters, popular
from .suggestion_lines import begins_one, line, tokens

# Of eight lines, what leads to articles and what goes on with the query.
MAX_SUGGESTIONS, MAX_COMPLETIONS = 8, 3
# Matches whose titles are compared with what was typed; each is read from disk once.
MAX_COMPARED_TITLES = 100
# With as many titles nothing else is looked for.
ENOUGH = MAX_SUGGESTIONS - MAX_COMPLETIONS
# Of these, how many say how the query may go on.
GONE_ON_WITH = 10
# Words that a completion goes on with, beyond the one that was begun.
WORDS_ON = 2
# Places in a text that are looked at for how it goes on, and the letters there: a few long words.
PLACES, LETTERS = 8, 100
# Matches that may have the words in their text: those of titles that are not enough, of headings and of texts.
MOST_TEXTS = ENOUGH + 2 * MAX_SUGGESTIONS
# What goes on in one text only is no frequent phrase.
FREQUENT = 2


def suggest(snapshot: Snapshot, query: AnalysedQuery, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
    """Autocomplete: suggest articles, sections, completions and filters for a query that is being typed, best first.

    Before the first key, the most frequent tags are suggested.

    Args:
        snapshot: The generation to search.
        query: What was typed so far.
        limit: The number of lines.
    """
    if not query.text.strip():
        return popular(snapshot)[:limit]
    if not wanted(_unfinished(query.tree)):
        return ()
    narrowing = filters(snapshot, query.text)
    matches = _matches(snapshot, query)
    if not matches and (text := _respelt(snapshot, query.text)):
        query = query.respelt(text)
        matches = _matches(snapshot, query)
    completed = [text for text in _completions(matches, query.terms) if text != _spaced(query.text)]
    completions = [Suggestion("completion", text, "", "", text) for text in completed]
    # Completions are at most as many; where there are fewer, articles take their lines.
    others = [*completions[: MAX_COMPLETIONS - len(narrowing)], *narrowing]
    matches = matches[: max(limit - len(others), limit - MAX_COMPLETIONS)]
    lines = [line(match, query.terms) for match in _by_text(snapshot, query.tree, matches)]
    return tuple([*lines, *others][:limit])


def _spaced(text: str) -> str:
    return " ".join(text.casefold().split())


def _matches(snapshot: Snapshot, query: AnalysedQuery) -> list[Match]:
    """Find matches in titles, in headings and in the whole text, each article once."""
    tree = _unfinished(query.tree)
    in_titles = list(snapshot.find(with_forms(_within(tree, "title")), limit=MAX_COMPARED_TITLES).matches)
    in_titles.sort(key=lambda match: _closeness(match.article.title, query.terms))
    if len(in_titles) >= ENOUGH:
        return in_titles
    elsewhere = (
        match
        for node in (_within(tree, "headings"), tree)
        for match in snapshot.find(with_forms(node), limit=MAX_SUGGESTIONS).matches
    )
    found = {match.article.path: match for match in in_titles}
    for match in elsewhere:
        found.setdefault(match.article.path, match)
    return list(found.values())


def _by_text(snapshot: Snapshot, tree: Node, matches: Sequence[Match]) -> list[Match]:
    """Find matches of titles and headings again by their whole text, which has the sentences to show."""
    paths = Or(tuple(Filter("path", match.article.path) for match in matches))
    found = snapshot.find(And((with_forms(_unfinished(tree)), paths)), limit=len(matches)).matches if matches else ()
    texts = {match.article.path: match for match in found}
    return [texts.get(match.article.path, match) for match in matches]


def _closeness(title: str, typed: Sequence[str]) -> tuple[int, int]:
    """Rank titles: those that begin as was typed, the least unfinished first, those that have it, others."""
    terms = tokens(title).terms
    if _begins(terms, typed):
        return 0, len(title)
    return (1 if any(_begins(terms[at:], typed) for at in range(1, len(terms))) else 2), 0


def _begins(terms: list[str], typed: Sequence[str]) -> bool:
    """Check whether terms begin with the typed ones, of which the last may be unfinished."""
    if not typed:
        return False
    *whole, begun = typed
    return terms[: len(whole)] == whole and begins_one(terms[len(whole) : len(typed)], begun)


def _completions(found: Sequence[Match], typed: Sequence[str]) -> list[str]:
    """Return completions from titles and headings, then from texts, the most frequent first."""
    counts: Counter[str] = Counter()
    for match in islice(found, GONE_ON_WITH):
        article = match.article
        for title in {article.title, *(section.title for section in article.sections)}:
            counts.update(set(_going_on(title, typed)))
    ranked = _ranked(counts)
    if len(ranked) < MAX_COMPLETIONS:
        ranked = list(dict.fromkeys([*ranked, *_frequent(found, typed)]))
    return ranked[:MAX_COMPLETIONS]


def _ranked(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda text: (-counts[text], len(text), text))


def _frequent(found: Sequence[Match], typed: Sequence[str]) -> list[str]:
    """Return the completions that several texts share."""
    counts: Counter[str] = Counter()
    for match in islice(found, MOST_TEXTS):
        starts = match.spans.starts[:PLACES]
        counts.update({on for start in starts for on in _going_on(_words_from(match, int(start)), typed)})
    return [text for text in _ranked(counts) if counts[text] >= FREQUENT]


def _words_from(match: Match, start: int) -> str:
    """Return some whole words of a text from an offset."""
    text = match.cut(start, min(start + LETTERS, match.article.sections[-1].end))
    return text if len(text) < LETTERS else text.rpartition(" ")[0]


def _going_on(text: str, typed: Sequence[str]) -> Iterator[str]:
    """Yield completions from the first match in a text: up to the end of the typed word, of the next, and so on.

    It does not go on beyond a sign that parts words, and does not end with a word that only joins others.
    """
    terms, starts, ends, _ = tokens(text)
    for at in range(len(terms) - len(typed) + 1):
        if _begins(terms[at:], typed):
            last = at + len(typed) - 1
            for end in range(last, min(last + WORDS_ON + 1, len(terms))):
                on = text[starts[at] : ends[end]]
                if _PARTS.search(on):
                    return
                if terms[end] not in JOINING:
                    yield _spaced(on)
            return


def _unfinished(node: Node) -> Node:
    """Make the last word of a tree the beginning of one; a single letter is left to the comparison of titles."""
    match node:
        case And((*nodes, Word(text))) if len(text) < MIN_BEGUN:
            return And(tuple(nodes))
        case _:
            return unfinished(node) or node


def _within(node: Node, field: str) -> Node:
    """Ask for the words of a tree in one field."""
    match node:
        case Word(text, None) | Phrase(text, None) | Prefix(text, None):
            return type(node)(text, field)
        case And(nodes) | Or(nodes):
            return type(node)(tuple(_within(inner, field) for inner in nodes))
        case _:
            return node


# What parts words; a point within a name does not.
_PARTS = re.compile(r"[.,:]\s|[\n;!?()\[\]{}\"“”]")
_LETTERS = re.compile(r"[^\W\d_]+")


def _respelt(snapshot: Snapshot, text: str) -> str | None:
    """Return the text with unknown words corrected, the last one as a prefix; None if nothing changes."""
    *before, last = text.split() or [""]
    words = [_nearest(snapshot, word, beginning=False) for word in before] + [_nearest(snapshot, last, beginning=True)]
    respelt = " ".join(words)
    return respelt if respelt != " ".join([*before, last]) else None


def _nearest(snapshot: Snapshot, word: str, *, beginning: bool) -> str:
    """Return the most frequent of the nearest terms to an unknown word; the word itself if there is none."""
    term = analysis.fold(word)
    if not _LETTERS.fullmatch(word) or (snapshot.vocabulary(term) if beginning else snapshot.similar(term, 0)):
        return word
    near = snapshot.similar(term, edits(term), beginning=beginning)
    return max(near, key=lambda other: (-near[other].edits, near[other].posts), default=word)
