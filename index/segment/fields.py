"""Analyse a post into one sequence of tokens, cut into runs that belong to one field each.

Every token has a position in the sequence. A free position after every run keeps phrases from matching across runs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import sub

from ..analysis import Tokens, tokenize
from ..model import Post, Section
from ..ranking import WEIGHTS

FIELDS = tuple(WEIGHTS)

# Lengths are stored in one byte. A longer token is data rather than a word, and only its beginning is highlighted.
MAX_TOKEN_LENGTH = 255


@dataclass(frozen=True, slots=True)
class TokenRun:
    """Consecutive tokens of one field.

    Attributes:
        position: Position of the first token.
        field: The field, numbered as in FIELDS.
    """

    position: int
    field: int


@dataclass(slots=True)
class PostTokens:
    """The tokens of a post: parallel lists with one entry a position; a free position has the term "".

    Offsets count in the post's text. Tokens of other fields have a length of 0, at the offset where the text continues.
    Extras are further terms, each at the position of a token.
    """

    terms: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    runs: list[TokenRun] = field(default_factory=list)
    extras: list[tuple[int, str]] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Append a run that is not part of the post's text."""
        self._add(name, tokenize(text))
        self._pad()

    def add_text(self, name: str, text: str, start: int, end: int) -> None:
        """Append a run of tokens from a part of the post's text."""
        tokens = tokenize(text, start, end)
        self._add(name, tokens)
        self.starts += tokens.starts
        lengths = list(map(sub, tokens.ends, tokens.starts))
        if max(lengths, default=0) > MAX_TOKEN_LENGTH:
            lengths = [min(length, MAX_TOKEN_LENGTH) for length in lengths]
        self.lengths += lengths
        self._pad()

    def _add(self, name: str, tokens: Tokens) -> None:
        first = len(self.terms)
        self.runs.append(TokenRun(first, FIELDS.index(name)))
        self.terms += tokens.terms
        self.extras += [(first + position, term) for position, term in tokens.extras]

    def _pad(self) -> None:
        self.terms.append("")
        missing = len(self.terms) - len(self.starts)
        self.starts += [self.starts[-1] if self.starts else 0] * missing
        self.lengths += [0] * missing


def post_tokens(post: Post) -> PostTokens:
    """Return the tokens of a post."""
    tokens = PostTokens()
    tokens.add("title", post.title)
    for part in post.slug.split("/"):
        tokens.add("address", part)
    for language in sorted({code.language for code in post.code} - {""}):
        tokens.add("languages", language)
    tokens.add("summary", post.summary)
    for tag in post.tags:
        tokens.add("tags", tag)
    for section in post.sections:
        if section.title:
            tokens.add("headings", section.title)
        for name, start, end in _blocks(post, section):
            tokens.add_text(name, post.text, start, end)
    return tokens


def _blocks(post: Post, section: Section) -> Iterator[tuple[str, int, int]]:
    """Cut a section into its stretches of prose and code."""
    offset = section.start
    for code in post.code:
        if section.start <= code.start < section.end:
            if offset < code.start:
                yield "prose", offset, code.start
            yield "code", code.start, code.end
            offset = code.end
    if offset < section.end:
        yield "prose", offset, section.end
