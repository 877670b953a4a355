"""A running site as a source: its sitemap or feed, served by a real server, and brought in by the real command."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest

from backmatter.index.engines import open_engine
from backmatter.index.settings import Settings
from backmatter.index.tools.init import recognize
from tests.command import Done, run_command
from tests.test_generators import SITES

BUILT = SITES.parent / "built"

PAGE = "<!doctype html><html lang=en><title>{0}</title><body><nav>Menu</nav><main><h1>{0}</h1><p>{1}</p></main>"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'
TARGETS = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


class Site(SimpleHTTPRequestHandler):
    """Serves a folder, and notes what it answered; a folder's own address is that with a slash."""

    answered: list[tuple[str, int]]
    failing = ""

    def do_GET(self) -> None:
        if self.path == self.failing:
            return self.send_error(503)
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/tusks/")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if self.path != "/cut.html":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"<p>Half")
        self.close_connection = True
        return None

    def log_request(self, code: object = "-", size: object = "-") -> None:  # noqa: ARG002 - that is how it is called
        self.answered.append((self.path, int(str(code))))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    answered: list[tuple[str, int]] = []
    handler = type("Handler", (Site,), {"answered": answered, "protocol_version": "HTTP/1.1"})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", answered
        server.shutdown()


def build(folder: Path, **pages: str) -> None:
    for name, text in pages.items():
        file = folder / name / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE.format(name.title(), text), "utf-8")


def sitemap(folder: Path, home: str, *paths: str) -> None:
    locs = "".join(f"<url><loc>{path if ':' in path else home + path}</loc></url>" for path in paths)
    (folder / "sitemap.xml").write_text(f"{HEAD}{TARGETS}{locs}</urlset>", "utf-8")


def run(folder: Path, *arguments: str, site: str, **settings: object) -> Done:
    lines = [f"{name} = {json.dumps(value)}" for name, value in {"mirror.site": site, **settings}.items()]
    (folder / "backmatter.toml").write_text("\n".join(lines), "utf-8")
    return run_command(folder, *arguments)


def found(folder: Path, query: str) -> list[str]:
    return [hit["url"] for hit in json.loads(run_command(folder, "search", "--json", query).stdout)["hits"]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    build(folder, walrus="A walrus swims.", tusks="Tusks grow for years.")
    return folder


def test_the_pages_of_a_sitemap_are_found_at_their_own_addresses(tmp_path, site):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/", "/tusks/")
        done = run(tmp_path, "index", site=f"{home}/sitemap.xml", base_url="https://blog.example")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0,
        "2 added, 0 updated, 0 deleted, 0 unchanged, 0 held back, 0 failed",
    )
    assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]
    assert found(tmp_path, "menu") == []


def test_only_what_changed_is_fetched_again_and_what_is_not_listed_any_more_vanishes(tmp_path, site):
    with serving(site) as (home, answered):
        settings = {"site": f"{home}/sitemap.xml", "base_url": "https://blog.example"}
        sitemap(site, home, "/walrus/", "/tusks/")
        run(tmp_path, "index", **settings)
        answered.clear()
        done = run(tmp_path, "index", **settings)
        assert sorted(answered) == [("/sitemap.xml", 200), ("/tusks/", 304), ("/walrus/", 304)]
        assert done.stdout.startswith("0 added, 0 updated, 0 deleted, 2 unchanged")
        sitemap(site, home, "/tusks/")
        assert run(tmp_path, "index", **settings).stdout.startswith("0 added, 0 updated, 1 deleted, 1 unchanged")
    assert found(tmp_path, "swims") == []


def test_a_sitemap_that_drops_most_pages_takes_them_from_readers_by_force_alone(tmp_path, site):
    build(site, seal="A seal barks.", bear="A bear sleeps.")
    with serving(site) as (home, _):
        settings = {"site": f"{home}/sitemap.xml", "base_url": "https://blog.example"}
        sitemap(site, home, "/walrus/", "/tusks/", "/seal/", "/bear/")
        run(tmp_path, "index", **settings)
        sitemap(site, home, "/tusks/")
        for full in ([], ["--full"]):
            done = run(tmp_path, "index", *full, **settings)
            assert (done.returncode, "would lose 3 of its 4 posts" in done.stdout) == (1, True)
            assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]
        assert run(tmp_path, "index", "--force", **settings).returncode == 0
    assert found(tmp_path, "swims") == []


