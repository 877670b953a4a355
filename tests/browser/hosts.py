"""Pages of other people's sites, as the component meets them, served as plain files beside a journal of ours."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from tests.browser.conftest import CONTENT
from tests.registries import from_npm, from_pypi
from tests.serving import running

TURBO = "@hotwired/turbo@8.0.23"
HTMX = "htmx.org@2.0.11"
SPHINX = "sphinx==8.2.3"
# Nothing but what the component needs; strings cannot become code.
STRICT = (
    "default-src 'none'; script-src {search}; connect-src {search}; style-src 'self'; img-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="{name}.css">
{head}
<script type="module" src="{search}/backmatter-search.js"></script>
<header>
<backmatter-search mode="dialog" keys="ctrl+k /" src="{search}"><a href="{search}/">Search</a></backmatter-search>
</header>
<main>
<h1>{name}</h1>
<p>Text of the page. <a href="other.html">Another page</a></p>
</main>
"""
# A header that would cut off and change all that is in it.
STYLE = (
    "header { overflow: hidden; height: 4rem; transform: none; contain: paint; }\n"
    "header { text-transform: uppercase; line-height: 60px; }\n"
)


@dataclass(frozen=True)
class Host:
    """A kind of page: what it adds to one without anything."""

    head: str = ""
    style: str = ""
    language: str = "en"
    direction: str = "ltr"
    policy: str = ""


HOSTS = {
    "strict": Host(policy=STRICT),
    "sphinx": Host(
        head="<script>const DOCUMENTATION_OPTIONS = { NAVIGATION_WITH_KEYS: true, ENABLE_SEARCH_SHORTCUTS: true, "
        'LINK_SUFFIX: ".html" };</script><script src="doctools.js"></script>'
        '<link rel="prev" href="other.html"><link rel="next" href="other.html">'
    ),
    "dark": Host(style="body { background: #16181d; color: #e6e6e6; } a { color: #9cc7ff; }"),
    "turbo": Host(head='<script src="turbo.js"></script>'),
    "rtl": Host(language="ar", direction="rtl"),
    "htmx": Host(head='<script src="htmx.js"></script><script src="boost.js"></script>'),
    "transitions": Host(style="@view-transition { navigation: auto; }"),
}


class Site(SimpleHTTPRequestHandler):
    """A folder of files, each page sent with its own policy."""

    policies: dict[str, str]

    def end_headers(self) -> None:
        if policy := self.policies.get(Path(self.path.partition("?")[0]).stem):
            self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve all pages; return their address and that of the search."""
    files = folder / "site"
    shutil.copytree(CONTENT, folder / "content")
    files.mkdir()
    policies: dict[str, str] = {}
    handler = type("Handler", (Site,), {"policies": policies})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(files))) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        (folder / "backmatter.toml").write_text(f'server.origins = ["{address}"]\n', "utf-8")
        with running(folder, workers=1) as (_, port):
            search = f"http://127.0.0.1:{port}"
            policies |= {name: host.policy.format(search=search) for name, host in HOSTS.items() if host.policy}
            write(files, search)
            Thread(target=server.serve_forever, daemon=True).start()
            yield address, search
            server.shutdown()


def write(files: Path, search: str) -> None:
    """Write the pages, and another one for each to lead to."""
    for name, host in HOSTS.items():
        (files / f"{name}.css").write_text(STYLE + host.style, "utf-8")
        values = {"search": search, "language": host.language, "direction": host.direction}
        (files / f"{name}.html").write_text(PAGE.format(name=name, head=host.head, **values), "utf-8")
    (files / "other.css").write_text(STYLE, "utf-8")
    other = PAGE.format(name="other", head=HOSTS["turbo"].head, search=search, language="en", direction="ltr")
    (files / "other.html").write_text(other, "utf-8")
    (files / "icon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    (files / "boost.js").write_text(
        'addEventListener("load", () => { document.body.setAttribute("hx-boost", "true"); '
        "htmx.process(document.body); });",
        "utf-8",
    )


def fetch(files: Path, name: str) -> None:
    """Bring the scripts of others that a page needs."""
    if name == "turbo":
        shutil.copy(from_npm(TURBO, files / "npm") / "dist/turbo.es2017-umd.js", files / "turbo.js")
    elif name == "htmx":
        shutil.copy(from_npm(HTMX, files / "npm") / "dist/htmx.min.js", files / "htmx.js")
    elif name == "sphinx":
        [script] = from_pypi(files / "pypi", SPHINX).glob("lib/*/site-packages/sphinx/themes/basic/static/doctools.js")
        shutil.copy(script, files)
