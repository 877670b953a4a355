"""A reader's way through the journal in Chromium, Firefox and WebKit: it is the same in each."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.landing import SIGN

# Seconds that a page may take for anything.
PATIENCE = 20

# The words that a link quotes first, as the page has them: how they are seen, and whether the bar covers them.
QUOTED = """
const wanted = arguments[0].replace(/\\s+/g, ' ').toLowerCase();
const walker = document.createTreeWalker(document.querySelector('.article'), NodeFilter.SHOW_TEXT);
let text = '', places = [];
while (walker.nextNode()) {
  for (let at = 0; at < walker.currentNode.length; at++) {
    const sign = walker.currentNode.data[at].toLowerCase();
    if (/\\s/.test(sign) && text.endsWith(' ')) continue;
    text += /\\s/.test(sign) ? ' ' : sign;
    places.push([walker.currentNode, at]);
  }
}
const [node, at] = places[text.indexOf(wanted)];
const range = document.createRange();
range.setStart(node, at);
range.setEnd(node, at + 1);
const { top, bottom, left } = range.getBoundingClientRect();
const bar = document.querySelector('.marks')?.getBoundingClientRect().bottom ?? 0;
return { isInView: top >= bar && bottom <= innerHeight, top, left };
"""


SHOWN = """
const found = [...document.querySelectorAll(arguments[0])];
return found.filter((element) => element.checkVisibility({ visibilityProperty: true }));
"""


class Reader:
    """What a reader does and sees."""

    def __init__(self, driver: WebDriver, site: str) -> None:
        self._driver, self._site = driver, site

    def opens(self, address: str) -> None:
        self._driver.get(self._site + address)

    def sees(self, selector: str) -> list[WebElement]:
        found: list[WebElement] = self.runs(SHOWN, selector)
        return found

    def reads(self, selector: str) -> list[str]:
        return [self.runs("return arguments[0].textContent", element) for element in self.sees(selector)]

    def waits(self, holds: Callable[[], object]) -> None:
        WebDriverWait(self._driver, PATIENCE, ignored_exceptions=[Exception]).until(lambda _: holds())

    def clicks(self, selector: str, number: int = 0) -> None:
        self.waits(lambda: self.sees(selector))
        self.sees(selector)[number].click()

    def types(self, text: str) -> None:
        self._driver.switch_to.active_element.send_keys(text)

    def runs(self, script: str, *given: object) -> Any:
        return self._driver.execute_script(script, *given)

    def points_tinted(self) -> int:
        """Return how many points in view have the colour of the tint."""
        found: int = self._driver.execute_async_script(TINTED, self._driver.get_screenshot_as_base64())
        return found

    @property
    def address(self) -> str:
        return self._driver.current_url.removeprefix(self._site)

    def lands(self, link: str) -> dict[str, float]:
        """Follow a link of the page, and return where the words are that it quotes first."""
        quoted = unquote(link.partition(SIGN)[2].partition(",")[0])
        element = next(e for e in self.sees(".hit a") if e.get_dom_attribute("href") == link)
        self.runs("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()
        self.waits(lambda: self.sees("article.article h1, .article"))
        self.waits(lambda: self.runs("return document.readyState") == "complete")
        self.waits(lambda: self.runs(QUOTED, quoted)["isInView"])
        return self.runs(QUOTED, quoted)


@pytest.fixture
def reader(driver: WebDriver, site: str) -> Reader:
    driver.get(site + "/")
    driver.execute_script("localStorage.clear()")
    return Reader(driver, site)


def test_a_reader_searches_narrows_reads_and_comes_back(reader):
    finds_by_keys(reader)
    narrows_reads_and_comes_back(reader)
    reader.waits(lambda: reader.runs("return scrollY") > 0)
    chooses_colours_and_clears_what_is_kept(reader)


def finds_by_keys(reader: Reader) -> None:
    """Search from within an article, and choose nothing that is suggested."""
    reader.opens("/articles/just-about-go-time")
    reader.types("/")
    reader.waits(lambda: reader.runs("return document.activeElement.id") == "_q")
    reader.types("cac")
    reader.waits(lambda: reader.sees("[role=option] .why mark"))
    reader.types(Keys.ARROW_DOWN)
    reader.waits(lambda: reader.sees("[role=option][aria-selected=true]"))
    reader.types(Keys.ESCAPE)
    reader.waits(lambda: not reader.sees("[role=option]"))
    reader.types("he")
    reader.types(Keys.ENTER)


def finds_without_script(reader: Reader) -> None:
    """Search from within an article, whose box is a form."""
    reader.opens("/articles/just-about-go-time")
    reader.clicks("#_q")
    reader.types("cache" + Keys.ENTER)


def narrows_reads_and_comes_back(reader: Reader) -> None:
    """Narrow what was found, read its second article, and go back to it."""
    reader.waits(lambda: reader.address == "/search?q=cache")
    reader.waits(lambda: reader.reads("h1") == ["Results for “cache”"])
    if reader.sees(".facets > details > summary"):
        reader.clicks(".facets > details > summary")
    # What a closed `details` shows beside the results cannot be clicked by Chromium's driver.
    reader.runs("document.querySelector('.facets a').click()")
    reader.waits(lambda: "tag=" in reader.address)
    reader.clicks(".sorts a:not([aria-current])")
    reader.waits(lambda: "sort=" in reader.address)
    narrowed = reader.address
    link = [a.get_dom_attribute("href") for a in reader.sees(".hit h2 a")][1]
    reader.lands(link)
    assert reader.runs("return document.referrer").endswith(narrowed)
    assert reader.sees(".body mark")
    reader.clicks(".marks .back")
    reader.waits(lambda: reader.address == narrowed)
    reader.waits(lambda: reader.sees(".hit h2 a"))
    assert not reader.sees("[role=option]")


def chooses_colours_and_clears_what_is_kept(reader: Reader) -> None:
    """Choose the other colours, and clear the recent searches."""
    is_dark = "return document.querySelector('#_colours').ariaPressed"
    before = reader.runs(is_dark)
    reader.clicks(".masthead #_colours")
    chosen = reader.runs(is_dark)
    assert chosen != before
    reader.opens("/")
    reader.waits(lambda: reader.runs(is_dark) == chosen)
    reader.clicks("#_q")
    reader.waits(lambda: reader.sees("[aria-label='Recent searches'] [role=option]"))
    reader.clicks(".clear")
    reader.waits(lambda: not reader.sees("[aria-label='Recent searches'] [role=option]"))


QUERIES = "monotonic clock|false sharing|docker layers|idempotency key|escape analysis|goroutine stack".split("|")


@pytest.mark.parametrize("query", QUERIES)
def test_titles_and_sections_lead_to_the_sentence_and_its_tint(reader, query):
    reader.opens(f"/search?q={query}")
    links = [a.get_dom_attribute("href") for a in reader.sees(".hit h2 a, .hit .sections li:not(.further) a")]
    quoting = dict.fromkeys(link for link in links[:6] if SIGN in link)
    assert quoting
    for link in quoting:
        reader.opens(f"/search?q={query}")
        reader.lands(link)
        assert reader.runs("return getComputedStyle(document.querySelector(':target')).textDecorationLine") == "none"


# How many points of a picture have the colour of the tint over the paper, or over what code stands on.
TINTED = """
const [picture, done] = arguments;
const resolved = (name) => {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.backgroundColor = `var(${name})`;
  const { backgroundColor } = getComputedStyle(probe);
  probe.remove();
  return backgroundColor;
};
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const colours = ['--backmatter-background', '--backmatter-surface'].map((ground) => {
  for (const name of [ground, '--backmatter-tint']) {
    canvas.fillStyle = resolved(name);
    canvas.fillRect(0, 0, 1, 1);
  }
  return [...canvas.getImageData(0, 0, 1, 1).data];
});
const image = new Image();
image.onload = () => {
  canvas.canvas.width = image.width;
  canvas.canvas.height = image.height;
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  const isTinted = (at) => colours.some((colour) => colour.every((value, n) => Math.abs(value - data[at + n]) < 4));
  let tinted = 0;
  for (let at = 0; at < data.length; at += 4) tinted += isTinted(at);
  done(tinted);
};
image.src = `data:image/png;base64,${picture}`;
"""


@pytest.mark.parametrize("query", ["monotonic clock", "in:code sizeof"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sentence_is_tinted_alike_in_every_browser(reader, theme, query):
    reader.runs("localStorage.setItem('theme', JSON.stringify(arguments[0]))", theme)
    reader.opens(f"/search?q={query}")
    reader.lands(next(a.get_dom_attribute("href") for a in reader.sees(".hit h2 a")))
    reader.waits(lambda: reader.points_tinted() > 1500)
    reader.opens(reader.address.partition("#")[0])
    reader.waits(lambda: reader.points_tinted() < 300)


# The marked words that are in view, below the bar.
MARKED = """
const bar = document.querySelector('.marks').getBoundingClientRect().bottom;
const isInView = ({ top, bottom }) => top >= bar && bottom <= innerHeight;
const marks = [...document.querySelectorAll('.body mark')];
return marks.filter((mark) => isInView(mark.getBoundingClientRect())).map((mark) => mark.textContent);
"""


def test_a_further_section_leads_to_its_sentence(reader):
    reader.opens("/search?q=cache")
    reader.clicks(".hit .further a")
    reader.waits(lambda: reader.sees(".marks"))
    assert re.match(r"/articles/[^?]+\?q=cache#", reader.address)
    reader.waits(lambda: reader.runs("return scrollY") > 0 and reader.runs(MARKED))


def test_a_suggestion_leads_to_the_sentence_that_it_shows(reader):
    reader.clicks("#_q")
    reader.types("nam")
    reader.waits(lambda: "name" in reader.reads("[role=option] .why mark"))
    shown = reader.reads("[role=option]:first-of-type .why mark")[0]
    reader.types(Keys.ARROW_DOWN)
    reader.types(Keys.ENTER)
    reader.waits(lambda: reader.sees(".marks"))
    reader.waits(lambda: shown in reader.runs(MARKED))


def test_the_marks_can_be_taken_away(reader):
    reader.opens("/articles/just-about-go-time?q=clock")
    before = reader.runs("scrollTo(0, 900); return scrollY")
    reader.clicks(".unmark")
    assert not reader.sees(".marks")
    assert reader.runs("return scrollY") == before
    assert "q=" not in reader.address
