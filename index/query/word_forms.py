"""Expand the words of a query tree into their forms in the index; `analysis` lists the forms beside a word.

What is typed as one form is found in the others too: `max_open_conns` in `maxOpenConns`, `e-mail` in `email`. A run of
text without spaces becomes its pairs of characters, each a word of its own, since nobody writes a long run twice.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..analysis import HAS_CJK, Tokens, bare, characters, terms, tokenize
from ..ranking import ACCENTS, PART
from .tree import MAX_CLAUSES, And, Leaf, Node, Not, Or, Phrase, Prefix, Term, Variants, Word, all_of

# Words whose forms a process keeps: a search asks for those of its words up to four times.
CACHED_FORMS = 512

# Japanese particles and endings join the words of a question: pairs that begin with Hiragana, or end with a particle.
_JOINING = re.compile("[\u3040-\u309f].?|[\u30a0-\u30ff][\u3040-\u309f]|.[のはがをにでとへもやか]")

# What the script shows to be one word: a run of Katakana or of ideographs; a longer one has several words.
_HAN = "\u3005\u3400-\u9fff\uf900-\ufaff"
_SCRIPT_WORD = re.compile(f"(?<![ァ-ヾｦ-ﾟ])[ァ-ヾｦ-ﾟ]{{2,7}}(?![ァ-ヾｦ-ﾟ])|(?<![{_HAN}])[{_HAN}]{{2,4}}(?![{_HAN}])")
# The long vowel at the end of a Katakana word, which is written or not: server is both.
_LONG = re.compile("(?<=[ァ-ヺーｦ-ﾟ]{3})[ーｰ]$")
# A name and its number, which are also written as two words: RFC2119, HTTP2, Python3.
_NUMBERED = re.compile(r"([^\W\d_]{2,})(\d+)")

# A name, or v, and its version: Go1.22, v1.2.3, TLSv1.3.
_NAMED_VERSION = re.compile(r"([^\W\d_]+?)[vV]?(\d+(?:\.\d[^\W_]*)+)")

# A version, which also stands behind a name: 1.22.
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def with_forms(node: Node) -> Node:
    """Return the tree with every word in all of its forms."""
    match node:
        case Word():
            return _forms(node)
        case And(nodes) | Or(nodes):
            return type(node)(tuple(map(with_forms, nodes)))
        case Not(Word() as word) if HAS_CJK.search(word.text):
            return node
        case Not(inner):
            return Not(with_forms(inner))
        case _:
            return node


@lru_cache(maxsize=CACHED_FORMS)
def _forms(word: Word) -> Node:
    return _word(word, tokenize(word.text))


def _word(word: Word, tokens: Tokens) -> Node:
    if not tokens.terms:
        return word
    if HAS_CJK.search(word.text):
        return _unspaced(word)
    signed = next((term for position, term in tokens.extras if not position and not term[0].isalnum()), None)
    if signed and word.text.casefold() == signed:
        return _signed(word, signed)
    forms = [term for position, term in tokens.extras if not position]
    if len(tokens.terms) == 1:
        return _single(word, tokens.terms[0], forms)
    if version := _NAMED_VERSION.fullmatch(word.text):
        number = " ".join(version.groups() if version[1] not in ("v", "V") else version.groups()[1:])
        return Variants(word, ((Phrase(number, word.field), PART),))
    if _VERSION.fullmatch(word.text):
        return Variants(word, ((Term(word.text, word.field), PART),))
    joined = "".join(tokens.terms)
    meant = bare(word.text)
    if meant != word.text:
        return _with_variant(with_forms(Word(meant, word.field)), Term(joined, word.field))
    # A point parts the thousands of a number in some languages, and its fraction in others.
    return _compound(word, joined) if joined in forms and not ("." in word.text and joined.isdigit()) else word


def _with_variant(node: Node, leaf: Leaf) -> Node:
    match node:
        case Variants(meant, others):
            return Variants(meant, (*others, (leaf, 1.0)))
        case Word() | Phrase() | Prefix() | Term():
            return Variants(node, ((leaf, 1.0),))
        case _:
            return node


def _compound(word: Word, joined: str) -> Node:
    """Return a word of several terms, written as one and as several."""
    one = Word(joined, word.field) if terms(joined) == [joined] else Term(joined, word.field)
    return Variants(one, ((Phrase(word.text, word.field), PART),))


def _single(word: Word, term: str, forms: Sequence[str]) -> Node:
    """Return a word of one term with its accents, a name and its number also as two words."""
    others: list[tuple[Leaf, float]] = [(Term(form, word.field), ACCENTS) for form in forms]
    if numbered := _NUMBERED.fullmatch(term):
        others.append((Phrase(" ".join(numbered.groups()), word.field), PART))
    return Variants(word, tuple(others)) if others else word


def _signed(word: Word, signed: str) -> Node:
    """Ask for a flag or a variable with its sign, and less for its name; `-n` and `.NET` are nothing without."""
    typed, name = Term(signed, word.field), word.text.lstrip("-.$@")
    if len(name) == 1 or signed[0] == ".":
        return typed
    plain: Leaf = Phrase(name, word.field) if len(terms(name)) > 1 else Word(name, word.field)
    return Variants(typed, ((plain, PART),))


def _unspaced(word: Word) -> Node:
    """Ask for each word that the script shows, and of other text for each pair of characters that says something."""
    found: dict[Leaf, None] = {}
    for known, text in _script_words(word.text):
        found |= dict.fromkeys([Word(_LONG.sub("", text), word.field)] if known else _telling(text, word.field))
    leaves = list(found)[:MAX_CLAUSES] or [_pair(term, word.field) for term in dict.fromkeys(terms(word.text))]
    return all_of([*leaves[:MAX_CLAUSES]])


def _script_words(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the words in a text that the change of script shows, and what is between them."""
    at = 0
    for found in _SCRIPT_WORD.finditer(text):
        yield False, text[max(0, at - 1) : found.start() + 1] if found.start() else ""
        yield True, found[0]
        at = found.end()
    yield False, text[max(0, at - 1) :] if at < len(text) else ""


def _telling(text: str, field: str | None) -> list[Leaf]:
    return [_pair(term, field) for term in terms(text) if not _JOINING.fullmatch(term)]


def _pair(term: str, field: str | None) -> Leaf:
    if not HAS_CJK.match(term):
        return Word(term, field)
    return Term(term, field) if len(characters(term)[0]) > 1 else Prefix(term, field)
