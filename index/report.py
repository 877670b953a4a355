"""What the command line prints, as text. It imports nothing that a search does not need."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from html import unescape
from typing import TYPE_CHECKING

import click
from msgspec import structs

if TYPE_CHECKING:
    from index.evaluate import Change, Run, Scores
    from index.explain import Explained
    from index.model import Hit, Part, Results, Stats
    from index.sync import Report

# How many posts of a kind a summary names before it counts the rest.
NAMED = 20


def describe(report: "Report", *, dry_run: bool = False) -> str:
    """Say what a run did, failures last, where they are seen."""
    lines = [
        *(f"held back  {post.path}: {post.reason}" for post in report.held_back[:NAMED]),
        *_rest(len(report.held_back)),
        *(f"failed     {failure.place}: {failure.reason}" for failure in report.failed),
        ", ".join(f"{count} {name}" for name, count in report.counts.items()),
        "nothing was written (dry run)"
        if dry_run
        else f"generation {report.generation}, {report.took_ms / 1000:.2f} s",
    ]
    return "\n".join(lines)


def _rest(count: int) -> Iterable[str]:
    return [f"held back  … and {count - NAMED} more"] if count > NAMED else []


def misplaced(paths: Iterable[str]) -> str:
    """Say which pinned posts are not there; nothing where all of them are."""
    return "".join(
        f"backmatter: pins: {path!r} is no post of the index; correct its path in the settings\n" for path in paths
    )


def listing(results: "Results") -> str:
    """Show results as a reader of a terminal wants them: title, address, passage."""
    head = _count(results)
    if results.correction:
        head = f"{head} for {_printable(results.correction)}; search with --exact for {_printable(results.query)}"
    elif results.did_you_mean:
        head = f"{head}; did you mean {_printable(results.did_you_mean)}?"
    return "\n\n".join([head, *(_hit(number, hit) for number, hit in enumerate(results.hits, 1))])


def _hit(number: int, hit: "Hit") -> str:
    date = f"  {hit.date:%Y-%m-%d}" if hit.date else ""
    text = _as_code(hit) if hit.passage.code is not None else _as_prose(hit)
    return f"{number:>2}  {click.style(_printable(hit.title), bold=True)}{date}\n    {hit.passage.url}\n{text}"


def _as_prose(hit: "Hit") -> str:
    section = f"{hit.passage.section}: " if hit.passage.section else ""
    return "    " + " ".join((section + _styled(hit.passage.html)).split())


def _as_code(hit: "Hit") -> str:
    """Keep lines and indentation."""
    section = [f"    {_printable(hit.passage.section)}:"] if hit.passage.section else []
    lines = hit.passage.html.expandtabs(4).split("\n")
    return "\n".join([*section, *(f"      {_styled(line)}".rstrip() for line in lines)])


def _styled(html: str) -> str:
    """Make marked words bold; what a post says cannot reach the terminal's controls."""
    parts = re.split(r"</?mark>", html)
    return "".join(
        click.style(_printable(unescape(part)), bold=True) if marked else _printable(unescape(part))
        for part, marked in zip(parts, [False, True] * len(parts), strict=False)
    )


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def explanation(explained: "Explained") -> str:
    """Show a post's rank and its score as a tree of numbers."""
    lacks = f"; it lacks {', '.join(map(_printable, explained.missing))}" if explained.missing else ""
    if explained.hit is None or explained.hit.explanation is None:
        return f"{explained.path} is not among the {explained.total} posts found for {explained.query!r}{lacks}"
    pinned = ", pinned" if explained.hit.pinned else ""
    head = f"{explained.rank} of {explained.total} for {explained.query!r}{pinned}{lacks}"
    return "\n".join([head, "", *_tree(explained.hit.explanation, 0)])


def _tree(part: "Part", depth: int) -> Iterator[str]:
    product = " × ".join(f"{inner.name} {inner.value:.4g}" for inner in part.parts)
    how = product if part.how == "product" else part.how
    yield f"{part.value:>10.4f}  {'  ' * depth + _printable(part.name):<32}{how}".rstrip()
    for inner in () if part.how == "product" else part.parts:
        yield from _tree(inner, depth + 1)


def scores(measured: "Scores") -> str:
    """Show measures as a table."""
    return _table(structs.asdict(measured))


def outcomes(run: "Run") -> str:
    """Show every query, worst first, and beside those that could do better what came first and what should have."""
    lines = []
    for each in run.outcomes:
        lines.append(f"{each.ndcg:.3f}  {_printable(each.text)}")
        if each.ndcg < 1:
            lines.append(f"       came first: {_printable(each.hits[0]) if each.hits else 'nothing'}")
            lines.append(f"       right: {', '.join(map(_printable, each.expected[:3]))}")
    return "\n".join(lines)


def changed(changes: "Sequence[Change]") -> str:
    """Name the queries that got worse, and then those that got better."""
    worse = [change for change in changes if change.now < change.before]
    better = [change for change in changes if change.now > change.before]
    lines = [f"{len(worse)} got worse, {len(better)} got better"]
    lines += [f"  {c.before:.3f} -> {c.now:.3f}  {_printable(c.text)}" for c in [*worse, *better]]
    return "\n".join(lines)


def numbers(stats: "Stats") -> str:
    """Show what an index holds as a table."""
    rows = asdict(stats)
    rows["languages"] = ", ".join(f"{code} {count}" for code, count in stats.languages.items()) or "-"
    rows["newest"] = f"{stats.newest:%Y-%m-%d}" if stats.newest else "-"
    return _table(rows)


def _table(rows: Mapping[str, object]) -> str:
    width = max(len(name) for name in rows)
    shown = {name: f"{value:.4f}" if isinstance(value, float) else str(value) for name, value in rows.items()}
    return "\n".join(f"{name:<{width}}  {value}" for name, value in shown.items())


def _count(results: "Results") -> str:
    complete = f"{results.complete} {'post' if results.complete == 1 else 'posts'}"
    if not results.total:
        return "no post matches; try fewer or other words"
    if results.relaxed:
        return f"no post has all of these words; {results.total} have some"
    if results.complete < results.total:
        return f"{complete} with all of these words, {results.total - results.complete} with some"
    return complete
