"""What the command line prints, as text. It imports nothing that a search does not need."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from html import unescape
from statistics import fmean
from typing import TYPE_CHECKING

import click
from msgspec import structs

from ..terminal import printable

if TYPE_CHECKING:
    from ..model import Explanation, Hit, LearnedWord, Results, Stats
    from ..search.explain import Explained
    from ..sync.report import SyncReport
    from ..tools.evaluation.comparison import Change, LeftOut, SetComparison
    from ..tools.evaluation.evaluate import EvaluationRun, Lacking, Scores
    from ..tools.link_suggestions import LinkSuggestion

# How many posts of a kind a summary names before it counts the rest.
MAX_HELD_BACK_LINES = 20

# How many posts or words a line names before it counts the rest.
MAX_NAMES = 10


def describe(report: "SyncReport", *, dry_run: bool = False) -> str:
    """Describe what a run did; failures come last, where they are seen."""
    lines = [
        *(printable(f"held back  {post.path}: {post.reason}") for post in report.held_back[:MAX_HELD_BACK_LINES]),
        *_rest(len(report.held_back)),
        *(printable(f"warning    {warning.place}: {warning.reason}") for warning in report.warnings),
        *(printable(f"failed     {failure.place}: {failure.reason}") for failure in report.failed),
        ", ".join(f"{count} {name}" for name, count in report.counts.items()),
        "nothing was written (dry run)"
        if dry_run
        else f"generation {report.generation}, {report.took_ms / 1000:.2f} s",
    ]
    return "\n".join(lines)


def _rest(count: int) -> Iterable[str]:
    return [f"held back  … and {count - MAX_HELD_BACK_LINES} more"] if count > MAX_HELD_BACK_LINES else []


def misplaced(paths: Iterable[str]) -> str:
    """Return a line for each pinned post that is not in the index."""
    return "".join(
        f"backmatter: pins: {path!r} is not a post of the index; correct its path in the settings\n" for path in paths
    )


def listing(results: "Results") -> str:
    """Show results as a reader of a terminal wants them: title, address, passage."""
    head = _count(results)
    if results.correction:
        head = f"{head} for {printable(results.correction)}; search with --exact for {printable(results.query)}"
    elif results.unfinished:
        head = f"{head} with words that begin with {printable(results.unfinished)}"
    elif results.did_you_mean:
        head = f"{head}; did you mean {printable(results.did_you_mean)}?"
    return "\n\n".join([head, *(_hit(number, hit) for number, hit in enumerate(results.hits, 1))])


def _hit(number: int, hit: "Hit") -> str:
    date = f"  {hit.date:%Y-%m-%d}" if hit.date else ""
    text = _as_code(hit) if hit.passage.code is not None else _as_prose(hit)
    head = f"{number:>2}  {click.style(printable(hit.title), bold=True)}{date}"
    lines = [head, f"    {printable(hit.passage.url)}", text]
    if hit.by_meaning:
        lines.append("    has none of the words; is about something similar")
    elif hit.missing:
        lines.append(f"    missing: {printable(', '.join(hit.missing))}")
    if hit.superseded_by:
        lines.append(f"    superseded by: {printable(hit.superseded_by.title)}, {printable(hit.superseded_by.url)}")
    if hit.translations:
        others = ", ".join(f"{other.language} {other.url}" for other in hit.translations)
        lines.append(f"    also in: {printable(others)}")
    if hit.also_at:
        lines.append(f"    also at: {printable(', '.join(copy.url for copy in hit.also_at))}")
    return "\n".join(lines)


def _as_prose(hit: "Hit") -> str:
    section = f"{hit.passage.section}: " if hit.passage.section else ""
    # A terminal shows formulas as TeX.
    has_formula = "<math" in hit.passage.html
    text = printable(hit.passage.text) if has_formula else _styled(hit.passage.html)
    return "    " + " ".join((section + text).split())


def _as_code(hit: "Hit") -> str:
    """Keep lines and indentation."""
    section = [f"    {printable(hit.passage.section)}:"] if hit.passage.section else []
    lines = hit.passage.html.expandtabs(4).split("\n")
    return "\n".join([*section, *(f"      {_styled(line)}".rstrip() for line in lines)])


def _styled(html: str) -> str:
    """Make marked words bold; what a post says cannot reach the terminal's controls."""
    parts = re.split(r"</?mark>", html)
    return "".join(
        click.style(printable(unescape(part)), bold=True) if marked else printable(unescape(part))
        for part, marked in zip(parts, [False, True] * len(parts), strict=False)
    )


def explanation(explained: "Explained") -> str:
    """Show a post's rank and its score as a tree of numbers."""
    lacks = f"; it lacks {', '.join(map(printable, explained.missing))}" if explained.missing else ""
    if explained.hit is None or explained.hit.explanation is None:
        path = printable(explained.path)
        return f"{path} is not among the {explained.total} posts found for {explained.query!r}{lacks}"
    pinned = ", pinned" if explained.hit.pinned else ""
    head = f"{explained.rank} of {explained.total} for {explained.query!r}{pinned}{lacks}"
    learned = [f"searched as well: {_learned(word)}" for word in explained.learned]
    return "\n".join([head, *learned, "", *_tree(explained.hit.explanation, 0)])


def word_list(words: "Iterable[LearnedWord]") -> str:
    """List words that posts use for each other, and where each comes from."""
    return "\n".join(map(_learned, words)) or "posts have no other names for anything"


