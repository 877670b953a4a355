"""Where links to a sentence lead, seen in the browser.

By hand, on other articles than the journal's:

    python -m tests.browser.landing --content DIR --queries QUERIES.jsonl
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import click
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM
from tests.serving import running

SIGN = ":~:text="

# The text as it is rendered, and where the innermost element that has the quotation is.
SEEN = """quoted => {
  const plain = text => text.replace(/\\s+/g, ' ').toLowerCase();
  const wanted = plain(quoted);
  const has = element => plain(element.textContent).includes(wanted);
  const found = [...document.querySelectorAll('.article .body *')].filter(has);
  const inner = found.find(element => !found.some(other => other !== element && element.contains(other)));
  const box = inner?.getBoundingClientRect();
  return {
    times: plain(document.querySelector('body').innerText).split(wanted).length - 1,
    isInView: !!box && box.top < innerHeight && box.bottom > 0,
  };
}"""


def land(page: Page, link: str) -> tuple[int, bool]:
    """Follow a link of the page and give how often what it quotes first stands there, and whether it is in view."""
    quoted = unquote(link.partition(SIGN)[2].partition(",")[0])
    with page.expect_navigation():
        page.locator(f'.hit a[href="{link}"]').first.click()
    page.wait_for_function("document.readyState === 'complete'")
    page.wait_for_function("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    seen = page.evaluate(SEEN, quoted)
    return seen["times"], seen["isInView"]


def first_link(page: Page) -> str | None:
    """Give the address with which the first result leads to its passage."""
    links = page.locator(".hit").first.locator("h2 a, .sections li:not(.further) a:not(.more)")
    return links.last.get_attribute("href") if links.count() else None


@click.command()
@click.option("--content", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--queries", type=click.Path(exists=True, path_type=Path), required=True, help='Lines of {"text": ...}.')
@click.option("--count", default=100)
def main(content: Path, queries: Path, count: int) -> None:
    """Count where the first result's link leads."""
    texts = [json.loads(line)["text"] for line in queries.read_text("utf-8").splitlines()[:count]]
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        (Path(folder) / "content").symlink_to(content.resolve())
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        with running(Path(folder), workers=1) as (_, port):
            page = browser.new_page(reduced_motion="reduce")
            for text in texts:
                page.goto(f"http://127.0.0.1:{port}/search?q={text}")
                outcomes[_outcome(page, text)] += 1
        browser.close()
    for outcome, number in outcomes.most_common():
        click.echo(f"{number:4} {outcome}")


def _outcome(page: Page, text: str) -> str:
    link = first_link(page)
    if link is None:
        return "no result"
    if SIGN not in link:
        return "leads to the section alone"
    times, is_in_view = land(page, link)
    if (times, is_in_view) != (1, True):
        click.echo(f"{text!r}: {times} places, in view: {is_in_view}: {unquote(link)}", file=sys.stderr)
    return f"{'one place' if times == 1 else f'{times} places'}, {'in view' if is_in_view else 'out of view'}"


if __name__ == "__main__":
    main()
