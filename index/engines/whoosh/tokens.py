"""A post as one sequence of tokens, cut into runs that belong to one field.

Every token has a position in the sequence. Between two runs a position is left free, so that no phrase reaches from
one into the next. Offsets count from the start of the string that a run was cut from: the title, one tag, one heading,
or the post's text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from index.analysis import tokenize
from index.model import Post
from index.ranking import WEIGHTS

FIELDS = tuple(WEIGHTS)

# Offsets inside a run are kept in 16 bits; a longer block (a page of generated code) is cut into several runs.
MAX_RUN = 60_000


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens of one field that follow each other.

    Attributes:
        position: Position of the first token.
        field: Its field, numbered as in FIELDS.
        section: The section that it stands in or is the heading of, from 0.
        base: Offset of the run's beginning in the post's text; 0 for other fields.
    """

    position: int
    field: int
    section: int
    base: int


@dataclass(slots=True)
class PostTokens:
    """The tokens of a post: parallel lists with one entry a position; a free position has the term ""."""

    terms: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def add(self, name: str, section: int, text: str, start: int, end: int, *, gap: bool = True) -> None:
        """Append a run made from a cut of a text, and a free position after it."""
        self.runs.append(Run(len(self.terms), FIELDS.index(name), section, start))
        for term, begin, stop in tokenize(text, start, end):
            self.terms.append(term)
            self.starts.append(begin - start)
            self.lengths.append(min(stop - begin, 255))
        if gap:
            self.terms.append("")
            self.starts.append(0)
            self.lengths.append(0)


def post_tokens(post: Post) -> PostTokens:
    """Analyse a post, once."""
    tokens = PostTokens()
    for name, part in (("title", post.title), ("summary", post.summary), *(("tags", tag) for tag in post.tags)):
        tokens.add(name, 0, part, 0, len(part))
    for number, section in enumerate(post.sections):
        if section.title:
            tokens.add("headings", number, section.title, 0, len(section.title))
        for name, start, end in _blocks(post, section.start, section.end):
            _add_block(tokens, name, number, post.text, start, end)
    return tokens


def _blocks(post: Post, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Cut a section into its stretches of prose and code."""
    at = start
    for code in post.code:
        if start <= code.start < end:
            yield "prose", at, code.start
            yield "code", code.start, code.end
            at = code.end
    yield "prose", at, end


def _add_block(tokens: PostTokens, name: str, section: int, text: str, start: int, end: int) -> None:
    while end - start > MAX_RUN:
        cut = text.rfind(" ", start, start + MAX_RUN) + 1 or start + MAX_RUN
        tokens.add(name, section, text, start, cut, gap=False)
        start = cut
    if not text[start:end].isspace() and start < end:
        tokens.add(name, section, text, start, end)
