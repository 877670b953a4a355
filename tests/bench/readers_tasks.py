"""How many keys and clicks do five tasks of a reader take? Beside Pagefind's own interface.

    npm install pagefind@1.6.0
    python -m tests.bench.readers_tasks node_modules

Both search the journal's articles, three of which are made parts of a series, in Chromium. A task is done when the
paragraph, the article or the list that the reader looks for is in view. What both pages show without being asked costs
nothing; a reader who has to look for a word on an article's page presses Ctrl+F, types the word, and presses Enter.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bs4 import BeautifulSoup
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.bench.static_search import Quiet
from tests.bench.tables import table
from tests.browser.conftest import CHROMIUM, CONTENT
from tests.serving import ask, running_as_set

SERIES = "Go and memory"
PARTS = ("go-struct-field-alignment.md", "memory-mechanics-in-go-stack-vs-heap.md", "understanding-cpu-caches-in-go.md")
SETTINGS = 'facets = ["series"]\n[server]\nrate_limit = 0\n'
PAGEFIND_PAGE = """<!doctype html><title>Search</title><link rel="stylesheet" href="/site/pagefind/pagefind-ui.css">
<div id="search"></div><script src="/site/pagefind/pagefind-ui.js"></script>
<script>new PagefindUI({ element: "#search", showSubResults: true });</script>"""
WINDOW = {"width": 1280, "height": 900}
IN_VIEW = """(text) => {
  const all = [...document.querySelectorAll("p, li, pre, td")].filter((each) => each.textContent.includes(text));
  return all.some((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
}"""


class Reader:
    """A reader at a page, whose keys and clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.clicks = 0

    def types(self, text: str) -> None:
        """Type a text, and wait until the page has answered."""
        self.page.keyboard.type(text, delay=30)
        self.keys += len(text)
        self.page.wait_for_timeout(800)

    def presses(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1
            self.page.wait_for_timeout(400)

    def clicks_on(self, place: Locator) -> None:
        """Click the first of what a selector finds."""
        place.first.click()
        self.clicks += 1
        self.page.wait_for_timeout(800)

    def looks_for(self, word: str, sentence: str) -> None:
        """Find a word by the browser's own search on the page, unless the sentence is in view."""
        self.page.wait_for_load_state()
        self.page.wait_for_timeout(400)
        if not self.page.evaluate(IN_VIEW, sentence):
            self.keys += 2 + len(word)
            self.page.evaluate("(word) => window.find(word)", word)
        self.page.wait_for_function(IN_VIEW, arg=sentence, timeout=5_000)


FLAG = ("gcflags", "Ask the compiler what it decided with")
CODE = ("skip locked", "FOR UPDATE SKIP LOCKED")
MARCH = ("cache", "**/understanding-cpu-caches-in-go**")


def lands(reader: Reader, word: str, sentence: str) -> None:
    """Ours: type a word, and take the first suggestion."""
    reader.presses("/")
    reader.types(word)
    reader.presses("ArrowDown", "Enter")
    reader.looks_for(word, sentence)


def post_of_march(reader: Reader) -> None:
    """Ours: every result says its day."""
    reader.presses("/")
    reader.types(MARCH[0])
    reader.presses("Enter")
    reader.clicks_on(reader.page.locator(".hit", has_text="22 Mar 2026").get_by_role("heading").get_by_role("link"))
    reader.page.wait_for_url(MARCH[1])


def narrows(reader: Reader) -> None:
    """Ours: the series stands beside the results."""
    reader.presses("/")
    reader.types("memory")
    reader.presses("Enter")
    reader.clicks_on(reader.page.get_by_role("link", name=SERIES))
    expect(reader.page.locator(".hit")).to_have_count(len(PARTS))


def comes_back(reader: Reader) -> None:
    """Ours: the way back from the second result."""
    reader.page.goto(f"{reader.page.url}search?q=cache")
    reader.page.locator(".hit").nth(1).get_by_role("heading").get_by_role("link").click()
    reader.clicks_on(reader.page.get_by_role("link", name="Back to the results"))
    expect(reader.page.locator(".hit").nth(1)).to_be_in_viewport()


OURS: dict[str, Callable[[Reader], None]] = {
    "find the flag": partial(lands, word=FLAG[0], sentence=FLAG[1]),
    "the post of March on caches": post_of_march,
    "where the code is explained": partial(lands, word=CODE[0], sentence=CODE[1]),
    "narrow to a series": narrows,
    "come back": comes_back,
}


def asks(reader: Reader, text: str) -> None:
    """Pagefind: type into the box."""
    reader.clicks_on(reader.page.locator(".pagefind-ui__search-input"))
    reader.types(text)


def lands_there(reader: Reader, word: str, sentence: str) -> None:
    """Pagefind: take the first section of the first result that has some."""
    asks(reader, word)
    reader.clicks_on(reader.page.locator(".pagefind-ui__result-nested .pagefind-ui__result-link"))
    reader.looks_for(word, sentence)


def filters(reader: Reader, key: str, value: str) -> None:
    """Pagefind: open a filter, and choose its value."""
    reader.clicks_on(reader.page.locator(".pagefind-ui__filter-name", has_text=key))
    reader.clicks_on(reader.page.get_by_label(value))


def post_of_march_there(reader: Reader) -> None:
    """Pagefind: narrow to the month, since results have no day."""
    asks(reader, MARCH[0])
    filters(reader, "Month", "2026-03")
    reader.clicks_on(reader.page.locator(".pagefind-ui__result-title .pagefind-ui__result-link", has_text="CPU Caches"))
    reader.page.wait_for_url(MARCH[1])


def narrows_there(reader: Reader) -> None:
    """Pagefind: narrow to the series."""
    asks(reader, "memory")
    filters(reader, "Series", SERIES)
    expect(reader.page.locator(".pagefind-ui__result")).to_have_count(len(PARTS))


def comes_back_there(reader: Reader) -> None:
    """Pagefind: go back, and ask again where the page has forgotten what was asked."""
    box = reader.page.locator(".pagefind-ui__search-input")
    box.fill("cache")
    reader.page.locator(".pagefind-ui__result").nth(1).locator(".pagefind-ui__result-link").first.click()
    reader.page.go_back()
    reader.keys += 2  # Alt and an arrow
    reader.page.wait_for_timeout(800)
    if box.input_value() != "cache":
        asks(reader, "cache")
    expect(reader.page.locator(".pagefind-ui__result").nth(1)).to_be_visible()


PAGEFIND: dict[str, Callable[[Reader], None]] = {
    "find the flag": partial(lands_there, word=FLAG[0], sentence=FLAG[1]),
    "the post of March on caches": post_of_march_there,
    "where the code is explained": partial(lands_there, word=CODE[0], sentence=CODE[1]),
    "narrow to a series": narrows_there,
    "come back": comes_back_there,
}


def write_journal(folder: Path) -> None:
    """Write the posts and settings of a journal, three of whose posts are a series."""
    shutil.copytree(CONTENT, folder / "content")
    for name in PARTS:
        post = folder / "content" / name
        post.write_text(post.read_text("utf-8").replace("---\n", f"---\nseries: {SERIES}\n", 1), "utf-8")
    (folder / "backmatter.toml").write_text(SETTINGS, "utf-8")


def write_pages(folder: Path, port: int, modules: Path) -> None:
    """Write the articles as the server lays them out, with what Pagefind needs to narrow by, and its index."""
    for post in (folder / "content").glob("*.md"):
        article = BeautifulSoup(ask(port, f"/articles/{post.stem}")[1], "html.parser").find("article")
        assert article
        month = post.read_text("utf-8").partition("\ndate: ")[2][:7]
        filters = f'<span hidden data-pagefind-filter="Month">{month}</span>'
        if post.name in PARTS:
            filters += f'<span hidden data-pagefind-filter="Series">{SERIES}</span>'
        page = folder / "site" / post.stem / "index.html"
        page.parent.mkdir(parents=True)
        body = f"<main data-pagefind-body>{filters}{article}</main>"
        page.write_text(f'<!doctype html><html lang="en"><title>{post.stem}</title>{body}', "utf-8")
    (folder / "site" / "search.html").write_text(PAGEFIND_PAGE, "utf-8")
    subprocess.run([modules / ".bin" / "pagefind", "--site", folder / "site"], check=True, capture_output=True)


def counted(page: Page, address: str, task: Callable[[Reader], None]) -> str:
    """Do a task from a new page on; return how many keys and clicks it took."""
    page.goto(address, wait_until="networkidle")
    reader = Reader(page)
    task(reader)
    return f"{reader.keys} + {reader.clicks}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=Path)
    modules = parser.parse_args().modules.resolve()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        write_journal(folder)
        with (
            ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name)) as server,
            running_as_set(folder) as (_, port),
        ):
            Thread(target=server.serve_forever, daemon=True).start()
            write_pages(folder, port, modules)
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            addresses = [f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{server.server_port}/site/search.html"]
            rows = []
            for task in OURS:
                pages = [browser.new_context(viewport=WINDOW).new_page() for _ in addresses]
                done = zip(pages, addresses, (OURS[task], PAGEFIND[task]), strict=True)
                rows.append([task, *(counted(*each) for each in done)])
            browser.close()
            server.shutdown()
    print(table(["keys + clicks", "Backmatter", "Pagefind UI"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