def test_one_bad_page_is_reported_and_stops_no_other(tmp_path, site):
    (site / "picture.png").write_bytes(b"\x89PNG")
    (site / "large.html").write_text("x" * 2_000, "utf-8")
    with serving(site) as (home, answered):
        bad = ("/missing/", "/picture.png", "/moved", "/walrus/?page=2", "/..%2f..%2fetc/", "/large.html", "/cut.html")
        none = ("http://[nowhere/", f"{home}0000000/a/")
        deep = "/a" * 1_000 + "/"
        sitemap(site, home, *bad, *none, deep, "/%ff/", "http://elsewhere.example/a/", "/walrus/")
        done = run(tmp_path, "index", site=f"{home}/sitemap.xml", max_post_bytes=1_000)
    assert done.returncode == 1
    assert "1 added, 0 updated, 0 deleted, 0 unchanged, 0 held back, 12 failed" in done.stdout
    for reason in (
        "/missing/: is listed, and not there (HTTP status 404)",
        "/picture.png: cannot be had from the site: is image/png and not HTML",
        "/moved: cannot be had from the site: HTTP status 301",
        "/walrus/?page=2: cannot be had from the site: has a query in its address",
        "/a/a/: cannot be had from the site: has an address of over 900 bytes or 60 folders; shorten it",
        "/..%2f..%2fetc/: cannot be had from the site: has an address that can be no file's name",
        "/large.html: cannot be had from the site: is larger than 1,000 bytes",
        "/cut.html: cannot be had from the site: ends early",
        "http://[nowhere/: cannot be had from the site: Invalid IPv6 URL",
        f"0000000/a/: cannot be had from the site: is not at {home}",
        "/%ff/: cannot be had from the site: 'utf-8' codec can't decode",
        f"http://elsewhere.example/a/: cannot be had from the site: is not at {home}",
    ):
        assert reason in done.stdout + done.stderr
    assert not {path for path, _ in answered} & {"/a/", "/..%2f..%2fetc/"}


def test_a_page_that_is_listed_without_the_slash_of_its_folder_is_read_there(tmp_path, site):
    with serving(site) as (home, answered):
        sitemap(site, home, "/walrus")
        done = run(tmp_path, "index", site=f"{home}/sitemap.xml", base_url="https://blog.example")
    assert (done.returncode, answered[1:]) == (0, [("/walrus", 301), ("/walrus/", 200)])
    assert found(tmp_path, "swims") == ["https://blog.example/walrus"]


FEEDS = {
    "rss": "<rss><channel><item><link>{0}/walrus/</link></item></channel></rss>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/x"/><link href="{0}/walrus/"/>'
    "</entry></feed>",
    "index": '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{0}/part.xml</loc>'
    "</sitemap></sitemapindex>",
}


@pytest.mark.parametrize("form", FEEDS)
def test_a_feed_and_a_divided_sitemap_are_read_as_well(tmp_path, site, form):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/")
        (site / "sitemap.xml").rename(site / "part.xml")
        (site / "list.xml").write_text(FEEDS[form].format(home), "utf-8")
        run(tmp_path, "index", site=f"{home}/list.xml", base_url="https://blog.example")
    assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]


# The others were built to see what their rules hide, most of them without a sitemap.
LISTED = sorted({file.parent.name for file in BUILT.glob("*/sitemap*.xml") if not file.parent.name.endswith("-rules")})


@pytest.mark.parametrize("name", LISTED)
def test_the_pages_of_a_built_site_have_the_addresses_that_its_posts_have(tmp_path, name):
    made = json.loads((SITES / name / "addresses.json").read_text("utf-8"))
    generator = recognize(SITES / name)
    assert generator
    with serving(BUILT / name) as (home, _):
        listed = next(file.name for file in BUILT.joinpath(name).glob("sitemap*.xml") if file.name != "sitemap-0.xml")
        done = run(tmp_path, "index", site=f"{home}/{listed}", base_url=generator.base_url)
    assert (done.returncode, done.stderr) == (0, "")
    held = open_engine(Settings(index=tmp_path / ".backmatter" / "index")).snapshot().posts()
    found = {unquote(post.url).removeprefix(generator.base_url).removesuffix("index.html") for post in held}
    assert set(made.values()) <= found


@pytest.mark.parametrize(
    ("base_url", "below", "listed"),
    [
        ("https://blog.example", "", "https://blog.example"),
        ("https://blog.example/log", "log/", "https://blog.example/log"),
        ("https://blog.example/log", "log/", ""),
        ("https://blog.example/log", "", "https://blog.example/log"),
        ("https://blog.example/log/", "", ""),
    ],
)
def test_a_page_has_the_address_that_readers_have_wherever_the_site_is_served(tmp_path, site, base_url, below, listed):
    top = site / below
    build(top, walrus="A walrus swims.")
    with serving(site) as (home, _):
        sitemap(top, listed or f"{home}/{below}".rstrip("/"), "/walrus/")
        run(tmp_path, "index", site=f"{home}/{below}sitemap.xml", base_url=base_url)
    assert found(tmp_path, "swims") == [f"{base_url.rstrip('/')}/walrus/"]


