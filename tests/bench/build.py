"""From files on disk to searchable, as a whole process: against the plain pipeline, and against Pagefind on HTML."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench import corpus
from tests.bench.bench import Bench, Figures
from tests.bench.pages import write_pages
from tests.bench.process import Run, backmatter, run, size
from tests.bench.tables import figure, ratio, table

MEGA = 1_000_000
PAGEFIND = "pagefind@1.6.0"
MODULES = Path(__file__).parents[2] / "build/pagefind"
# A build, with the bytes of what it wrote.
Built = tuple[Run, int]


def measure(bench: Bench) -> Figures:
    """Build the index, then build the plain pipeline's of the same files; and those of pages with the same text."""
    plain_index = bench.folder / "plain"
    own = bench.build, size(bench.settings.index)
    plain = run([sys.executable, "-m", "tests.bench.plain", str(bench.content), str(plain_index)])
    of_files = {"Backmatter": own, "plain pipeline": (plain, size(plain_index))}
    files, text = len(corpus.articles_in(bench.content)), corpus.text_size(bench.articles)
    ratios = (
        f"{ratio(plain.seconds, own[0].seconds)} as fast ({ratio(plain.processor, own[0].processor)} by the processor)"
    )
    note = (
        f"{files:,} files, {len(bench.articles):,} articles held, {text / MEGA:.1f} MB of text. "
        f"Backmatter builds {ratios} as the plain pipeline."
    )
    of_pages = _of_pages(bench)
    tables = [
        _table("build", of_files, files, text),
        note,
        _table("build from HTML", of_pages, len(bench.articles), text),
    ]
    if without := _without_node():
        tables.append(f"Without Pagefind: {without}.")
    data = {name: {"run": run, "index": index} for name, (run, index) in {**of_files, **of_pages}.items()}
    return Figures("\n\n".join(tables), {"files": files, "text": text, **data})


def _of_pages(bench: Bench) -> dict[str, Built]:
    site = bench.folder / "site"
    write_pages(site, bench.engine.snapshot().posts())
    settings = corpus.settings_for(site, bench.folder / "site-index")
    built = {"Backmatter, HTML": (backmatter("index", settings), size(settings.index))}
    if not _without_node():
        subprocess.run(["npm", "install", "--silent", "--prefix", str(MODULES), PAGEFIND], check=True)
        program, bundle = MODULES / "node_modules/.bin/pagefind", bench.folder / "pagefind"
        pagefind = run([str(program), "--site", str(site), "--output-path", str(bundle)])
        built["Pagefind, HTML"] = pagefind, size(bundle)
    return built


def _without_node() -> str:
    return "" if shutil.which("npm") else "npm is not installed"


def _table(name: str, built: Mapping[str, Built], files: int, text: int) -> str:
    head = [name, "files/s", "seconds", "of the processor", "peak memory, MB", "index, MB", "index : text"]
    return table(head, [[engine, *_figures(run, index, files, text)] for engine, (run, index) in built.items()])


def _figures(built: Run, index: int, files: int, text: int) -> list[str]:
    return [
        figure(files / built.seconds),
        figure(built.seconds),
        figure(built.processor),
        figure(built.peak / MEGA),
        figure(index / MEGA),
        ratio(index, text),
    ]
