"""The way of `test_journey` in every state of a browser and of the network, in Chromium, Firefox and WebKit."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browser.drivers import require, started
from tests.browser.states import Network, State, between, in_state
from tests.browser.test_journey import (
    Reader,
    chooses_colours_and_clears_what_is_kept,
    finds_by_keys,
    finds_without_script,
    narrows_reads_and_comes_back,
)

ARTICLE = "/articles/just-about-go-time?q=clock"
WEBKIT = "MiniBrowser"
DOWN = "There are no suggestions now: the server does not answer"


@pytest.fixture(scope="module")
def network(site: str) -> Iterator[Network]:
    """What lies between the browsers and the journal."""
    with between(urlsplit(site).port or 80) as network:
        yield network


@pytest.fixture
def reader(driver: WebDriver, network: Network) -> Iterator[Reader]:
    """A reader who has kept nothing; the network is as fast as it was afterwards."""
    reader = Reader(driver, f"http://127.0.0.1:{network.server_port}")
    reader.opens("/")
    reader.runs("localStorage.clear()")
    yield reader
    vars(network).update(delay=0.0, is_down=False, style="{}")


@pytest.mark.parametrize(
    ("state", "theme", "conditions"),
    [
        pytest.param(State(320), "dark", {}, id="320 px, dark"),
        pytest.param(State(390, is_forced=True), "light", {}, id="390 px, forced colours"),
        pytest.param(State(768), "light", {"style": "{} html { font-size: 200% }"}, id="768 px, 200 % text"),
        pytest.param(State(1280), "light", {"style": ""}, id="1280 px, no style"),
        pytest.param(State(2560), "light", {"delay": 0.2}, id="2560 px, slow network"),
    ],
)
def test_the_way_is_the_same_in_every_state(driver, reader, network, state, theme, conditions):
    vars(network).update(conditions)
    reader.runs("localStorage.setItem('theme', JSON.stringify(arguments[0]))", theme)
    with in_state(driver, state):
        finds_by_keys(reader)
        narrows_reads_and_comes_back(reader)
        chooses_colours_and_clears_what_is_kept(reader)
        assert reader.runs("return document.documentElement.scrollWidth <= innerWidth")


def test_colours_of_the_system_are_forced_where_a_browser_has_them(driver, reader):
    with in_state(driver, State(is_forced=True)):
        reader.opens("/")
        assert reader.runs("return matchMedia('(forced-colors: active)').matches") == (driver.name != WEBKIT)


def test_without_a_script_the_way_is_the_same_but_for_suggestions(driver, reader):
    if driver.name == WEBKIT:
        pytest.skip("WebKit takes it from its command line: the next test starts it so")
    with in_state(driver, State(has_script=False)):
        finds_without_script(reader)
        narrows_reads_and_comes_back(reader)


def test_without_a_script_it_is_so_in_webkit(network):
    require("webkit")
    with started("webkit", "--enable-javascript-markup=false") as driver:
        reader = Reader(driver, f"http://127.0.0.1:{network.server_port}")
        finds_without_script(reader)
        narrows_reads_and_comes_back(reader)


def test_while_the_server_is_down_the_box_says_so_and_finds_again_afterwards(reader, network):
    reader.opens("/search?q=docker")
    reader.clicks("#_q")
    network.is_down = True
    reader.types(" cac")
    reader.waits(lambda: reader.reads(".popup .group") == [DOWN])
    assert reader.runs("return document.querySelector('search [role=status]').textContent") == DOWN
    network.is_down = False
    reader.types("h")
    reader.waits(lambda: reader.sees("[role=option]"))
    reader.types("e" + Keys.ENTER)
    reader.waits(lambda: reader.address == "/search?q=docker+cache")


# What an input method sends to a page: keys that are its own, and text that is not yet what the reader means.
COMPOSED = """
const [text, isOver] = arguments;
const box = document.querySelector('#_q');
const tell = (event) => box.dispatchEvent(event);
const pressed = { isComposing: true, bubbles: true, cancelable: true };
const key = (name) => tell(new KeyboardEvent('keydown', { key: name, ...pressed }));
tell(new CompositionEvent('compositionstart', { bubbles: true }));
box.value = text;
tell(new InputEvent('input', { isComposing: true, bubbles: true }));
['ArrowDown', 'Enter'].forEach(key);
if (isOver) tell(new CompositionEvent('compositionend', { data: text, bubbles: true }));
"""


def test_keys_of_an_input_method_are_its_own_until_it_has_ended(reader):
    reader.clicks("#_q")
    reader.waits(lambda: reader.sees("[role=option]"))
    reader.runs(COMPOSED, "cac", False)
    assert not reader.sees("[aria-selected=true]")
    assert reader.address == "/"
    reader.runs(COMPOSED, "cach", True)
    reader.waits(lambda: reader.sees("[role=option] .why mark"))
    assert not reader.sees("[aria-selected=true]")
    assert reader.address == "/"


# A page as it is printed, where a browser shows it: the rules for paper are those of the screen.
ON_PAPER = """
for (const sheet of document.styleSheets)
  for (const rule of sheet.cssRules)
    if (rule instanceof CSSMediaRule && rule.media.mediaText === 'print') rule.media.mediaText = 'all';
"""


@pytest.mark.parametrize(
    ("address", "gone", "left"),
    [
        (ARTICLE, "search .contents .colophon #_colours .marks .neighbours", "h1 .body mark pre"),
        ("/search?q=cache+line", "search .colophon .facets .sorts .feeds", "h1 .summary .hit h2 .passage .sections"),
    ],
)
def test_paper_has_what_is_read_and_nothing_to_click(driver, reader, address, gone, left):
    reader.opens(address)
    with in_state(driver, State(700, is_print=True)):
        if driver.name == WEBKIT:
            reader.runs(ON_PAPER)
        assert [place for place in gone.split() if reader.sees(place)] == []
        assert [place for place in left.split() if not reader.sees(place)] == []
        assert reader.runs("return document.documentElement.scrollWidth <= innerWidth")
