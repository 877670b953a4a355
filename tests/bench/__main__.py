"""`make bench`, or `python -m tests.bench`: run the benchmarks and print their tables as Markdown."""

import sys
import tempfile
from collections.abc import Callable, Collection
from importlib import import_module
from pathlib import Path

import click
import msgspec

from tests.bench.against import measure as compare
from tests.bench.bench import Bench, Figures
from tests.bench.corpus import articles_in
from tests.bench.machine import shape
from tests.bench.peers import PEERS, missing

# What can be measured, with the module that does; those that change the corpus come last.
SECTIONS = {
    "queries": "speed",
    "http": "http",
    "opening": "opening",
    "build": "build",
    "growth": "growth",
    "hook": "hook",
    "change": "change",
}


def _some_of(known: Collection[str]) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    def listed(_: click.Context, __: click.Parameter, given: str) -> list[str]:
        names = [name for name in given.split(",") if name]
        if unknown := sorted(set(names) - set(known)):
            raise click.BadParameter(f"{', '.join(unknown)}; there are {', '.join(known)}")
        return [name for name in known if name in names]

    return listed


def _option_of(name: str, known: Collection[str], text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(name, default=",".join(known), callback=_some_of(known), show_default=True, help=text)


def _without_what_is_missing(peers: list[str]) -> list[str]:
    for name in peers:
        if programs := missing(name):
            click.echo(f"Without {name}: {' and '.join(programs)} is not installed.")
    return [name for name in peers if not missing(name)]


def _numbers(_: click.Context, __: click.Parameter, given: str) -> list[int]:
    try:
        return sorted({int(number) for number in given.split(",") if number})
    except ValueError:
        raise click.BadParameter(f"{given} is not a list of numbers as 1000,14000") from None


FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.option("--content", "trees", multiple=True, type=FOLDER, default=[Path("content")], help="Repeatable.")
@_option_of("--only", SECTIONS, "What to measure.")
@_option_of("--peers", PEERS, "What to compare with.")
@click.option("--seed", default=2026, show_default=True, help="Draws other queries and subsets.")
@click.option("--count", default=100, show_default=True, help="Queries of each kind.")
@click.option(
    "--sizes",
    default="",
    callback=_numbers,
    help="Files for growth; beyond the trees' own, texts repeat with changed words.",
)
@click.option("--against", metavar="COMMIT", help="Compare the queries with another commit's, built beside this one.")
@click.option("--json", "data", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here, too.")
def main(
    trees: tuple[Path, ...],
    only: list[str],
    peers: list[str],
    seed: int,
    count: int,
    sizes: list[int],
    against: str | None,
    data: Path | None,
) -> None:
    """Measure Backmatter on content trees, beside its peers."""
    click.echo(f"`make bench`: {shape()}")
    measured: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory(prefix="backmatter-bench-") as folder:
        bench = Bench(
            folder=Path(folder), trees=trees, peers=_without_what_is_missing(peers), seed=seed, count=count, sizes=sizes
        )
        click.echo(f"{len(articles_in(bench.content)):,} files of {len(trees)} trees, seed {seed}\n")
        for name in only:
            measured[name] = import_module(f"tests.bench.{SECTIONS[name]}").measure(bench)
            _show(name.capitalize(), measured[name])
        if against:
            measured["against"] = compare(bench, against)
            _show(f"Against {against}", measured["against"])
    if data:
        data.write_bytes(msgspec.json.format(msgspec.json.encode({n: f.data for n, f in measured.items()})))


def _show(name: str, figures: Figures) -> None:
    click.echo(f"### {name}\n\n{figures.text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
