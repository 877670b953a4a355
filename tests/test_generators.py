"""`backmatter init` recognizes a site, and by the settings that it writes posts have the addresses they have there."""

import json
import re
import tomllib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from backmatter.index.engines import open_engine
from backmatter.index.errors import InputError, PostError
from backmatter.index.posts import discover, held_back, read_post
from backmatter.index.settings import CONVENTIONS, load
from backmatter.index.sync.sync import sync
from backmatter.index.tools.init import configuration, recognize
from tests.test_check import NOW, lay
from tests.test_cli import run

SITES = Path(__file__).parent / "golden" / "sites"
BUILT = SITES.parent / "built"
NAMES = sorted(path.name for path in SITES.iterdir() if path.is_dir())
POST = "---\ntitle: Größe, first & last\ndate: 2026-03-05\ncategories: [Big Data]\n---\nText.\n"


def addresses(folder: Path, site: Path) -> dict[str, str]:
    """Give the address below its site's own of each post that is published, by the settings that are written for it."""
    found = recognize(site)
    assert found
    file = folder / "backmatter.toml"
    file.write_text(
        "\n".join(configuration.settings_lines(replace(found, base_url="https://a.example/site", built=""))), "utf-8"
    )
    settings = load(file, {"content": [str(site / part) for part in found.content]})
    sources = [source for source in discover(settings) if not isinstance(source, PostError)]
    posts = [read_post(source, settings) for source in sources if not source.given.unbuilt]
    published = [post for post in posts if not held_back(post, NOW, settings.hold_back)]
    return {post.path: unquote(post.url.removeprefix(settings.base_url)) for post in published}


@pytest.mark.parametrize("name", NAMES)
def test_every_post_has_the_address_that_its_generator_made(tmp_path, name):
    made = json.loads((SITES / name / "addresses.json").read_text("utf-8"))
    assert addresses(tmp_path, SITES / name) == made


HIDING = [name for name in NAMES if (BUILT / name).is_dir() and name not in ("astro", "hexo", "hugo", "mkdocs")]
"""Sites with the rules of their generators that hide posts, and what these made of them."""
MARK = re.compile(r"MARK\w+X")


def marks_of(name: str, paths: Collection[str]) -> set[str]:
    """Give the marks of a site's posts but of those at some paths."""
    files = [file for file in (SITES / name).rglob("*.md*") if not file.as_posix().endswith(tuple(paths))]
    return {mark for file in files for mark in MARK.findall(file.read_text("utf-8"))}


