"""What readers set in their browser, and what lies between it and the server."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any, NamedTuple

from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

HEIGHT = 900
# Of an answer, what is not said again: it may have another length, and a style sheet is another one in each state.
NOT_PASSED_ON = {"cache-control", "connection", "content-length", "transfer-encoding", "date", "server"}

FIREFOX = """
const { width, is_forced, is_print, has_script } = arguments[0];
gBrowser.selectedBrowser.style.maxWidth = `${width}px`;
gBrowser.selectedBrowser.browsingContext.mediumOverride = is_print ? 'print' : '';
Services.prefs.setIntPref('browser.display.document_color_use', is_forced ? 2 : 0);
Services.prefs.setBoolPref('javascript.enabled', has_script);
"""


class State(NamedTuple):
    """What a reader sets; WebKit has neither forced colours, nor a way to show a page as it is printed.

    A page is shown so until the next one is opened, and all else is for every page.
    """

    width: int = 1000
    is_forced: bool = False
    is_print: bool = False
    has_script: bool = True


@contextmanager
def in_state(driver: WebDriver, state: State) -> Iterator[None]:
    """Set a browser, and set it back in the end."""
    _set(driver, state)
    try:
        yield
    finally:
        _set(driver, State())


def _set(driver: WebDriver, state: State) -> None:
    driver.set_window_size(state.width, HEIGHT)
    if isinstance(driver, webdriver.Chrome):
        colours = {"name": "forced-colors", "value": "active" if state.is_forced else ""}
        media = {"media": "print" if state.is_print else "", "features": [colours]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not state.has_script})
    elif isinstance(driver, webdriver.Firefox):
        with driver.context(driver.CONTEXT_CHROME):
            driver.execute_script(FIREFOX, state._asdict())


class Network(ThreadingHTTPServer):
    """What lies between a reader and the server.

    Attributes:
        delay: Seconds that every answer takes.
        is_down: No answer comes at all.
        style: What is made of the style sheet.
    """

    daemon_threads = True
    delay = 0.0
    is_down = False
    style = "{}"

    def __init__(self, port: int) -> None:
        self.to = port
        super().__init__(("127.0.0.1", 0), Passing)

    def handle_error(self, *given: Any) -> None:
        """Say nothing: a browser leaves when it likes."""


class Passing(BaseHTTPRequestHandler):
    """Passes requests on to the server, and its answers back."""

    server: Network

    def do_GET(self) -> None:
        sleep(self.server.delay)
        if self.server.is_down:
            return
        connection = HTTPConnection("127.0.0.1", self.server.to)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name != "Accept-Encoding"}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        if self.path.endswith(".css"):
            text = self.server.style.replace("{}", text.decode()).encode()
            self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, *given: Any) -> None:
        """Log nothing."""


@contextmanager
def between(port: int) -> Iterator[Network]:
    """Stand between a server's readers and the server at a port."""
    with Network(port) as network:
        Thread(target=network.serve_forever, daemon=True).start()
        yield network
        network.shutdown()
