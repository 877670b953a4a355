"""How long does a reader wait from a key to the first painted suggestion with its sentence? Beside two others.

    npm install pagefind@1.6.0 minisearch
    python -m tests.bench.first_suggestion node_modules DIR...

Chromium types words into the box of the home page, into Pagefind's own interface with its defaults, and into a bare box
over MiniSearch, whose index is in the browser. "After a pause" is the fourth letter of a word, half a second after the
third; "typing" is every letter from the third on at five a second, until what is painted next; "cold" is the fourth
letter as the first key on a new page of a new profile. The clock starts when the page is given the key, and stops after
the frame in which the list was changed. Words that a box finds nothing for are left out of its figures. Kilobytes are
what travels until then, the page included: the server compresses, and the static files are sent as they are.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from threading import Thread

from playwright.sync_api import Browser, Page, Request, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.bench.static_search import Quiet, build
from tests.bench.tables import table
from tests.browser.conftest import CHROMIUM
from tests.serving import running

WORDS = (
    *("memory", "channel", "cache", "string", "interface", "error", "package", "garbage", "testing", "struct"),
    *("pointer", "slice", "goroutine", "function", "value", "compiler", "module", "version", "network", "request"),
    *("server", "client", "context", "thread", "build", "profile", "latency", "database", "operator", "language"),
)
# Typed before, since our box keeps its answers to what is measured.
WARMING = ("reader",)
COLD = 8
# Milliseconds: a pause of a reader, and between keys of one who types five a second.
PAUSE, BETWEEN_KEYS = 500, 200
PATIENCE = 2_000

MINISEARCH_PAGE = """<!doctype html><title>Search</title><input id="box"><ul id="list"></ul><script type="module">
const { default: MiniSearch } = await import("/minisearch.js");
const index = await (await fetch("/minisearch.json")).text();
const engine = MiniSearch.loadJSON(index, { fields: ["title", "text"], storeFields: ["title", "text"] });
box.addEventListener("input", () => {
  const found = engine.search(box.value, { prefix: true, fuzzy: 0.2 }).slice(0, 8);
  const word = box.value.toLowerCase();
  list.replaceChildren(...found.map(({ title, text }) => {
    const line = document.createElement("li");
    const at = Math.max(0, text.toLowerCase().indexOf(word) - 60);
    line.append(title, document.createElement("br"), text.slice(at, at + 160));
    return line;
  }));
});
</script>"""
PAGEFIND_PAGE = """<!doctype html><title>Search</title><link rel="stylesheet" href="/site/pagefind/pagefind-ui.css">
<div id="search"></div><script src="/site/pagefind/pagefind-ui.js"></script>
<script>new PagefindUI({ element: "#search" });</script>"""

# Notes when a key came, and when the list that was changed next had been painted.
WATCH = """([box, list]) => {
  const keys = (globalThis.keys = []), painted = (globalThis.painted = []);
  ROOT.querySelector(box).addEventListener("keydown", () => keys.push(performance.now()), true);
  new MutationObserver(() => {
    if (!(IS_READY)) return;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => painted.push(performance.now());
      port2.postMessage(0);
    });
  }).observe(ROOT.querySelector(list), { childList: true, subtree: true, characterData: true });
}"""
WAITED = "() => keys.map((key) => (painted.find((at) => at > key) ?? Infinity) - key)"


@dataclass(frozen=True)
class Box:
    """A search box: its page, selectors of the box and its list, and what is true once a sentence is shown.

    Both are looked for in `root`, and what `opener` selects is clicked before.
    """

    address: str
    box: str
    list: str
    ready: str
    root: str = "document"
    opener: str = ""


def watch(page: Page, box: Box) -> None:
    """Note from now on when keys come, and when what answers them is painted."""
    page.evaluate(WATCH.replace("IS_READY", box.ready).replace("ROOT", box.root), [box.box, box.list])
    page.locator(box.box).first.focus()


def opened(browser: Browser, box: Box) -> Page:
    """Open the page of a box in a new profile, and watch it."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(box.address, wait_until="networkidle")
    watch(page, box)
    return page


def cleared(page: Page, box: Box) -> None:
    """Empty the box, and forget what was noted."""
    page.locator(box.box).fill("")
    page.wait_for_timeout(PAUSE)
    page.evaluate("() => { keys.length = painted.length = 0; }")


def waits(page: Page) -> list[float]:
    """Return how long each key waited, once the last one has its answer; nothing where there is none."""
    with suppress(PlaywrightTimeout):
        page.wait_for_function("() => keys.length && painted.at(-1) > keys.at(-1)", timeout=PATIENCE)
        found: list[float] = page.evaluate(WAITED)
        return found
    return []