@pytest.mark.parametrize("is_built", [False, True])
@pytest.mark.parametrize("name", HIDING)
def test_nothing_is_found_that_the_generator_does_not_publish(tmp_path, name, is_built):
    made = json.loads((SITES / name / "addresses.json").read_text("utf-8"))
    found = recognize(SITES / name)
    assert found
    lines = configuration.settings_lines(replace(found, built="", base_url=found.base_url or "https://a.example"))
    (tmp_path / "backmatter.toml").write_text("\n".join(lines), "utf-8")
    values: dict[str, object] = {"content": [str(SITES / name / part) for part in found.content]}
    values |= {"index": str(tmp_path / "index"), "built": str(BUILT / name) if is_built else ""}
    settings = load(tmp_path / "backmatter.toml", values)
    report = sync(open_engine(settings), settings)
    posts = list(open_engine(settings).snapshot().posts())
    sources = {post.path: unquote(post.url.removeprefix(settings.base_url)) for post in posts if "MARK" in post.text}
    assert sources == made
    assert marks_of(name, made).isdisjoint(mark for post in posts for mark in MARK.findall(post.text))
    assert report.failed == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "config.toml": 'base_url = "https://z.example"',
                "templates/page.html": "",
                "content/2026-01-02-Ä b.md": POST,
                "content/Łódź & API_v1.2.md": POST,
            },
            ("Zola", ("content",), {"2026-01-02-Ä b.md": "/a-b/", "Łódź & API_v1.2.md": "/lodz-api-v1-2/"}),
        ),
        (
            {
                "config.toml": 'base_url = "https://z.example"\ntheme = "t"',
                "themes/t/templates/page.html": "",
                "content/a.md": '+++\npath = "own/way"\n+++\nText.',
            },
            ("Zola", ("content",), {"a.md": "/own/way/"}),
        ),
        (
            {
                "docusaurus.config.ts": 'export default { title: "D" }',
                "docs/a.md": POST,
                "docs/_part.mdx": POST,
                "blog/b.md": POST,
                "blog/2025-3-5-x.md": POST,
                "src/components/c.mdx": POST,
                "README.md": POST,
                "SECURITY.md": POST,
            },
            (
                "Docusaurus",
                (".",),
                {"docs/a.md": "/docs/a", "blog/b.md": "/blog/b", "blog/2025-3-5-x.md": "/blog/2025/3/5/x"},
            ),
        ),
        (
            {"astro.config.mjs": "export default {}", "src/content/blog/a.md": POST},
            ("Astro", ("src/content",), {"blog/a.md": "/blog/a/"}),
        ),
        (
            {"index.html": "<p>x", "a/b c.html": "<p>x", "a/index.html": "<p>x"},
            ("HTML", (".",), {"index.html": "/", "a/b c.html": "/a/b c.html", "a/index.html": "/a/"}),
        ),
        ({"_site/index.html": "<p>x"}, ("HTML", ("_site",), {"index.html": "/"})),
        (
            {
                "_config.yml": "exclude: [drafts, notes.md]",
                "_posts/2026-03-05-a.md": POST,
                "_layouts/post.html": "{{ content }}",
                "_site/index.html": "<p>x",
                "drafts/a.md": POST,
                "notes.md": POST,
            },
            ("Jekyll", (".",), {"_posts/2026-03-05-a.md": "/big data/2026/03/05/a.html"}),
        ),
        (
            {
                "eleventy.config.js": 'export default { dir: { includes: "parts", output: "public" } }',
                "parts/base.html": "<p>x",
                "public/index.html": "<p>x",
                "a.md": POST,
            },
            ("Eleventy", (".",), {"a.md": "/a/"}),
        ),
        ({"notes/a.md": POST}, ("posts", (".",), {"notes/a.md": "/notes/a/"})),
    ],
)
def test_a_site_is_recognized_by_its_files(tmp_path, files, expected):
    lay(tmp_path / "site", files)
    found = recognize(tmp_path / "site")
    assert found
    assert (found.label, found.content, addresses(tmp_path, tmp_path / "site")) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hugo", ("Hugo's Notes", "en-gb", "https://hugo.example/journal")),
        ("jekyll", ("Jekyll's Notes", "de", "https://jekyll.example/site")),
        ("pelican", ("Pelican's Notes", "en", "https://pelican.example")),
        ("mkdocs", ("MkDocs' Notes", "", "https://mkdocs.example/manual")),
        ("zensical", ("Zensical Notes", "", "https://zensical.example")),
        ("hexo", ("Hexo's Notes", "en", "https://hexo.example/log")),
        ("docusaurus", ("Docusaurus' Notes", "en", "https://docusaurus.example/site")),
        ("astro", ("", "", "https://astro.example/site")),
        ("eleventy", ("", "", "")),
    ],
)
def test_title_language_and_address_are_the_configurations_own(name, expected):
    found = recognize(SITES / name)
    assert found
    assert (found.title, found.language, found.base_url) == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("_config.yml", "kramdown: {input: kramdown}", "kramdown"),
        ("_config.yml", "kramdown: {input: GFM}", "jekyll"),
        ("hugo.toml", '[markup.goldmark.parser]\nautoIDType = "blackfriday"', "blackfriday"),
        ("hugo.toml", '[markup.goldmark.parser]\nautoHeadingIDType = "github-ascii"', "hugo-ascii"),
        ("hugo.toml", "", "hugo"),
    ],
)
def test_the_style_of_heading_ids_is_the_configurations_own(tmp_path, name, text, expected):
    lay(tmp_path, {name: text, "content/a.md": POST, "_posts/2026-01-01-a.md": POST})
    found = recognize(tmp_path)
    assert found
    file = tmp_path / "backmatter.toml"
    file.write_text("\n".join(configuration.settings_lines(replace(found, base_url="https://a.example"))), "utf-8")
    assert load(file).conventions.heading_ids == expected


def test_zola_pages_have_the_paths_that_their_authors_give_and_the_folders_of_languages(tmp_path):
    files = {
        "config.toml": 'base_url = "https://z.example"\ndefault_language = "en"\n[languages.ja]\n',
        "content/blog/a.md": '+++\ntitle = "A"\npath = "old/way"\n+++\nText.',
        "content/blog/a.ja.md": '+++\ntitle = "A"\n+++\nText.',
        "content/blog/日本語/index.ja.md": '+++\ntitle = "A"\n+++\nText.',
        "content/blog/b.fr.md": '+++\ntitle = "A"\n+++\nText.',
        "templates/page.html": "",
    }
    lay(tmp_path / "site", files)
    assert addresses(tmp_path, tmp_path / "site") == {
        "blog/a.md": "/old/way/",
        "blog/a.ja.md": "/ja/blog/a/",
        "blog/日本語/index.ja.md": "/ja/blog/ri-ben-yu/",
        "blog/b.fr.md": "/blog/b-fr/",
    }


