"""From files on disk to searchable, as a whole process, against the plain pipeline."""

import sys

from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.process import Run, run, size
from tests.bench.tables import figure, ratio, table

MEGA = 1_000_000


def measure(bench: Bench) -> Figures:
    """Build the index, then build the plain pipeline's of the same files."""
    own = bench.build
    plain_index = bench.folder / "plain"
    plain = run([sys.executable, "-m", "tests.bench.plain", str(bench.content), str(plain_index)])
    files = len(corpus.articles_in(bench.content))
    text = corpus.text_size(bench.articles)
    sizes = {"Backmatter": size(bench.settings.index), "plain pipeline": size(plain_index)}
    runs = {"Backmatter": own, "plain pipeline": plain}
    rows = [_row(name, runs[name], files, sizes[name], text) for name in runs]
    note = (
        f"{files:,} files, {len(bench.articles):,} articles held, {text / MEGA:.1f} MB of text. "
        f"Backmatter builds {ratio(plain.seconds, own.seconds)} as fast as the plain pipeline."
    )
    head = ["build", "files/s", "seconds", "peak memory, MB", "index, MB", "index : text"]
    data = {name: {"seconds": r.seconds, "peak": r.peak, "index": sizes[name]} for name, r in runs.items()}
    return Figures(f"{table(head, rows)}\n\n{note}", {"files": files, "text": text, **data})


def _row(name: str, built: Run, files: int, index_size: int, text: int) -> list[str]:
    return [
        name,
        figure(files / built.seconds),
        figure(built.seconds),
        figure(built.peak / MEGA),
        figure(index_size / MEGA),
        ratio(index_size, text),
    ]
