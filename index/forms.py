"""A query tree's words -> the forms in which an index has them; see `analysis` for the forms that stand beside a word.

What is typed as one form is found in the others too: `max_open_conns` in `maxOpenConns`, `e-mail` in `email`. A run of
text without spaces becomes its pairs of characters, each a word of its own, since nobody writes a long run twice.
"""

import re
from dataclasses import replace

from index.analysis import HAS_CJK, Tokens, tokenize
from index.query import MAX_CLAUSES, And, Leaf, Node, Not, Or, Phrase, Prefix, Term, Variants, Word
from index.ranking import ACCENTS, PART

# Japanese particles and endings join the words of a question: pairs that begin with Hiragana, or end with a particle.
_JOINING = re.compile("[\u3040-\u309f].?|[\u30a0-\u30ff][\u3040-\u309f]|.[のはがをにでとへもやか]")


def with_forms(node: Node) -> Node:
    """Give the tree that asks for every form of its words."""
    match node:
        case Word():
            return _word(node, tokenize(node.text))
        case Phrase(text, field):
            tokens = tokenize(text)
            return node if tokens.terms else _symbols(node, tokens, field)
        case And(nodes) | Or(nodes):
            return replace(node, nodes=tuple(with_forms(inner) for inner in nodes))
        case Not(Word() as word) if HAS_CJK.search(word.text):
            return node
        case Not(inner):
            return Not(with_forms(inner))
        case _:
            return node


def _word(word: Word, tokens: Tokens) -> Node:
    if not tokens.terms:
        return _symbols(word, tokens, word.field)
    if HAS_CJK.search(word.text):
        return _unspaced(word, tokens)
    signed = next((term for place, term in tokens.extras if not place and not term[0].isalnum()), None)
    if signed and word.text.casefold() == signed:
        return _signed(word, signed)
    forms = [term for place, term in tokens.extras if not place]
    joined, accented = "".join(tokens.terms), len(tokens.terms) == 1 and not tokens.terms[0].isascii()
    if len(tokens.terms) > 1 and joined in forms:
        return Variants(Word(joined, word.field), ((Phrase(word.text, word.field), PART),))
    if len(tokens.terms) > 1 or not forms:
        return word
    if accented or len(forms) == 1:
        return Variants(word, tuple((Term(form, word.field), ACCENTS) for form in forms))
    return Variants(word, ((Phrase(" ".join(forms), word.field), PART),))


def _symbols(leaf: Leaf, tokens: Tokens, field: str | None) -> Node:
    """Ask for operators; for other signs the leaf itself, which finds nothing."""
    found = tuple(Term(term, field) for _, term in tokens.extras)
    return found[0] if len(found) == 1 else And(found) if found else leaf


def _signed(word: Word, signed: str) -> Node:
    """Ask for a flag or a variable with its sign, and less for its name; `-n` and `.NET` are nothing without."""
    typed, name = Term(signed, word.field), word.text.lstrip("-.$@")
    if len(name) == 1 or signed[0] == ".":
        return typed
    tokens = tokenize(name)
    plain: Leaf = Phrase(name, word.field) if len(tokens.terms) > 1 else Word(name, word.field)
    return Variants(typed, ((plain, PART),))


def _unspaced(word: Word, tokens: Tokens) -> Node:
    """Ask for each pair of characters, but for those that only join words, and for each word between."""
    telling = [term for term in tokens.terms if not _JOINING.fullmatch(term)] or tokens.terms
    found = tuple(_pair(term, word.field) for term in dict.fromkeys(telling[:MAX_CLAUSES]))
    return found[0] if len(found) == 1 else And(found)


def _pair(term: str, field: str | None) -> Leaf:
    if not HAS_CJK.match(term):
        return Word(term, field)
    return Term(term, field) if len(term) > 1 else Prefix(term, field)