@pytest.mark.parametrize(
    ("new_post_name", "addresses_of"),
    [
        # As Hexo 8.1.2 has built them.
        (
            ":title.md",
            {"sub/inner": "sub/inner", "2024/03/z": "2024/03/z", "Größe": "Größe", "a b": "a b", "3-9-q": "3-9-q"},
        ),
        (
            ":year-:month-:day-:title.md",
            {"2024-03-09-dated": "dated", "sub/inner": "sub-inner", "Größe": "Grose", "1_x": "1-x", "a b": "a-b"},
        ),
        (":year/:title.md", {"2024/y": "y", "2024/03/z": "03/z", "de/w": "de-w"}),
        (":year/:month/:title.md", {"2024/03/z": "z", "2024/y": "2024-y"}),
        (":lang/:title.md", {"de/w": "w", "2024/03/z": "03/z", "Upper-Case": "Upper-Case"}),
        (":i_month-:i_day-:title.md", {"3-9-q": "q", "2024-03-09-dated": "2024-03-09-dated"}),
    ],
)
def test_hexo_takes_the_title_out_of_names_as_new_post_name_has_them(tmp_path, new_post_name, addresses_of):
    config = f"url: https://a.example\nnew_post_name: {new_post_name}\npermalink: p/:title/\n"
    lay(tmp_path / "site", {"_config.yml": config, **{f"source/_posts/{name}.md": POST for name in addresses_of}})
    made = {f"_posts/{name}.md": f"/p/{address}/" for name, address in addresses_of.items()}
    assert addresses(tmp_path, tmp_path / "site") == made


@pytest.mark.parametrize(
    ("config", "path", "head", "expected"),
    [
        ("", "a.md", "Lang: en", "/same.html"),
        ("", "a.md", "Lang: fr", "/same-fr.html"),
        ("", "a.md", "", "/same.html"),
        ("", "pages/a.md", "Lang: fr", "/pages/same-fr.html"),
        ("DEFAULT_LANG = 'fr'", "a.md", "Lang: fr", "/same.html"),
        ("DEFAULT_LANG = 'fr'", "a.md", "Lang: en", "/same-en.html"),
        ("ARTICLE_LANG_URL = '{lang}/{slug}/'", "a.md", "Lang: fr", "/fr/same/"),
    ],
)
def test_pelican_has_addresses_of_its_own_for_other_languages(tmp_path, config, path, head, expected):
    post = f"Title: T\nDate: 2024-01-01\nSlug: same\n{head}\n\nText."
    lay(tmp_path / "site", {"pelicanconf.py": config, f"content/{path}": post})
    assert addresses(tmp_path, tmp_path / "site") == {path: expected}


def test_pelican_takes_metadata_out_of_names(tmp_path):
    named = "FILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'"
    post = "Title: T\n\nText."
    lay(tmp_path / "a/site", {"pelicanconf.py": named, "content/2024-03-09_name.md": post})
    lay(tmp_path / "b/site", {"pelicanconf.py": "", "content/2024-03-09_name.md": post})
    assert addresses(tmp_path / "a", tmp_path / "a/site") == {"2024-03-09_name.md": "/name.html"}
    assert addresses(tmp_path / "b", tmp_path / "b/site") == {"2024-03-09_name.md": "/t.html"}


@pytest.mark.parametrize(
    ("permalink", "expected"),
    [
        # As Eleventy 3.1.8 has built them.
        ("/1/{{ page.date | date: '%Y/%m/%d' }}/{{ page.fileSlug }}/", "/1/2024/03/09/own/"),
        ("/2{{ page.filePathStem }}.html", "/2/b/own.html"),
        ("/3/{{ category }}/{{ slug }}/", "/3/go/mine/"),
        ("/4/{{ title | slugify }}/", "/4/a-b/"),
        ("/5/{{ title | downcase }}/", "/5/a b/"),
        ("/6/{{- page.fileSlug -}}/", "/6/own/"),
        # What is not understood is not guessed.
        ("/{{ page.date.getFullYear() }}/x/", "/b/2024-03-09-own/"),
        ("/{{ other }}/x/", "/b/2024-03-09-own/"),
        ("/{{ title | ours }}/x/", "/b/2024-03-09-own/"),
    ],
)
def test_eleventy_fills_addresses_with_data(tmp_path, permalink, expected):
    head = f'title: A B\ndate: 2024-03-09\ncategory: go\nslug: mine\npermalink: "{permalink}"'
    config = 'export default () => ({dir: {input: "src"}})'
    lay(tmp_path / "site", {"eleventy.config.js": config, "src/b/2024-03-09-own.md": f"---\n{head}\n---\nText."})
    assert addresses(tmp_path, tmp_path / "site") == {"b/2024-03-09-own.md": expected}