def after_a_pause(page: Page, box: Box, words: Sequence[str]) -> list[float]:
    """Return the milliseconds from the fourth letter of each word."""
    found = []
    for word in words:
        cleared(page, box)
        page.keyboard.type(word[:3])
        page.wait_for_timeout(PAUSE)
        page.evaluate("() => { keys.length = painted.length = 0; }")
        page.keyboard.press(word[3])
        found += waits(page)
    return found


def while_typing(page: Page, box: Box, words: Sequence[str]) -> list[float]:
    """Return the milliseconds from each letter from the third on."""
    found = []
    for word in words:
        cleared(page, box)
        page.keyboard.type(word, delay=BETWEEN_KEYS)
        found += waits(page)[2:]
    return found


def cold(browser: Browser, box: Box) -> tuple[list[float], list[float]]:
    """Return the milliseconds from the first word's fourth letter on new pages, and the kilobytes until then."""
    times, sizes = [], []
    for word in WORDS[:COLD]:
        page = browser.new_context().new_page()
        received: list[Request] = []
        page.on("requestfinished", lambda request, to=received: to.append(request))
        page.goto(box.address, wait_until="networkidle")
        watch(page, box)
        page.locator(box.box).evaluate("(box, text) => { box.value = text; }", word[:3])
        page.keyboard.press(word[3])
        times += waits(page)
        page.wait_for_timeout(PAUSE)
        sizes.append(sum(travelled(request) for request in received) / 1000)
        page.context.close()
    return times, sizes


def travelled(request: Request) -> int:
    """Return the bytes of a response, its headers included."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def said(times: list[float]) -> str:
    """Return the median and the 90th percentile."""
    return f"{median(times):,.0f} / {quantiles(times, n=10)[-1]:,.0f}"


def measured(browser: Browser, box: Box, words: Sequence[str]) -> list[str]:
    """Return the figures of a box."""
    first, sizes = cold(browser, box)
    page = opened(browser, box)
    after_a_pause(page, box, WARMING)
    figures = [said(measure(page, box, words)) for measure in (after_a_pause, while_typing)]
    page.context.close()
    return [*figures, said(first), f"{median(sizes):,.0f}"]


def boxes(ours: str, files: str) -> dict[str, Box]:
    """Return the boxes that are compared."""
    listed = "[role=listbox]"
    return {
        "Backmatter": Box(f"{ours}/", "#_q", listed, "document.querySelector('[role=option] .why')"),
        "Pagefind UI": Box(
            f"{files}/pagefind.html",
            ".pagefind-ui__search-input",
            "#search",
            r"/^\s*\d/.test(document.querySelector('.pagefind-ui__message')?.textContent)"
            " && document.querySelector('.pagefind-ui__result-excerpt')",
        ),
        "MiniSearch": Box(f"{files}/minisearch.html", "#box", "#list", "document.querySelector('#list li')"),
    }


def compared(trees: list[Path], modules: Path, launch: Callable[[], Browser], words: Sequence[str]) -> str:
    """Return a table of all boxes over the same articles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = build(folder, trees, modules)
        (folder / "minisearch.html").write_text(MINISEARCH_PAGE, "utf-8")
        (folder / "pagefind.html").write_text(PAGEFIND_PAGE, "utf-8")
        (folder / "served").mkdir()
        (folder / "served" / "content").symlink_to(trees[0].resolve())
        with (
            ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=name)) as server,
            running(folder / "served", BACKMATTER_SERVER_RATE_LIMIT="0") as (_, port),
        ):
            Thread(target=server.serve_forever, daemon=True).start()
            browser = launch()
            found = boxes(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{server.server_port}")
            rows = [[name, *measured(browser, box, words)] for name, box in found.items()]
            browser.close()
            server.shutdown()
    head = [f"{pages:,} articles", "after a pause, ms", "typing, ms", "cold, ms", "kB"]
    return table(head, rows)


def main() -> None:
    """Print a table for each folder of posts."""
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=Path)
    parser.add_argument("trees", type=Path, nargs="+")
    parser.add_argument("--words", type=int, default=len(WORDS), help="How many are typed.")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        launch = partial(playwright.chromium.launch, executable_path=CHROMIUM)
        for tree in given.trees:
            print(compared([tree], given.modules.resolve(), launch, WORDS[: given.words]), "\n")  # noqa: T201


if __name__ == "__main__":
    main()
