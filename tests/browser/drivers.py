"""The three families of browsers, as Debian ships them, driven by WebDriver; each is started once for all tests."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

# What each needs, by name: a command, or a file; and the packages that have them.
MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"), None)
NEEDS = {
    "chromium": ("chromium", "chromedriver"),
    "firefox": ("firefox-esr", "geckodriver"),
    "webkit": ("WebKitWebDriver", "Xvfb", str(MINI_BROWSER)),
}
PACKAGES = {
    "chromium": "Debian's packages `chromium` and `chromium-driver`",
    "firefox": "Debian's package `firefox-esr`, and geckodriver: `cargo install geckodriver`",
    "webkit": "Debian's packages `webkit2gtk-driver` and `xvfb`",
}


def is_there(name: str) -> bool:
    """Return whether all that a browser needs is installed."""
    return all(shutil.which(command) for command in NEEDS[name])


def require(name: str) -> None:
    """Skip a test without its browser, or fail where REQUIRE names it."""
    if not is_there(name):
        if name in os.environ.get("REQUIRE", "").split(","):
            pytest.fail(f"REQUIRE names {name}, and it is not there: install {PACKAGES[name]}")
        pytest.skip(f"no {name} here: install {PACKAGES[name]}")


@contextmanager
def started(name: str) -> Iterator[WebDriver]:
    """Start a browser, and end it with what it started."""
    with _display() if name == "webkit" else _nothing():
        driver = START[name]()
        try:
            driver.set_window_size(1000, 900)
            yield driver
        finally:
            driver.quit()


def _chromium() -> WebDriver:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    return webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))


def _firefox() -> WebDriver:
    options = webdriver.FirefoxOptions()
    options.binary_location = str(shutil.which("firefox-esr"))
    options.add_argument("-headless")
    return webdriver.Firefox(options, webdriver.FirefoxService(shutil.which("geckodriver")))


def _webkit() -> WebDriver:
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(MINI_BROWSER)
    options.add_argument("--automation")
    return webdriver.WebKitGTK(options, service=webdriver.WebKitGTKService(shutil.which("WebKitWebDriver")))


START: dict[str, Callable[[], WebDriver]] = {"chromium": _chromium, "firefox": _firefox, "webkit": _webkit}


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _display() -> Iterator[None]:
    """Start a display for a browser that has no mode without one."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield
    finally:
        os.environ.pop("DISPLAY") if before is None else os.environ.update(DISPLAY=before)
        server.terminate()
        server.wait()
