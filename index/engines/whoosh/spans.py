"""Where a query's terms stand in a post's text."""

from collections.abc import Callable, Collection, Iterator

from index import analysis
from index.analysis import Token
from index.engines.whoosh.schema import body_tokens
from index.model import Post, Span
from index.query import And, Node, Or, Phrase, Prefix, Word

Expand = Callable[[str], Collection[str]]


def find_spans(query: Node, post: Post, expand: Expand) -> tuple[Span, ...]:
    """Find the words, phrases and prefixes that a query asks for, in order of their start."""
    tokens = body_tokens(post)
    spans = {
        Span(first.start, last.end, number)
        for number, leaf in enumerate(_leaves(query))
        for first, last in _stands(leaf, tokens, expand)
    }
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def _leaves(node: Node) -> Iterator[Word | Phrase | Prefix]:
    match node:
        case Word() | Phrase() | Prefix():
            yield node
        case And(nodes) | Or(nodes):
            for inner in nodes:
                yield from _leaves(inner)


def _stands(
    leaf: Word | Phrase | Prefix, tokens: list[tuple[int, Token, str]], expand: Expand
) -> Iterator[tuple[Token, Token]]:
    """Find the first and last token of every place where a leaf stands."""
    tests = _tests(leaf, expand)
    fields = {"prose", "code"} if leaf.field is None else {leaf.field}
    for i in range(len(tokens) - len(tests) + 1) if tests else ():
        run = tokens[i : i + len(tests)]
        if run[-1][0] - run[0][0] == len(tests) - 1 and all(
            test(token.term) and kind in fields for test, (_, token, kind) in zip(tests, run, strict=True)
        ):
            yield run[0][1], run[-1][1]


def _tests(leaf: Word | Phrase | Prefix, expand: Expand) -> list[Callable[[str], bool]]:
    terms = analysis.terms(leaf.text)
    if isinstance(leaf, Word) and len(terms) == 1:
        return [frozenset(expand(terms[0])).__contains__]
    tests: list[Callable[[str], bool]] = [term.__eq__ for term in terms]
    if isinstance(leaf, Prefix) and terms:
        last = terms[-1]
        tests[-1] = lambda term: term.startswith(last)
    return tests
