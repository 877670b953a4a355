"""How often does a search without a server find first what the server finds first?

    python -m tests.bench.static_agreement DIR QUERIES [--differing 20]

DIR has posts, QUERIES is a file of JSON lines with `text`, as `evaluate` reads them. Chromium asks the files.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from backmatter.app.export.command import export
from backmatter.index.engines import open_engine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.bench.static_search import SITE, Quiet
from tests.browser.conftest import CHROMIUM

ASK = """async (queries) => {
    const { search } = await import("/search.js");
    const found = [];
    for (const query of queries) found.push((await search(query, { limit: 3 })).results.map(({ url }) => url));
    return found;
}"""


def by_server(settings: Settings, queries: Sequence[str]) -> list[list[str]]:
    """Return the addresses of the first three results of each query."""
    snapshot = open_engine(settings).snapshot()
    return [[hit.url for hit in search(snapshot, analyse(query), per_page=3).hits] for query in queries]


def by_files(folder: Path, queries: Sequence[str]) -> list[list[str]]:
    """Return the same, of an export."""
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server,
        sync_playwright() as playwright,
    ):
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        found: list[list[str]] = page.evaluate(ASK, queries)
        browser.close()
        server.shutdown()
    return found


def main() -> None:
    """Print the shares, and some queries whose first results differ."""
    parser = argparse.ArgumentParser()
    parser.add_argument("content", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--differing", type=int, default=0, help="how many queries to show whose first results differ")
    given = parser.parse_args()
    queries = [json.loads(line)["text"] for line in given.queries.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(content=(given.content,), index=folder / "index", base_url=SITE)
        sync(open_engine(settings), settings)
        places = ["--content", str(given.content), "--index", str(settings.index), str(folder / "out")]
        made = CliRunner(env={"BACKMATTER_BASE_URL": SITE}).invoke(export, places)
        if made.exception:
            raise made.exception
        pairs = list(zip(queries, by_server(settings, queries), by_files(folder / "out", queries), strict=True))
    answered = [(query, ours, theirs) for query, ours, theirs in pairs if ours]
    same = sum(theirs[:1] == ours[:1] for _, ours, theirs in answered)
    among = sum(ours[0] in theirs for _, ours, theirs in answered)
    first, three = same / len(answered), among / len(answered)
    print(f"{len(answered)} queries: the server's first is first for {first:.1%}, in three for {three:.1%}")  # noqa: T201
    differing = [row for row in answered if row[2][:1] != row[1][:1]]
    for query, ours, theirs in differing[:: max(1, len(differing) // (given.differing or 1))][: given.differing]:
        print(f"{query!r}\n  server {ours[0]}\n  files  {theirs[0] if theirs else 'nothing'}")  # noqa: T201


if __name__ == "__main__":
    main()
