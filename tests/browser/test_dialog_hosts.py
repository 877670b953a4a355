"""The dialog on other people's pages, in three families of browsers: it works there, and it is accessible.

A script of the page goes back, and not the driver, whose own command was seen to end the session in WebKit.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.hosts import fetch, served

# Seconds that a page may take for anything.
PATIENCE = 20
HOST_PAGES = ("strict", "sphinx", "dark", "turbo", "rtl")
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
VIOLATIONS = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then(
  ({ violations }) => done(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])),
  (error) => done([[String(error), []]]),
);
"""
DIALOG = "const root = document.querySelector('backmatter-search').shadowRoot; return "


class Guest:
    """The reader of a page that has the dialog."""

    def __init__(self, driver: WebDriver, address: str) -> None:
        self._driver, self._address = driver, address

    def opens(self, page: str) -> None:
        self._driver.get(f"{self._address}/{page}")
        self.waits(lambda: self.dialog("root.querySelector('.trigger')"))

    def waits(self, holds: Callable[[], object]) -> None:
        WebDriverWait(self._driver, PATIENCE, ignored_exceptions=[Exception]).until(lambda _: holds())

    def dialog(self, expression: str) -> Any:
        """Return what an expression is worth, in which `root` is the component's."""
        return self._driver.execute_script(DIALOG + expression)

    def runs(self, script: str) -> Any:
        return self._driver.execute_script(script)

    def types(self, text: str) -> None:
        self._driver.switch_to.active_element.send_keys(text)

    @property
    def where(self) -> str:
        address: str = self.runs("return location.href")
        return address.removeprefix(f"{self._address}/")

    @property
    def is_open(self) -> bool:
        return bool(self.dialog("root.querySelector('dialog').open"))

    @property
    def summary(self) -> str:
        return str(self.dialog("root.querySelector('.summary')?.textContent ?? ''"))

    def finds(self, text: str) -> None:
        """Open the dialog by its key, and search."""
        self.types("/")
        self.waits(lambda: self.is_open)
        self.types(text)
        self.waits(lambda: self.dialog("root.querySelectorAll('.result mark').length"))

    def leaves(self) -> bool:
        """Press Escape, again where the page was replaced meanwhile: see findings/chromium-window-capture.sh."""
        self.types(Keys.ESCAPE)
        return not self.is_open

    def violations(self) -> list[Any]:
        self._driver.execute_script(AXE)
        found: list[Any] = self._driver.execute_async_script(VIOLATIONS)
        return found


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the pages."""
    folder = tmp_path_factory.mktemp("hosts")
    with served(folder) as (address, _):
        for name in HOST_PAGES:
            fetch(folder / "site", name)
        yield address


@pytest.fixture
def guest(driver: WebDriver, hosts: str) -> Guest:
    return Guest(driver, hosts)


@pytest.mark.parametrize("host", HOST_PAGES)
def test_the_search_goes_through_filters_and_back_to_the_page(guest, host):
    guest.opens(f"{host}.html")
    guest.finds("go")
    whole = guest.summary
    guest.types(Keys.ENTER)
    assert "title" in guest.dialog("root.activeElement.className || root.activeElement.part.value")
    guest.dialog(
        "[...root.querySelectorAll('.filter')].find((each) => each.textContent.includes('performance')).click()"
    )
    guest.waits(lambda: guest.summary not in ("", whole))
    assert "tag%3Dperformance" in guest.where
    guest.runs("history.back()")
    guest.waits(lambda: guest.summary == whole)
    guest.waits(guest.leaves)
    assert guest.where == f"{host}.html"


@pytest.mark.parametrize("host", HOST_PAGES)
def test_the_page_with_the_dialog_is_accessible_closed_and_open(guest, host):
    guest.opens(f"{host}.html")
    assert guest.violations() == []
    guest.finds("cache")
    assert guest.violations() == []
