"""Which posts have a term, and what it counts there: one number that BM25F gives it.

Browsers add these numbers up, so that they rank without fields and lengths. See `ranking` for the formula.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...analysis import stem
from ...model import Post
from ...ranking import K1, TEXT, WEIGHT_UNIT, WEIGHTS, B
from ...segment.fields import FIELDS, PostTokens, post_tokens

# Characters of text in one file: some 4 kB compressed, of which a result needs one.
MAX_PART = 12_000
# The highest impact, for the highest weight that BM25F can give: K1 + 1.
MAX_IMPACT = 255
_NAME_FIELDS = ("title", "address", "headings")


class Name(NamedTuple):
    """A title, a part of an address, or a heading.

    Attributes:
        number: Among those of the post; the title is 0.
        size: How many terms it has.
        is_address: Whether it is a part of the address.
    """

    number: int
    size: int
    is_address: bool


class TermInPost(NamedTuple):
    """A post that has a term.

    Attributes:
        doc: Its number.
        impact: What the term counts there, from 1 to `MAX_IMPACT`.
        names: The title, parts of the address and headings that have the term.
        parts: The parts of its text that have the term.
    """

    doc: int
    impact: int
    names: tuple[Name, ...]
    parts: tuple[int, ...]


class _Occurrences(NamedTuple):
    doc: int
    short: float
    text: float
    names: tuple[Name, ...]
    parts: tuple[int, ...]


class CountedTerms:
    """The terms of some posts with their postings, each post numbered as it comes."""

    def __init__(self, posts: Iterable[Post]) -> None:
        self._occurrences: defaultdict[str, list[_Occurrences]] = defaultdict(list)
        self._languages: dict[str, Counter[str]] = defaultdict(Counter)
        self._lengths: list[int] = []
        self._boosts: list[float] = []
        for doc, post in enumerate(posts):
            self._add(doc, post)

    def _add(self, doc: int, post: Post) -> None:
        tokens = post_tokens(post)
        ends = [run.position for run in tokens.runs[1:]] + [len(tokens.terms)]
        run_at = [number for number, end in enumerate(ends) for _ in range(tokens.runs[number].position, end)]
        field_at = [tokens.runs[number].field for number in run_at]
        names = _names(tokens, ends)
        cuts = part_starts(post)
        short: Counter[str] = Counter()
        text: Counter[str] = Counter()
        parts: defaultdict[str, set[int]] = defaultdict(set)
        named: defaultdict[str, set[Name]] = defaultdict(set)
        for position, term in [*enumerate(tokens.terms), *tokens.extras, *_versions(post, tokens, run_at)]:
            if not term:
                continue
            name = FIELDS[field_at[position]]
            (text if name in TEXT else short)[term] += WEIGHTS[name]
            parts[term].add(bisect_right(cuts, tokens.starts[position]) - 1)
            if run_at[position] in names:
                named[term].add(names[run_at[position]])
        for term, among in parts.items():
            self._occurrences[term].append(
                _Occurrences(
                    doc,
                    short[term] / WEIGHT_UNIT,
                    text[term] / WEIGHT_UNIT,
                    tuple(sorted(named[term])),
                    tuple(sorted(among)),
                )
            )
            self._languages[term][post.language] += 1
        in_text = [FIELDS[field] in TEXT for field in field_at]
        self._lengths.append(sum(1 for term, counts in zip(tokens.terms, in_text, strict=True) if term and counts))
        self._boosts.append(post.boost)

    def postings(self) -> Mapping[str, list[TermInPost]]:
        """Return the postings by term."""
        average = sum(self._lengths) / len(self._lengths) if any(self._lengths) else 1
        norms = [1 - B + B * length / average for length in self._lengths]
        return {
            term: [self._posting(each, norms[each.doc]) for each in occurrences]
            for term, occurrences in self._occurrences.items()
        }

    def _posting(self, found: _Occurrences, norm: float) -> TermInPost:
        frequency = found.short + found.text / norm
        saturated = frequency / (frequency + K1)
        impact = round(MAX_IMPACT * min(1, saturated * self._boosts[found.doc]))
        return TermInPost(found.doc, max(1, impact), found.names, found.parts)

    def stems(self) -> Mapping[str, str]:
        """Return the stem of each term, in the language in which it is most frequent."""
        return {term: stem(term, counts.most_common(1)[0][0]) for term, counts in self._languages.items()}


def _versions(post: Post, tokens: PostTokens, run_at: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield versions such as 1.22.3, with the position of their first number; a browser knows no positions."""
    terms, position = tokens.terms, 0
    while position < len(terms):
        end = position + 1
        while end < len(terms) and terms[end].isdigit() and _goes_on(post, tokens, end, run_at):
            end += 1
        if end > position + 1 and terms[position].isdigit():
            yield position, ".".join(terms[position:end])
        position = end


def _goes_on(post: Post, tokens: PostTokens, position: int, run_at: Sequence[int]) -> bool:
    """Check whether a number follows the one before by a dot, or in a name, whose text is not known, at once."""
    if run_at[position] != run_at[position - 1] or not tokens.terms[position - 1].isdigit():
        return False
    if FIELDS[tokens.runs[run_at[position]].field] not in TEXT:
        return True
    return post.text[tokens.starts[position - 1] + tokens.lengths[position - 1] : tokens.starts[position]] == "."


def _names(tokens: PostTokens, ends: Sequence[int]) -> dict[int, Name]:
    """Return the names in a post by the numbers of their runs."""
    found: dict[int, Name] = {}
    for number, (run, end) in enumerate(zip(tokens.runs, ends, strict=True)):
        if FIELDS[run.field] in _NAME_FIELDS:
            size = sum(map(bool, tokens.terms[run.position : end]))
            found[number] = Name(len(found), size, FIELDS[run.field] == "address")
    return found


def part_starts(post: Post) -> list[int]:
    """Return where the parts of a post's text begin: at a section, or else at a line, so that none is too long."""
    starts = [0]
    sections = [section.start for section in post.sections if section.start]
    while len(post.text) - starts[-1] > MAX_PART:
        most = starts[-1] + MAX_PART
        section = max((start for start in sections if starts[-1] + MAX_PART // 3 < start <= most), default=0)
        line = post.text.rfind("\n", starts[-1] + MAX_PART // 3, most) + 1
        starts.append(section or line or most)
    return starts
