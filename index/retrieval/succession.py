"""Succession: posts that others supersede rank below them.

Posts name their successors and predecessors in front matter. What a name stands for is looked up in the generation that
is searched, so that a post that is held back, or not there, succeeds nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..model import Article
from ..query.tree import Filter
from ..segment.arrays import Array
from ..segment.references import IS_DECLARED, NAME, SUCCESSION, looked_up

# Posts of one line; nobody looks further for what is current.
MAX_SUCCESSORS = 20

# By how much the score of a successor exceeds that of the post before it, at least: more than is rounded away.
GAP = 1e-5

# Posts that name others. More are a mistake, and a cluster returns no more at once.
MAX_DECLARED = 10_000

# Returns the first posts under a filter.
FindFiltered = Callable[[Filter, int], Sequence[Article]]


@dataclass(frozen=True, slots=True)
class Succession:
    """The latest successors of posts, by path, and how many posts lie between each and its successor's last."""

    latest: Mapping[str, Article] = field(default_factory=dict)
    steps: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.latest)

    def scores(self, paths: Sequence[str], scores: Array) -> Array:
        """Return the scores of posts, exchanged so that each ranks above those that it supersedes."""
        lines: defaultdict[str, list[int]] = defaultdict(list)
        for number, path in enumerate(paths):
            lines[self.latest[path].path if path in self.latest else path].append(number)
        exchanged = scores.copy()
        for line in lines.values():
            if len(line) > 1:
                newest_first = sorted(line, key=lambda number: self.steps.get(paths[number], 0))
                gaps = GAP * np.arange(len(line))
                exchanged[newest_first] = np.minimum.accumulate(np.sort(scores[line])[::-1] + gaps) - gaps
        return exchanged


def find_succession(find: FindFiltered) -> Succession:
    """Find the successors of the posts of an index; what comes back to where it began has none."""
    articles = sorted(find(Filter(SUCCESSION, IS_DECLARED), MAX_DECLARED), key=lambda article: article.path)
    next_of: dict[str, Article] = {}
    for article in articles:
        if found := _first(article, article.superseded_by, find):
            next_of[article.path] = found
    for article in articles:
        for reference in article.supersedes:
            if found := _first(article, (reference,), find):
                next_of.setdefault(found.path, article)
    lines = {path: _followed(path, next_of) for path in next_of}
    return Succession(
        {path: line[-1] for path, line in lines.items() if line}, {path: len(line) for path, line in lines.items()}
    )


def _first(article: Article, references: Iterable[str], find: FindFiltered) -> Article | None:
    """Return the first post that a post refers to; a post with the same name as another is not itself meant."""
    named = (find(Filter(NAME, name), 2) for reference in references for name in looked_up(reference, article))
    return next((found for posts in named for found in posts if found.path != article.path), None)


def _followed(path: str, next_of: Mapping[str, Article]) -> list[Article]:
    """Return the successors of a post, the latest last; none where they form a circle."""
    line: list[Article] = []
    seen, at = {path}, path
    while at in next_of and len(line) < MAX_SUCCESSORS:
        line.append(next_of[at])
        at = line[-1].path
        if at in seen:
            return []
        seen.add(at)
    return line
