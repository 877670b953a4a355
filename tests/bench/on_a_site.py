"""What does a search cost the readers of somebody's site? Box and dialog of ours beside Pagefind's two.

    npm install pagefind@1.6.0 @docsearch/js@5.2.0 @docsearch/css@5.2.0
    python -m tests.bench.on_a_site node_modules DIR...

A page of a site of plain files has each search as its documentation has it. Chromium loads it with a new profile, opens
the search and types a word's fourth letter; the clock runs from that key until the first result or suggestion with a
sentence is painted, and kilobytes are all bodies that travel until then, the page of 200 bytes included. The host
compresses texts by gzip, as most do, and our server by brotli. Of DocSearch, whose index only its makers have, the
files of its interface are weighed, compressed by gzip.
"""

import argparse
import gzip
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from statistics import median
from threading import Thread
from typing import BinaryIO

from playwright.sync_api import Browser, sync_playwright

from backmatter.index.engines import open_engine
from backmatter.index.settings import Settings
from backmatter.index.sync.sync import sync
from tests.bench.first_suggestion import PAUSE, WORDS, Box, said, waits, watch
from tests.bench.static_search import Quiet, build_pagefind
from tests.bench.tables import table
from tests.browser.conftest import CHROMIUM
from tests.serving import running

PAGE = '<!doctype html><html lang="en"><title>A blog</title><link rel="icon" href="data:,"><p>Text of the page.</p>'
PAGEFIND = "/pagefind"  # Where its search box looks for its index.
SEARCHES = {
    "our box": '<script type="module" src="{ours}/backmatter-search.js"></script>'
    '<backmatter-search src="{ours}"></backmatter-search>',
    "our dialog": '<script type="module" src="{ours}/backmatter-search.js"></script>'
    '<backmatter-search mode="dialog" src="{ours}"></backmatter-search>',
    "Pagefind UI": f'<link rel="stylesheet" href="{PAGEFIND}/pagefind-ui.css"><div id="search"></div>'
    f'<script src="{PAGEFIND}/pagefind-ui.js"></script><script>new PagefindUI({{element: "#search"}});</script>',
    "Pagefind search box": f'<link rel="stylesheet" href="{PAGEFIND}/pagefind-component-ui.css">'
    f'<script type="module" src="{PAGEFIND}/pagefind-component-ui.js"></script>'
    "<pagefind-searchbox></pagefind-searchbox>",
}
OURS = "document.querySelector('backmatter-search').shadowRoot"
BOXES = {
    "our box": Box("our-box", "input", "[role=listbox]", "ROOT.querySelector('.why')", OURS),
    "our dialog": Box(
        "our-dialog", "dialog input", ".results", "ROOT.querySelector('.passage mark')", OURS, ".trigger"
    ),
    "Pagefind UI": Box("pagefind-ui", ".pagefind-ui__search-input", "#search", "ROOT.querySelector('mark')"),
    "Pagefind search box": Box("pagefind-search-box", "input", "pagefind-searchbox", "ROOT.querySelector('mark')"),
}
DOCSEARCH = ("js/dist/umd/index.js", "css/dist/style.css")
COMPRESSED = (".html", ".js", ".css")


class Host(Quiet):
    """A host of files that compresses texts."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        """Send a text compressed, and other files as they are."""
        file = Path(self.translate_path(self.path))
        if file.suffix not in COMPRESSED or not file.is_file():
            return super().send_head()
        content = gzip.compress(file.read_bytes(), mtime=0)
        self.send_response(200)
        headers = {"Content-Type": self.guess_type(file), "Content-Encoding": "gzip", "Content-Length": len(content)}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        return BytesIO(content)


def asked(browser: Browser, address: str, box: Box, word: str) -> tuple[list[float], float]:
    """Return the milliseconds from a word's fourth letter on a new page, and the kilobytes until then."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    received: list[int] = []  # Also what a worker of the page asks for, which the browser's own events leave out.
    page.on("response", lambda response: received.append(int(response.headers.get("content-length", "0"))))
    page.goto(f"{address}/{box.address}.html", wait_until="networkidle")
    if box.opener:
        page.locator(box.opener).click()
        page.locator(box.list).wait_for()
        page.wait_for_load_state("networkidle")
    watch(page, box)
    page.locator(box.box).first.evaluate("(box, text) => { box.value = text; }", word[:3])
    page.keyboard.press(word[3])
    times = waits(page)
    page.wait_for_timeout(PAUSE)
    page.context.close()
    return times, sum(received) / 1000


def build(served: Path, tree: Path, site: Path, modules: Path) -> int:
    """Build the index that our server starts with, and Pagefind's; return how many articles there are."""
    served.mkdir()
    (served / "content").symlink_to(tree.resolve())
    settings = Settings(content=(served / "content",), index=served / "index")
    engine = open_engine(settings)
    sync(engine, settings)
    build_pagefind(site, engine, modules)
    return len(engine.snapshot().holdings())


@contextmanager
def sites(tree: Path, modules: Path) -> Iterator[tuple[str, int]]:
    """Serve a site with a page for each search; return its address, and how many articles it has."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = build(folder / "served", tree, folder / "site", modules)
        (folder / "pagefind").symlink_to(folder / "site" / "pagefind")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=name)) as server:
            address = f"http://127.0.0.1:{server.server_port}"
            (folder / "served" / "backmatter.toml").write_text(f'server.origins = ["{address}"]\n', "utf-8")
            with running(folder / "served", BACKMATTER_SERVER_RATE_LIMIT="0") as (_, port):
                for search, box in BOXES.items():
                    html = PAGE + SEARCHES[search].replace("{ours}", f"http://127.0.0.1:{port}")
                    (folder / f"{box.address}.html").write_text(html, "utf-8")
                Thread(target=server.serve_forever, daemon=True).start()
                yield address, pages
                server.shutdown()


def main() -> None:
    """Print a table for each folder of posts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=Path)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--words", type=int, default=10, help="How many are typed.")
    given = parser.parse_args()
    weight = sum(len(gzip.compress((given.modules / "@docsearch" / file).read_bytes())) for file in DOCSEARCH)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for tree in given.trees:
            with sites(tree, given.modules.resolve()) as (address, pages):
                found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in BOXES}
                for word in WORDS[: given.words]:  # In turn: the machine has other work, too.
                    for name, box in BOXES.items():
                        times, size = asked(browser, address, box, word)
                        found[name][0].extend(times)
                        found[name][1].append(size)
            rows = [[name, f"{median(sizes):,.1f}", said(times)] for name, (times, sizes) in found.items()]
            rows.append(["DocSearch, its files alone", f"{weight / 1000:,.1f}", ""])
            print(table([f"{pages:,} articles", "kB", "ms"], rows), "\n")  # noqa: T201
        browser.close()


if __name__ == "__main__":
    main()
