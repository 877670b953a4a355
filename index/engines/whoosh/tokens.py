"""A post as one sequence of tokens, cut into runs that belong to one field.

Every token has a position in the sequence. After every run a position is left free, so that no phrase reaches from one
into the next.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import sub

from index.analysis import Tokens, tokenize
from index.model import Post, Section
from index.ranking import WEIGHTS

FIELDS = tuple(WEIGHTS)

# Kept in one byte; what is longer is data, of which only the beginning is marked.
MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens of one field that follow each other.

    Attributes:
        position: Position of the first token.
        field: Its field, numbered as in FIELDS.
    """

    position: int
    field: int


@dataclass(slots=True)
class PostTokens:
    """The tokens of a post: parallel lists with one entry a position; a free position has the term "".

    Offsets count in the post's text; tokens of other fields have none, and stand where the text goes on. Extras are
    more terms, each at the position of a token.
    """

    terms: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    extras: list[tuple[int, str]] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Append a run that is not part of the post's text."""
        self._add(name, tokenize(text))
        self._pad()

    def add_text(self, name: str, text: str, start: int, end: int) -> None:
        """Append a run made from a part of the post's text."""
        found = tokenize(text, start, end)
        self._add(name, found)
        self.starts += found.starts
        lengths = list(map(sub, found.ends, found.starts))
        if max(lengths, default=0) > MAX_LENGTH:
            lengths = [min(length, MAX_LENGTH) for length in lengths]
        self.lengths += lengths
        self._pad()

    def _add(self, name: str, found: Tokens) -> None:
        at = len(self.terms)
        self.runs.append(Run(at, FIELDS.index(name)))
        self.terms += found.terms
        self.extras += [(at + position, term) for position, term in found.extras]

    def _pad(self) -> None:
        self.terms.append("")
        missing = len(self.terms) - len(self.starts)
        self.starts += [self.starts[-1] if self.starts else 0] * missing
        self.lengths += [0] * missing


def post_tokens(post: Post) -> PostTokens:
    """Analyse a post, once."""
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
    at = section.start
    for code in post.code:
        if section.start <= code.start < section.end:
            if at < code.start:
                yield "prose", at, code.start
            yield "code", code.start, code.end
            at = code.end
    if at < section.end:
        yield "prose", at, section.end
