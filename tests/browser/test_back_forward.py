"""Going back shows a page at once, as it was left: the browser kept it whole."""

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.test_journey import PATIENCE

# A value of this page's own that no page made anew would have, and how it comes back.
LEAVE = """
window.left = 'open';
addEventListener('pageshow', ({ persisted }) => { window.kept = persisted; });
"""
SEEN = "return [window.left ?? '', window.kept ?? false]"


@pytest.mark.parametrize(
    ("address", "onward"),
    [
        ("/", "/search?q=cache"),
        ("/search?q=cache", "/articles/just-about-go-time?q=clock"),
        ("/articles/just-about-go-time?q=clock", "/"),
        ("/privacy", "/"),
    ],
)
def test_a_page_comes_back_as_it_was_left(driver, site, address, onward):
    driver.get(site + address)
    driver.execute_script(LEAVE)
    driver.execute_script("location = arguments[0]", onward)
    wait = WebDriverWait(driver, PATIENCE, ignored_exceptions=[Exception])
    wait.until(lambda driver: driver.current_url == site + onward)
    wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")
    driver.back()
    wait.until(lambda driver: driver.current_url == site + address)
    assert driver.execute_script(SEEN) == ["open", True]