def test_lists_that_a_sitemap_names_as_well_can_be_left_out(tmp_path, site):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/", "/tusks/")
        done = run(tmp_path, "index", site=f"{home}/sitemap.xml", exclude=["tusks/**"])
    assert done.stdout.startswith("1 added, 0 updated, 0 deleted, 0 unchanged, 0 held back, 0 failed")


def test_a_page_moves_with_the_site_though_it_did_not_change(tmp_path, site):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/")
        for base_url in ("https://old.example", "https://new.example/log"):
            run(tmp_path, "index", site=f"{home}/sitemap.xml", base_url=base_url)
            assert found(tmp_path, "swims") == [f"{base_url}/walrus/"]


def test_what_falls_out_of_a_feed_stays_until_it_is_gone(tmp_path, site):
    with serving(site) as (home, _):
        settings = {"site": f"{home}/feed.xml"}
        (site / "feed.xml").write_text(FEEDS["rss"].format(home), "utf-8")
        run(tmp_path, "index", **settings)
        (site / "feed.xml").write_text(FEEDS["rss"].format(home).replace("walrus", "tusks"), "utf-8")
        assert run(tmp_path, "index", **settings).stdout.startswith("1 added, 0 updated, 0 deleted, 1 unchanged")
        (site / "walrus" / "index.html").unlink()
        (site / "walrus").rmdir()
        assert run(tmp_path, "index", **settings).stdout.startswith("0 added, 0 updated, 1 deleted, 1 unchanged")


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ("<html/>", "/sitemap.xml cannot be read (it is no sitemap and no feed)"),
        ("no XML", "/sitemap.xml cannot be read (Start tag expected"),
        ("<urlset/>", "/sitemap.xml lists no page"),
        (
            "<sitemapindex><sitemap><loc>/sitemap.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>",
            "/b.xml cannot be read (HTTP status 404); nothing was changed; is the site running?",
        ),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><urlset><url><loc>&b;</loc></url></urlset>',
            "",
        ),
    ],
)
def test_what_is_no_sitemap_leaves_the_index_as_it_was(tmp_path, site, listed, reason):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/")
        settings = {"site": f"{home}/sitemap.xml", "base_url": "https://blog.example"}
        run(tmp_path, "index", **settings)
        (site / "sitemap.xml").write_text(listed, "utf-8")
        done = run(tmp_path, "index", **settings)
    if reason:
        assert done.returncode == 2
        assert reason in done.stderr
        assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]
    assert "root:" not in done.stdout + done.stderr


def test_a_site_that_stops_leaves_its_pages_as_they_were(tmp_path, site):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/")
        settings = {"site": f"{home}/sitemap.xml", "base_url": "https://blog.example"}
        run(tmp_path, "index", **settings)
    done = run(tmp_path, "index", **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        f"site: {home}/sitemap.xml cannot be read ([Errno 111] Connection refused); nothing was changed" in done.stderr
    )
    assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]


def test_a_page_that_fails_for_a_while_stays_as_it_was(tmp_path, site):
    with serving(site) as (home, _):
        sitemap(site, home, "/walrus/", "/tusks/")
        settings = {"site": f"{home}/sitemap.xml", "base_url": "https://blog.example"}
        run(tmp_path, "index", **settings)
        Site.failing = "/walrus/"
        done = run(tmp_path, "index", **settings)
        Site.failing = ""
    assert done.returncode == 1
    assert f"{home}/walrus/: cannot be had from the site: HTTP status 503" in done.stdout
    assert "0 added, 0 updated, 0 deleted, 2 unchanged, 0 held back, 1 failed" in done.stdout
    assert found(tmp_path, "swims") == ["https://blog.example/walrus/"]


def test_a_page_that_a_killed_run_has_left_vanishes_when_it_is_not_listed(tmp_path, site):
    left = tmp_path / ".backmatter" / "index-site" / "left.html"
    left.parent.mkdir(parents=True)
    left.write_text("<p>A walrus swims.", "utf-8")
    with serving(site) as (home, _):
        sitemap(site, home, "/tusks/")
        run(tmp_path, "index", site=f"{home}/sitemap.xml")
    assert found(tmp_path, "swims") == []


@pytest.mark.parametrize("command", ["check", "doctor"])
def test_before_the_first_run_it_is_said_that_there_are_no_pages_yet(tmp_path, command):
    done = run(tmp_path, command, site="http://127.0.0.1:9/sitemap.xml")
    assert "its pages are not here yet; run: backmatter index" in done.stdout + done.stderr


def test_a_site_elsewhere_is_refused_until_it_is_allowed(tmp_path):
    done = run(tmp_path, "index", site="http://192.168.0.1/sitemap.xml")
    assert "is not on this machine; set mirror.remote = true to allow it" in done.stderr