def _learned(word: "LearnedWord") -> str:
    more = f" and {word.count - len(word.posts)} more" if word.count > len(word.posts) else ""
    return printable(f"{word.typed} => {word.other}  ({', '.join(word.kinds)}: {', '.join(word.posts)}{more})")


def _tree(part: "Explanation", depth: int) -> Iterator[str]:
    product = " × ".join(f"{inner.name} {inner.value:.4g}" for inner in part.parts)
    how = product if part.how == "product" else part.how
    yield f"{part.value:>10.4f}  {'  ' * depth + printable(part.name):<32}{how}".rstrip()
    for inner in () if part.how == "product" else part.parts:
        yield from _tree(inner, depth + 1)


def suggested_links(found: "Sequence[LinkSuggestion]") -> str:
    """Show suggested links as compilers show faults: file and line, the post to link to, and the sentence."""
    if not found:
        return "no sentence speaks of a post that it does not link to"
    return "\n".join(
        f"{printable(f'{each.file}:{each.line}' if each.line else each.file)}: link to {printable(each.title)}, "
        f"{printable(each.url)}\n    {printable(each.text)}"
        for each in found
    )


def scores(measured: "Scores") -> str:
    """Show measures as a table."""
    return _table(structs.asdict(measured))


def outcomes(run: "EvaluationRun") -> str:
    """List every query, worst first; for those below 1, also what came first and what should have."""
    lines = []
    for each in run.outcomes:
        lines.append(f"{each.ndcg:.3f}  {printable(each.text)}")
        if each.ndcg < 1:
            lines.append(f"       came first: {printable(each.hits[0]) if each.hits else 'nothing'}")
            lines.append(f"       right: {', '.join(map(printable, each.expected[:3]))}")
    return "\n".join(lines)


def changed(compared: "SetComparison", changes: "Sequence[Change]") -> str:
    """Name the queries that got worse, and then those that got better, each with what moved."""
    worse = [change for change in changes if change.now < change.before]
    better = [change for change in changes if change.now > change.before]
    lines = [f"{len(worse)} got worse, {len(better)} got better; p = {compared.p:.3f} that this is chance"]
    for change in [*worse, *better]:
        lines.append(f"  {change.before:.3f} -> {change.now:.3f}  {printable(change.text)}")
        lines += [f"      {printable(_moved(change))}"] if change.right else []
    return "\n".join(lines)


def _moved(change: "Change") -> str:
    before, now = (f"rank {rank}" if rank else "not among ten" for rank in change.ranks)
    instead = f", where {change.instead} is now" if change.now < change.before and change.instead else ""
    return f"{change.right}: {before} -> {now}{instead}"


def lacks(lacking: "Lacking") -> str:
    """Name the right posts that the index does not have, and the words of queries that no post has."""
    kinds = ((lacking.posts, "right posts are"), (lacking.words, "words of the queries are"))
    return "\n".join(f"{len(names)} {what} not in the index: {_some(names)}" for names, what in kinds if names)


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMES
    return printable(", ".join(names[:MAX_NAMES])) + (f" and {more} more" if more > 0 else "")


def compared(tables: "Mapping[str, Sequence[SetComparison]]", left_out: "Sequence[LeftOut]") -> str:
    """Show how settings compare with the first one, set by set, and what is chosen without each set."""
    parts = []
    for setting, sets in tables.items():
        lines = [printable(setting), *(_compared(each) for each in sets)]
        if len(sets) > 1:
            before, now = (fmean(values) for values in zip(*((each.before, each.now) for each in sets), strict=True))
            lines.append(f"  {before:.4f} -> {now:.4f}  {now - before:+.4f}  mean of {len(sets)} sets")
        parts.append("\n".join(lines))
    if left_out:
        lines = [
            f"  {each.first:.4f} -> {each.score:.4f}  {each.score - each.first:+.4f}  {each.name}: {each.chosen}"
            for each in left_out
        ]
        parts.append("\n".join(["chosen without the set", *map(printable, lines)]))
    return "\n\n".join(parts)


def _compared(each: "SetComparison") -> str:
    figures = f"{each.before:.4f} -> {each.now:.4f}  {each.now - each.before:+.4f}"
    return f"  {figures}  {each.better} better, {each.worse} worse, p = {each.p:.3f}  {printable(each.name)}".rstrip()


def numbers(stats: "Stats") -> str:
    """Show what an index holds as a table."""
    rows = asdict(stats)
    rows["languages"] = ", ".join(f"{code} {count}" for code, count in stats.languages.items()) or "-"
    rows["newest"] = f"{stats.newest:%Y-%m-%d}" if stats.newest else "-"
    return _table(rows)


def _table(rows: Mapping[str, object]) -> str:
    width = max(len(name) for name in rows)
    shown = {name: f"{value:.4f}" if isinstance(value, float) else str(value) for name, value in rows.items()}
    return "\n".join(printable(f"{name:<{width}}  {value}") for name, value in shown.items())


def _count(results: "Results") -> str:
    complete = f"{results.complete} {'post' if results.complete == 1 else 'posts'}"
    if not results.total:
        return "no post matches; try fewer or other words"
    if results.relaxed:
        return f"no post has all of these words; {results.total} have some"
    if results.complete < results.total:
        return f"{complete} with all of these words, {results.total - results.complete} with some"
    return complete
