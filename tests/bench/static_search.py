"""How many bytes does a search without a server take to its first results? Beside Pagefind and MiniSearch.

    npm install pagefind@1.6.0 minisearch
    python -m tests.bench.static_search node_modules DIR...

Chromium loads a page of plain files and asks for a word, then for another one, until the first result is there with its
text. Bytes are those of the files, as a host sends them that does not compress; "second" is what the second word adds.
Pagefind is asked through its API, without the files of its interface; MiniSearch has titles and texts in one file.
"""

import argparse
import json
import subprocess
import tempfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import process_time
from typing import Any

from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from backmatter.app.export.command import export
from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Engine
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.bench.pages import write_pages
from tests.bench.tables import table
from tests.browser.conftest import CHROMIUM

FIRST, SECOND = "memory", "channel"
SITE = "https://blog.example.org"
ASK = {
    "backmatter export": """async (query) => {
        const { search } = await import("/ours/search.js");
        const { results } = await search(query);
        await results[0].passage();
    }""",
    "Pagefind": """async (query) => {
        const pagefind = await import("/site/pagefind/pagefind.js");
        const { results } = await pagefind.search(query);
        await results[0].data();
    }""",
    "MiniSearch": """async (query) => {
        globalThis.engine ??= await (async () => {
            const { default: MiniSearch } = await import("/minisearch.js");
            const index = await (await fetch("/minisearch.json")).text();
            return MiniSearch.loadJSON(index, { fields: ["title", "text"], storeFields: ["title", "text"] });
        })();
        globalThis.engine.search(query)[0].text;
    }""",
}
MAKE_MINISEARCH = """
import { readFileSync, writeFileSync } from "node:fs";
const { default: MiniSearch } = await import(process.argv[2]);
const engine = new MiniSearch({ fields: ["title", "text"], storeFields: ["title", "text"] });
engine.addAll(JSON.parse(readFileSync(process.argv[3])));
writeFileSync(process.argv[4], JSON.stringify(engine));
"""


class Quiet(SimpleHTTPRequestHandler):
    """Files as they are."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


def build(folder: Path, trees: list[Path], modules: Path) -> int:
    """Write the files of all three; return how many pages there are."""
    settings = Settings(content=tuple(trees), index=folder / "index", base_url=SITE)
    engine = open_engine(settings)
    sync(engine, settings)
    places = [word for tree in trees for word in ("--content", str(tree))]
    runner = CliRunner(env={"BACKMATTER_BASE_URL": SITE})
    made = runner.invoke(export, [*places, "--index", str(settings.index), str(folder / "ours")])
    if made.exception:
        raise made.exception
    build_pagefind(folder / "site", engine, modules)
    (folder / "site/blank.html").write_text("<!doctype html><title>Search</title>", "utf-8")
    posts = [{"id": n, "title": post.title, "text": post.text} for n, post in enumerate(engine.snapshot().posts())]
    (folder / "posts.json").write_text(json.dumps(posts), "utf-8")
    (folder / "make.mjs").write_text(MAKE_MINISEARCH, "utf-8")
    library = modules / "minisearch" / "dist" / "es" / "index.js"
    (folder / "minisearch.js").write_bytes(library.read_bytes())
    files = [folder / "make.mjs", library, folder / "posts.json", folder / "minisearch.json"]
    subprocess.run(["node", *map(str, files)], check=True)
    return len(posts)


def build_pagefind(site: Path, engine: Engine, modules: Path) -> None:
    """Write the posts of an index as pages, and Pagefind's index of them."""
    write_pages(site, engine.snapshot().posts())
    subprocess.run([str(modules / ".bin" / "pagefind"), "--site", str(site)], check=True, capture_output=True)


def asked(browser: Browser, address: str, script: str) -> tuple[int, int, float, float]:
    """Return the bytes and the milliseconds of two words on a new page, those of the second in addition."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/site/blank.html")
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", "0"))))
    figures: list[float] = []
    for word in (FIRST, SECOND):
        sizes.clear()
        milliseconds = page.evaluate(
            f"async (query) => {{ const start = performance.now(); await ({script})(query); "
            "return performance.now() - start; }",
            word,
        )
        figures += [sum(sizes), milliseconds]
    context.close()
    return int(figures[0]), int(figures[2]), figures[1], figures[3]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=Path)
    parser.add_argument("trees", type=Path, nargs="+")
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        started = process_time()
        pages = build(Path(name), given.trees, given.modules.resolve())
        seconds = process_time() - started
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name)) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}"
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            for engine, script in ASK.items():
                first, second, *times = asked(browser, address, script)
                rows.append(
                    [engine, f"{first / 1000:,.0f}", f"{second / 1000:,.0f}", *(f"{time:,.0f}" for time in times)]
                )
            browser.close()
            server.shutdown()
    head = [f"{pages:,} pages", "kB, first word", "kB, second", "ms, first", "ms, second"]
    print(table(head, rows), f"\nall built in {seconds:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
