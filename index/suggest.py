"""What a half-typed query already means: articles, sections, and the query gone on with.

The last word may be the beginning of one. Titles come first, those that begin as was typed before all, then headings,
then texts. Where nothing is found, words that the index does not have are put right, the one being typed as well.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from index import analysis
from index.engine import Match, Snapshot
from index.forms import with_forms
from index.model import Suggestion
from index.passages import passage
from index.query import And, Everything, Node, Or, Phrase, Prefix, Word, parse, wanted
from index.ranking import JOINING
from index.spelling import edits

# Of eight lines, what leads to articles and what goes on with the query.
MAX_SUGGESTIONS, MAX_COMPLETIONS = 8, 3
# Matches whose titles are compared with what was typed; each is read from disk once.
LOOKED_AT = 100
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
# The titles and headings that are looked at again at the next key; some 4 MB.
REMEMBERED = 4096
# A word of so few letters begins too many others.
MIN_BEGUN = 2

_tokens = lru_cache(REMEMBERED)(analysis.tokenize)


def suggest(snapshot: Snapshot, text: str, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
    """Give what a query that is being typed may be after, best first.

    Args:
        snapshot: The generation that answers.
        text: What was typed so far.
        limit: How many lines.
    """
    query = _unfinished(parse(text))
    if isinstance(query, Everything) or not wanted(query):
        return ()
    found = _found(snapshot, query, text)
    if not found and (respelt := _respelt(snapshot, text)):
        query, text = _unfinished(parse(respelt)), respelt
        found = _found(snapshot, query, text)
    typed = analysis.terms(text)
    completions = [Suggestion("completion", on, "", "", on) for on in _completions(found, typed) if on != _spaced(text)]
    places = max(limit - len(completions[:MAX_COMPLETIONS]), limit - MAX_COMPLETIONS)
    lines = [_suggestion(match, typed) for match in found[:places]]
    return tuple([*lines, *completions][:limit])


def _spaced(text: str) -> str:
    return " ".join(text.casefold().split())


def _found(snapshot: Snapshot, query: Node, text: str) -> list[Match]:
    """Give matches, each article once: in titles, in headings, in all of the text."""
    typed = analysis.terms(text)
    in_titles = list(snapshot.find(with_forms(_within(query, "title")), limit=LOOKED_AT).matches)
    in_titles.sort(key=lambda match: _closeness(match.article.title, typed))
    if len(in_titles) >= ENOUGH:
        return in_titles
    elsewhere = (
        match
        for node in (_within(query, "headings"), query)
        for match in snapshot.find(with_forms(node), limit=MAX_SUGGESTIONS).matches
    )
    found = {match.article.path: match for match in in_titles}
    for match in elsewhere:
        found.setdefault(match.article.path, match)
    return list(found.values())


def _closeness(title: str, typed: Sequence[str]) -> tuple[int, int]:
    """Rank titles: those that begin as was typed, the least unfinished first, those that have it, others."""
    terms = _tokens(title).terms
    if _begins(terms, typed):
        return 0, len(title)
    return (1 if any(_begins(terms[at:], typed) for at in range(1, len(terms))) else 2), 0


def _begins(terms: Sequence[str], typed: Sequence[str]) -> bool:
    """Tell whether terms begin with typed ones, of which the last may be unfinished."""
    return bool(typed) and terms[: len(typed) - 1] == typed[:-1] and _has(terms[len(typed) - 1 : len(typed)], typed[-1])


def _has(terms: Sequence[str], beginning: str) -> bool:
    return any(term.startswith(beginning) for term in terms)


def _suggestion(match: Match, typed: Sequence[str]) -> Suggestion:
    """Give the article where its title has what was typed, else its section that has."""
    article = match.article
    if _all_in(article.title, typed):
        return Suggestion("article", article.title, "", article.url, "")
    section = next((section for section in article.sections if _all_in(section.title, typed)), None)
    if section:
        return Suggestion("section", article.title, section.title, article.address(section), "")
    best = passage(article, match.spans, match.cut)
    return Suggestion("section" if best.section else "article", article.title, best.section, best.url, "")


def _all_in(title: str, typed: Sequence[str]) -> bool:
    terms = _tokens(title).terms
    return all(word in terms for word in typed[:-1]) and _has(terms, typed[-1]) if typed else False


def _completions(found: Sequence[Match], typed: Sequence[str]) -> list[str]:
    """Give how titles and headings go on from what was typed, then how texts do, the most frequent first."""
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
    """Give how several texts go on from what was typed."""
    counts: Counter[str] = Counter()
    for match in islice(found, MOST_TEXTS):
        starts = match.spans.starts[:PLACES]
        counts.update({on for start in starts for on in _going_on(_words_from(match, int(start)), typed)})
    return [text for text in _ranked(counts) if counts[text] >= FREQUENT]


def _words_from(match: Match, start: int) -> str:
    """Give some whole words of a text from a place on."""
    text = match.cut(start, min(start + LETTERS, match.article.sections[-1].end))
    return text if len(text) < LETTERS else text.rpartition(" ")[0]


def _going_on(text: str, typed: Sequence[str]) -> Iterator[str]:
    """Give how a text goes on where it first has what was typed: up to the end of that word, of the next, and so on.

    It does not go on beyond a sign that parts words, and does not end with a word that only joins others.
    """
    terms, starts, ends, _ = _tokens(text)
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
        case Word(text, field) if len(text) >= MIN_BEGUN and analysis.terms(text):
            return Prefix(text, field)
        case And((*nodes, Word(text))) if len(text) < MIN_BEGUN:
            return And(tuple(nodes))
        case And(nodes) | Or(nodes):
            return replace(node, nodes=(*nodes[:-1], _unfinished(nodes[-1])))
        case _:
            return node


def _within(node: Node, field: str) -> Node:
    """Ask for the words of a tree in one field."""
    match node:
        case Word(text, None) | Phrase(text, None) | Prefix(text, None):
            return type(node)(text, field)
        case And(nodes) | Or(nodes):
            return replace(node, nodes=tuple(_within(inner, field) for inner in nodes))
        case _:
            return node


# What parts words; a point within a name does not.
_PARTS = re.compile(r"[.,:]\s|[\n;!?()\[\]{}\"“”]")
_LETTERS = re.compile(r"[^\W\d_]+")


def _respelt(snapshot: Snapshot, text: str) -> str | None:
    """Give what was typed with words that the index has in place of those that it has not, the last one's beginning."""
    *before, last = text.split() or [""]
    words = [_nearest(snapshot, word, beginning=False) for word in before] + [_nearest(snapshot, last, beginning=True)]
    respelt = " ".join(words)
    return respelt if respelt != " ".join([*before, last]) else None


def _nearest(snapshot: Snapshot, word: str, *, beginning: bool) -> str:
    """Give the commonest of the nearest words to one that is not there; the word itself where there is none."""
    term = analysis.fold(word)
    if not _LETTERS.fullmatch(word) or (snapshot.vocabulary(term) if beginning else snapshot.similar(term, 0)):
        return word
    near = snapshot.similar(term, edits(term), beginning=beginning)
    return max(near, key=lambda other: (-near[other].edits, near[other].posts), default=word)
