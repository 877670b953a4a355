"""The three families of browsers, as Debian ships them, driven by WebDriver; each is started once for all tests."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

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
# Without it, WebKit's window is as wide as its own buttons, which is wider than a phone.
NO_BUTTONS = "* { min-width: 0; margin: 0; border-width: 0; padding: 0; } image { -gtk-icon-transform: scale(0); }"
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
def started(name: str, *arguments: str) -> Iterator[WebDriver]:
    """Start a browser with arguments of its own, and end it with what it started."""
    with _display() if name == "webkit" else nullcontext():
        driver = START[name](*arguments)
        try:
            driver.set_window_size(1000, 900)
            yield driver
        finally:
            driver.quit()


def _chromium(*arguments: str) -> WebDriver:
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", *arguments):
        options.add_argument(argument)
    return webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))


def _firefox(*arguments: str) -> WebDriver:
    options = webdriver.FirefoxOptions()
    options.binary_location = str(shutil.which("firefox-esr"))
    for argument in ("-headless", *arguments):
        options.add_argument(argument)
    # What a reader sets is set in the browser's own window.
    service = webdriver.FirefoxService(shutil.which("geckodriver"), service_args=["--allow-system-access"])
    return webdriver.Firefox(options, service)


def _webkit(*arguments: str) -> WebDriver:
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(MINI_BROWSER)
    for argument in ("--automation", *arguments):
        options.add_argument(argument)
    return webdriver.WebKitGTK(options, service=webdriver.WebKitGTKService(shutil.which("WebKitWebDriver")))


START: dict[str, Callable[..., WebDriver]] = {"chromium": _chromium, "firefox": _firefox, "webkit": _webkit}


@contextmanager
def _display() -> Iterator[None]:
    """Start a display for a browser that has no mode without one.

    A window has the keyboard if it has the pointer, which is in the middle: the display is smaller than any window.
    """
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "300x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environment:
        (Path(folder) / "gtk-3.0").mkdir()
        (Path(folder) / "gtk-3.0" / "gtk.css").write_text(NO_BUTTONS, "utf-8")
        environment.setenv("XDG_CONFIG_HOME", folder)
        environment.setenv("DISPLAY", f":{number}")
        yield
    server.terminate()
    server.wait()
