"""A feed beside built pages gives a page's date, author and tags where the page does not."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backmatter.index.model import Post, Source
from backmatter.index.posts import read_post
from backmatter.index.settings import Settings
from tests.test_check import lay

HOME = "https://journal.example.org"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'><author><name>Everybody</name></author><entry>{}</entry></feed>"
RSS = "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item>{}</item></channel></rss>"
PAGE = "<main><h1>A</h1>Text</main>"
DAY = datetime(2026, 1, 31, tzinfo=UTC)


def read(root: Path, files: dict[str, str], path: str = "posts/a/index.html", **values: str) -> Post:
    lay(root, {path: PAGE, **files})
    settings = Settings(content=(root,), **{"generator": "html", "base_url": HOME, **values})
    return read_post(Source(root, path, "stamp"), settings)


@pytest.mark.parametrize(
    ("name", "feed", "expected"),
    [
        (
            "atom.xml",
            ATOM.format(
                f"<link href='{HOME}/posts/a/'/><published>2026-01-31T00:00:00Z</published>"
                "<author><name>Mara</name></author><category term='x'/><category term='y'/>"
            ),
            (DAY, "Mara", ("x", "y")),
        ),
        ("feed.xml", ATOM.format("<link href='/posts/a'/><updated>2026-01-31</updated>"), (DAY, "", ())),
        (
            "rss.xml",
            RSS.format(
                f"<link>{HOME}/posts/a/index.html</link><pubDate>Sat, 31 Jan 2026 00:00:00 GMT</pubDate>"
                "<dc:creator>Mara</dc:creator><category>x</category>"
            ),
            (DAY, "Mara", ("x",)),
        ),
        ("rss.xml", RSS.format(f"<link>{HOME}/posts/b/</link><pubDate>2026-01-31</pubDate>"), (None, "", ())),
        ("rss.xml", RSS.format(f"<link>{HOME}/posts/a/</link><pubDate>soon</pubDate>"), (None, "", ())),
        ("rss.xml", "<rss", (None, "", ())),
        ("rss.xml", "<html></html>", (None, "", ())),
    ],
)
def test_a_feed_says_what_a_page_does_not(tmp_path, name, feed, expected):
    post = read(tmp_path, {name: feed})
    assert (post.date, post.author, post.tags) == expected


@pytest.mark.parametrize(
    ("path", "link", "base_url"),
    [
        ("a.html", "/a.html", HOME),
        ("a.html", "/a", HOME),
        ("a/index.html", f"{HOME}/log/a/", f"{HOME}/log"),
        ("über.html", "/%C3%BCber.html", HOME),
        ("v1.2/index.html", "/v1.2/", HOME),
    ],
)
def test_an_entry_is_found_by_the_address_of_its_page(tmp_path, path, link, base_url):
    feed = RSS.format(f"<link>{link}</link><pubDate>2026-01-31</pubDate>")
    assert read(tmp_path, {"rss.xml": feed}, path, base_url=base_url).date == DAY


def test_a_page_comes_before_its_feed(tmp_path):
    feed = RSS.format("<link>/posts/a/</link><pubDate>2026-01-31</pubDate><category>x</category>")
    page = "<meta property=article:tag content=y>" + PAGE
    post = read(tmp_path, {"rss.xml": feed, "posts/a/index.html": page})
    assert (post.date, post.tags) == (DAY, ("y",))


def test_a_feed_beside_sources_is_not_read(tmp_path):
    feed = RSS.format("<link>/posts/a/</link><pubDate>2026-01-31</pubDate>")
    assert read(tmp_path, {"rss.xml": feed}, generator="jekyll").date is None