def test_hugos_mounts_are_its_content(tmp_path):
    mount = '[[module.mounts]]\nsource = "{0}"\ntarget = "content"\nlang = "{1}"\n'
    languages = 'defaultContentLanguage = "en"\n[languages.en]\n[languages.de]\n'
    posts = {"content/en/a.md": POST, "content/de/b/index.md": POST}
    lay(tmp_path / "site", {"hugo.toml": languages + mount.format("content/en", "en"), "content/en/a.md": POST})
    assert addresses(tmp_path, tmp_path / "site") == {"a.md": "/a/"}
    both = languages + mount.format("content/en", "en") + mount.format("content/de", "de")
    lay(tmp_path / "site", {"hugo.toml": both, **posts})
    assert addresses(tmp_path, tmp_path / "site") == {"en/a.md": "/a/", "de/b/index.md": "/de/b/"}


def test_a_pattern_that_cannot_be_taken_over_is_named(tmp_path):
    lay(tmp_path, {"hugo.toml": '[permalinks]\nposts = "/:year/:weekday/"\n', "content/a.md": POST})
    found = recognize(tmp_path)
    assert found
    assert found.notes == ("Its address pattern /:year/:weekday/ has no counterpart here.",)


def test_a_program_is_read_and_not_run(tmp_path):
    lay(tmp_path, {"pelicanconf.py": f'open({str(tmp_path / "ran")!r}, "w")\nSITENAME = "P"\n', "content/a.md": POST})
    found = recognize(tmp_path)
    assert found
    assert (found.title, (tmp_path / "ran").exists()) == ("P", False)


@pytest.mark.parametrize(
    ("name", "text"),
    [("hugo.toml", "title = "), ("mkdocs.yml", "a: [\n"), ("_config.yml", "a: b: c"), ("pelicanconf.py", "SITENAME =")],
)
def test_a_configuration_that_does_not_parse_is_named(tmp_path, name, text):
    lay(tmp_path, {name: text, "content/a.md": POST})
    with pytest.raises(InputError, match=rf"{name}: cannot be read"):
        recognize(tmp_path)


def test_the_command_writes_settings_with_which_the_site_is_indexed(tmp_path):
    lay(tmp_path, {"hugo.toml": 'title = "A \\"B\\" C"\nbaseURL = "https://a.example"\n', "content/posts/A b.md": POST})
    done = run(tmp_path, "init")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "found Hugo by hugo.toml; posts in content",
            "wrote backmatter.toml; next: backmatter index --config backmatter.toml",
        ],
    )
    assert run(tmp_path, "index", "--config", "backmatter.toml").returncode == 0
    assert "https://a.example/posts/a-b/" in run(tmp_path, "search", "größe").stdout
    written = tomllib.loads((tmp_path / "backmatter.toml").read_text("utf-8"))
    assert (written["title"], written["generator"], "addresses" in written) == ('A "B" C', "hugo", False)


@pytest.mark.parametrize("base_url", ["", "https://a.example"])
@pytest.mark.parametrize("name", NAMES)
def test_every_line_that_is_written_has_an_effect(tmp_path, name, base_url):
    site = recognize(SITES / name)
    assert site
    file = tmp_path / "backmatter.toml"
    file.write_text("\n".join(configuration.settings_lines(replace(site, base_url=base_url))), "utf-8")
    warnings: list[str] = []
    settings = load(file, warn=warnings.append)
    assert warnings == []
    assert settings.conventions == (site.conventions if base_url else CONVENTIONS[site.generator])


def test_a_file_that_is_there_is_only_replaced_by_force(tmp_path):
    lay(tmp_path, {"a.md": POST, "backmatter.toml": 'title = "Mine"\n'})
    refused = run(tmp_path, "init")
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert (tmp_path / "backmatter.toml").read_text("utf-8") == 'title = "Mine"\n'
    assert run(tmp_path, "init", "--force").returncode == 0
    assert "Mine" not in (tmp_path / "backmatter.toml").read_text("utf-8")


def test_a_directory_without_posts_is_said_to_have_none(tmp_path):
    done = run(tmp_path, "init")
    assert (done.returncode, "no generator and no post was found" in done.stderr) == (2, True)
