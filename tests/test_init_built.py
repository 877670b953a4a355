"""`backmatter init` finds built pages, and learns from them what the site is called and where it is."""

from pathlib import Path

import pytest

from backmatter.index.posts import discover, read_post
from backmatter.index.settings import load
from backmatter.index.tools.init import configuration, recognize
from tests.test_check import lay
from tests.test_cli import run

HOME = "https://journal.example.org"
POST = "---\ntitle: A\n---\nText.\n"


def page(head: str = "", title: str = "Post") -> str:
    return f"<html lang=de><head><title>{title} | Journal</title>{head}</head><body><main><h1>{title}</h1>Text</main>"


def canonical(path: str) -> str:
    return page(f"<link rel=canonical href='{HOME}/{path}'>")


def addresses(tmp_path: Path, root: Path) -> dict[str, str]:
    """Return the address of each page, by the settings that are written for the site."""
    site = recognize(root)
    assert site
    file = tmp_path / "backmatter.toml"
    file.write_text("\n".join(configuration.settings_lines(site)), "utf-8")
    settings = load(file, {"content": [str(root / part) for part in site.content]})
    return {source.path: read_post(source, settings).url for source in discover(settings)}


@pytest.mark.parametrize(
    ("files", "label", "content"),
    [
        ({"index.html": page("<meta name=generator content='Hugo 0.168.0'>")}, "pages built by Hugo 0.168.0", "."),
        (
            {"index.html": page("<meta name=generator content='mkdocs-1.6.1, mkdocs-material-9.7.6'>")},
            "pages built by mkdocs-1.6.1",
            ".",
        ),
        (
            {"_build/html/index.html": f"<!-- Generated with Sphinx 9.0.4 and Furo -->{page()}", "conf.py": ""},
            "pages built by Sphinx 9.0.4",
            "_build/html",
        ),
        ({".vitepress/dist/index.html": page(), "a.md": POST}, "HTML", ".vitepress/dist"),
        ({"output/index.html": page(), "conf.py": "", "posts/a.md": POST}, "HTML", "output"),
        ({"hugo.toml": "", "content/a.md": POST, "public/index.html": page()}, "Hugo", "content"),
        ({"pelicanconf.py": "", "content/a.rst": "A", "output/index.html": page()}, "HTML", "output"),
        (
            {"pelicanconf.py": "", "content/a.rst": "A", "content/b.md": POST, "output/index.html": page()},
            "Pelican",
            "content",
        ),
    ],
)
def test_sources_are_chosen_where_they_are_read_and_else_built_pages(tmp_path, files, label, content):
    lay(tmp_path, files)
    found = recognize(tmp_path)
    assert found
    assert (found.label, found.content) == (label, (content,))


def test_built_pages_are_chosen_if_the_author_wants_them(tmp_path):
    lay(tmp_path, {"hugo.toml": "", "content/a.md": POST, "public/index.html": page()})
    found = recognize(tmp_path, built=True)
    assert found
    assert (found.content, run(tmp_path, "init", "--built").returncode) == (("public",), 0)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"a/index.html": canonical("a/"), "b.html": canonical("b.html")},
            {"a/index.html": "/a/", "b.html": "/b.html"},
        ),
        (
            {"a/index.html": canonical("a"), "b/index.html": canonical("b")},
            {"a/index.html": "/a", "b/index.html": "/b"},
        ),
        ({"a.html": canonical("a"), "b.html": canonical("b")}, {"a.html": "/a", "b.html": "/b"}),
        ({"a/index.html": canonical("log/a/")}, {"a/index.html": "/log/a/"}),
        ({"a/index.html": page(f"<meta property=og:url content='{HOME}/a/'>")}, {"a/index.html": "/a/"}),
        ({"_modules/a.html": canonical("_modules/a.html")}, {"_modules/a.html": "/_modules/a.html"}),
        (
            {"a.html": page(), "sitemap.xml": f"<urlset><url><loc>{HOME}/a.html</loc></url></urlset>"},
            {"a.html": "/a.html"},
        ),
        (
            {"a/index.html": page(), "feed.xml": f"<rss><channel><item><link>{HOME}/a/</link></item></channel></rss>"},
            {"a/index.html": "/a/"},
        ),
    ],
)
def test_the_address_of_the_site_is_that_of_its_pages(tmp_path, files, expected):
    lay(tmp_path / "site", {"index.html": page(), **files})
    found = {path: url for path, url in addresses(tmp_path, tmp_path / "site").items() if path != "index.html"}
    assert found == {path: HOME + address for path, address in expected.items()}


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"index.html": page(title="A"), "b.html": page(title="B")}, "Journal"),
        ({"index.html": page("<meta property=og:site_name content='The Journal'>")}, "The Journal"),
        (
            {
                "index.html": "<title>A</title>",
                "b.html": "<title>B</title>",
                "atom.xml": "<feed xmlns='http://www.w3.org/2005/Atom'><title>Feed of it</title></feed>",
            },
            "Feed of it",
        ),
        ({"index.html": "<title>A</title>", "b.html": "<title>B</title>", "atom.xml": "<feed"}, ""),
    ],
)
def test_the_title_of_the_site_is_what_its_pages_share(tmp_path, files, title):
    lay(tmp_path, files)
    found = recognize(tmp_path)
    assert found
    assert found.title == title


def test_sources_that_a_generator_leaves_beside_its_pages_are_not_read(tmp_path):
    lay(tmp_path, {"index.html": page(), "posts/a/index.html": page(), "posts/a/index.md": POST})
    found = recognize(tmp_path)
    assert found
    assert (found.language, "**/*.md" in found.exclude) == ("de", True)


def test_files_that_are_not_read_are_named(tmp_path):
    lay(tmp_path, {"conf.py": "", **{f"{name}.rst": "A" for name in "abc"}, "d.ipynb": "{}"})
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert "3 .rst files, 1 .ipynb file are not read; build the site and run init again" in done.stderr


def test_notes_say_what_is_not_read_and_where_the_built_pages_are(tmp_path):
    lay(tmp_path, {"hugo.toml": "", "content/a.md": POST, "content/b.org": "A", "public/index.html": page()})
    assert [line for line in run(tmp_path, "init").stdout.splitlines() if line.startswith("note")] == [
        "note: 1 .org file is not read; build the site and run init again.",
        "note: The built pages in public decide what is published; init --built searches these alone.",
    ]


def test_a_site_that_is_not_built_says_so(tmp_path):
    lay(tmp_path, {"hugo.toml": "", "content/a.md": POST})
    done = run(tmp_path, "init", "--built")
    assert (done.returncode, "build the site" in done.stderr) == (2, True)
