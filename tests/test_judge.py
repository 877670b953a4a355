"""What a generator built decides which sources readers find, and at which addresses."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from backmatter.index.engines import open_engine
from backmatter.index.model import Post
from backmatter.index.posts.site.mirror import mirror
from backmatter.index.settings import Settings, load
from backmatter.index.sync.report import SyncReport
from backmatter.index.sync.sync import sync
from backmatter.index.tools.check import check
from tests.conftest import Journal, make_journal
from tests.test_check import lay
from tests.test_posts_mirror import serving, sitemap

SITE = "https://blog.example"
PAGE = (
    '<!doctype html><html lang="{2}"><title>{0}</title><body><nav>Menu</nav><main><h1>{0}</h1>{1}</main></body></html>'
)
WALRUS = "A walrus swims in cold water and rests on floating ice for hours, then dives for clams and snails again."
TUSKS = "Tusks grow for years, and both cows and bulls use them to climb out of the sea onto the slippery ice."

Files = dict[str, str]


def page(title: str, body: str, language: str = "en") -> str:
    return PAGE.format(title, body, language)


def post(title: str, body: str, head: str = "") -> str:
    return f"---\ntitle: {title}\n{head}---\n{body}\n"


def judged(folder: Path, sources: Files, pages: Files) -> Journal:
    """Make a journal whose sources are older than its built pages."""
    journal = make_journal(folder, sources)
    for file in journal.content.rglob("*.md"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    (folder / "public").mkdir(parents=True, exist_ok=True)
    lay(folder / "public", pages)
    settings = replace(journal.settings, built=str(folder / "public"), base_url=SITE)
    return Journal(journal.content, settings, journal.engine)


def run(journal: Journal, **options: bool) -> SyncReport:
    return sync(journal.engine, journal.settings, **options)


def found(journal: Journal) -> dict[str, Post]:
    return {post.path: post for post in journal.engine.snapshot().posts()}


def urls(journal: Journal) -> dict[str, str]:
    return {path: post.url.removeprefix(SITE) for path, post in found(journal).items()}


def held(report: SyncReport) -> dict[str, str]:
    return {each.path: each.reason for each in report.held_back}


A = post("Walrus", WALRUS)
B = post("Tusks", TUSKS)


@pytest.mark.parametrize(
    ("sources", "pages", "published", "held_back"),
    [
        # A source without a page is held back, whatever hid it, also where it says what a page says.
        ({"a.md": A, "b.md": B}, {"a/index.html": page("Walrus", WALRUS)}, {"a.md": "/a/"}, ["b.md"]),
        ({"a.md": A, "x/b.md": A}, {"a/index.html": page("Walrus", WALRUS)}, {"a.md": "/a/"}, ["x/b.md"]),
        ({"a.md": post("T", "secret")}, {"b/index.html": page("T", "open")}, {"b/index.html": "/b/"}, ["a.md"]),
        # Its address is the page's, found by what that says.
        ({"a.md": A}, {"2024/the-walrus/index.html": page("Walrus", WALRUS)}, {"a.md": "/2024/the-walrus/"}, []),
        ({"a.md": A}, {"en/x.html": page("The walrus - a blog", WALRUS)}, {"a.md": "/en/x.html"}, []),
        ({"a.md": A}, {"a.html": page("Walrus", "Other words.")}, {"a.md": "/a/"}, []),
        (
            {"a.md": A},
            {"a.html": f'<link rel="canonical" href="{SITE}/a">{page("Walrus", WALRUS)}'},
            {"a.md": "/a"},
            [],
        ),
        # Of several pages that say it, the one whose address ends alike; else none is guessed, and they are read.
        (
            {"de/a.md": A},
            {"x/a/index.html": page("Walrus", WALRUS), "print/b.html": page("Walrus", WALRUS)},
            {"de/a.md": "/x/a/", "print/b.html": "/print/b.html"},
            [],
        ),
        (
            {"a.md": A},
            {"x.html": page("Walrus", WALRUS), "y.html": page("Walrus", WALRUS)},
            {"x.html": "/x.html", "y.html": "/y.html"},
            ["a.md"],
        ),
        (
            {"x/a.md": A, "y/a.md": A},
            {"z.html": page("Walrus", WALRUS)},
            {"z.html": "/z.html"},
            ["x/a.md", "y/a.md"],
        ),
        # What stands at its address and says something else is not its page.
        ({"a.md": post("T", "secret")}, {"a/index.html": page("Walrus", WALRUS)}, {"a/index.html": "/a/"}, ["a.md"]),
        # A source that is copied as it is becomes no page.
        ({"a.md": A, "b.md": B}, {"a.html": page("Walrus", WALRUS), "b.md": B}, {"a.md": "/a/"}, ["b.md"]),
        # A page without a source is read itself, but a redirect, a copy of another page, or a list.
        (
            {"a.md": A},
            {"a.html": page("Walrus", WALRUS), "b.html": page("Tusks", TUSKS)},
            {"a.md": "/a/", "b.html": "/b.html"},
            [],
        ),
        (
            {"a.md": A},
            {
                "b.html": page("Walrus", WALRUS),
                "a.html": '<meta http-equiv="refresh" content="0; url=/b.html"><title>Moved</title>',
                "c.html": f'<link rel="canonical" href="{SITE}/b.html">{page("Walrus", WALRUS)}',
            },
            {"a.md": "/b.html"},
            [],
        ),
        # What the source says counts, too: a build may be old.
        ({"a.md": post("Walrus", WALRUS, "draft: true\n")}, {"a.html": page("Walrus", WALRUS)}, {}, ["a.md"]),
        ({"a.md": A}, {"a.html": f'<meta name="robots" content="noindex">{page("Walrus", WALRUS)}'}, {}, ["a.md"]),
        # A source that cannot be read is found as the page is.
        ({"a.md": "---\ntitle: [x\n---\n"}, {"a.html": page("Walrus", WALRUS)}, {"a.html": "/a.html"}, []),
    ],
)
def test_a_source_is_published_where_its_page_is(tmp_path, sources, pages, published, held_back):
    journal = judged(tmp_path, sources, pages)
    report = run(journal)
    assert (urls(journal), sorted(held(report))) == (published, held_back)
    again = run(journal)
    assert (again.added, again.updated, again.deleted, held(again)) == ([], [], [], held(report))


def test_heading_ids_and_language_are_the_pages(tmp_path):
    headings = '<h2 id="eins">1. Größe</h2><p>a</p><h2 id="s-2">Größe</h2><p>b</p><h2>Ende</h2><p>c</p>'
    journal = judged(
        tmp_path,
        {"a.md": post("Walrus", "## 1. Größe\n\na\n\n## Größe\n\nb\n\n## Ende\n\nc\n\n## Neu\n\nd")},
        {"de/a.html": page("Walrus", headings, "de")},
    )
    run(journal)
    (article,) = found(journal).values()
    assert [section.anchor for section in article.sections] == ["eins", "s-2", "", ""]
    assert (article.language, article.url) == ("de", f"{SITE}/de/a.html")


def test_a_post_that_is_newer_than_the_build_waits_for_the_next_one(tmp_path):
    journal = judged(tmp_path, {"a.md": A}, {"a.html": page("Walrus", WALRUS)})
    run(journal)
    (journal.content / "b.md").write_text(B, "utf-8")
    os.utime(journal.content / "b.md", (4_000_000_000, 4_000_000_000))
    assert held(run(journal)) == {"b.md": "waits for a build: it is newer than public"}
    lay(tmp_path / "public", {"b.html": page("Tusks", TUSKS)})
    report = run(journal)
    assert (report.added, held(report)) == (["b.md"], {})


def test_a_post_vanishes_with_its_page(tmp_path):
    texts = {name: " ".join(f"{name}{number}" for number in range(20)) for name in "abcde"}
    pages = {f"{name}.html": page(name, text) for name, text in texts.items()}
    journal = judged(tmp_path, {f"{name}.md": post(name, text) for name, text in texts.items()}, pages)
    assert len(run(journal).added) == 5
    (tmp_path / "public/c.html").unlink()
    report = run(journal)
    assert (report.deleted, held(report)) == (["c.md"], {"c.md": "has no page in public"})


FIVE = {name: " ".join(f"{name}{number}" for number in range(20)) for name in "abcde"}


@pytest.mark.parametrize(
    ("built", "left"),
    [
        # What never had a page is not public, and goes at once, however much it is.
        ("a", {"a.md"}),
        # A build that has none of the posts is that of another site.
        ("x", {"a.md", "b.md", "c.md", "d.md", "e.md"}),
    ],
)
def test_what_was_never_published_goes_with_the_first_build(tmp_path, built, left):
    journal = judged(tmp_path, {f"{name}.md": post(name, text) for name, text in FIVE.items()}, {})
    run(Journal(journal.content, replace(journal.settings, built=""), journal.engine))
    lay(tmp_path / "public", {f"{built}.html": page(built, FIVE.get(built, WALRUS))})
    report = run(journal)
    assert {path for path in found(journal) if path.endswith(".md")} == left
    assert bool(report.failed) == (built == "x")


def test_posts_whose_pages_vanish_all_but_one_stay_until_the_author_wants_it_so(tmp_path):
    pages = {f"{name}.html": page(name, text) for name, text in FIVE.items()}
    journal = judged(tmp_path, {f"{name}.md": post(name, text) for name, text in FIVE.items()}, pages)
    run(journal)
    for name in "bcde":
        (tmp_path / f"public/{name}.html").unlink()
    (failure,) = run(journal).failed
    assert (failure.path, len(found(journal))) == ("content", 5)
    assert run(journal, force=True).deleted == ["b.md", "c.md", "d.md", "e.md"]


@pytest.mark.parametrize(
    ("generator", "config", "source", "address"),
    [
        ("hugo", {"hugo.toml": "[languages.en]\n[languages.de]\n"}, "content/posts/a.de.md", "de/posts/a/index.html"),
        ("zola", {"config.toml": "[languages.fr]\n"}, "content/b/a.fr.md", "fr/b/a/index.html"),
        ("jekyll", {"_config.yml": "defaults: [{values: {permalink: /x/:title/}}]"}, "n/a.md", "x/a/index.html"),
    ],
)
def test_a_post_of_one_word_is_found_where_the_rules_of_its_site_have_its_address(
    tmp_path, generator, config, source, address
):
    lay(tmp_path, {**config, source: post("Eins", "wort"), f"public/{address}": page("Anders", "wort")})
    content = source.partition("/")[0] if generator != "jekyll" else "."
    lines = f'content = ["{content}"]\nbuilt = "public"\nbase_url = "{SITE}"\ngenerator = "{generator}"\n'
    lines += f'index = "{tmp_path / "index"}"\n'
    lay(tmp_path, {"backmatter.toml": lines})
    settings = load(tmp_path / "backmatter.toml")
    assert sync(open_engine(settings), settings).added == [source.removeprefix("content/")]
    (article,) = open_engine(settings).snapshot().posts()
    assert f"{article.url}index.html" == f"{SITE}/{address}"


@pytest.mark.parametrize("is_left", [True, False])
def test_a_build_that_empties_its_folder_takes_nothing_from_readers(tmp_path, is_left):
    journal = judged(
        tmp_path, {"a.md": A, "b.md": B}, {"a.html": page("Walrus", WALRUS), "b.html": page("Tusks", TUSKS)}
    )
    run(journal)
    for file in (tmp_path / "public").iterdir():
        file.unlink()
    if not is_left:
        (tmp_path / "public").rmdir()
    report = run(journal)
    assert [failure.reason for failure in report.failed] == [
        "has no page to judge the posts by; nothing was changed; build the site"
    ]
    assert set(found(journal)) == {"a.md", "b.md"}
    assert set(urls(journal)) == {"a.md", "b.md"}


def test_nothing_is_found_of_sources_before_the_first_build(tmp_path):
    journal = judged(tmp_path, {"a.md": A}, {})
    report = run(journal)
    assert (report.added, len(report.failed)) == ([], 1)
    lay(tmp_path / "public", {"a.html": page("Walrus", WALRUS)})
    assert run(journal).added == ["a.md"]


def test_only_changed_pages_and_their_sources_are_read_again(tmp_path):
    journal = judged(
        tmp_path, {"a.md": A, "b.md": B}, {"a.html": page("Walrus", WALRUS), "b.html": page("Tusks", TUSKS)}
    )
    run(journal)
    lay(tmp_path / "public", {"b.html": page("Tusks", TUSKS + '<h2 id="new">New</h2>')})
    read: list[int] = []
    report = sync(journal.engine, journal.settings, progress=lambda count, _: read.append(count))
    assert (report.updated, read) == (["b.md"], [1])


@pytest.mark.parametrize("was_read_before", [False, True])
def test_a_built_page_that_cannot_be_read_is_reported(tmp_path, was_read_before):
    bodies = {"a": WALRUS, "b": TUSKS}
    pages = {f"{name}/index.html": page(name.upper(), f"<p>{body}</p>") for name, body in bodies.items()}
    journal = judged(tmp_path, {f"{name}.md": post(name.upper(), body) for name, body in bodies.items()}, pages)
    if was_read_before:
        assert run(journal).failed == []
    lay(tmp_path / "public", {"a/index.html": "<div>" * 3_000 + WALRUS})
    for _ in range(2):
        report = run(journal)
        assert [failure.path for failure in report.failed] == ["public/a/index.html"]
        assert "nested too deep" in report.failed[0].reason
    assert urls(journal) == ({"a.md": "/a/"} if was_read_before else {}) | {"b.md": "/b/"}


def test_check_knows_the_real_ids_and_addresses(tmp_path):
    text = "[a](/2024/walrus/) [b](/2024/walrus/#eins) [c](/2024/walrus/#head) [d](/a/) [e](/tags/) [f](/style.css)"
    journal = judged(
        tmp_path,
        {"a.md": post("Walrus", f"{WALRUS}\n\n## Head\n\n{text}")},
        {
            "2024/walrus/index.html": page("Walrus", f'<p>{WALRUS}</p><h2 id="eins">Head</h2><p>a b c d e f</p>'),
            "tags/index.html": page("Tags", "none"),
            "style.css": "",
        },
    )
    _, findings = check(journal.settings)
    assert [(each.rule, each.message.split()[-1]) for each in findings] == [
        ("dead-anchor", "#head"),
        ("dead-link", "nowhere"),
    ]


def test_the_pages_of_a_running_site_judge_as_those_in_a_folder(tmp_path):
    journal = judged(tmp_path, {"a.md": A, "b.md": B}, {"old/a/index.html": page("Walrus", WALRUS)})
    with serving(tmp_path / "public") as (home, _):
        sitemap(tmp_path / "public", home, "/old/a/")
        journal = Journal(journal.content, replace(journal.settings, built=home), journal.engine)
        report = run(journal)
    assert (urls(journal), held(report)) == ({"a.md": "/old/a/"}, {"b.md": f"has no page in {home}"})
    assert mirror(Settings()) == []


def test_the_pages_of_a_running_site_without_a_sitemap_are_found_by_their_links(tmp_path):
    links = '<a href="/x/a/#top">a</a> <a href="y.pdf">y</a> <a href="?q">q</a> <a href="https://a.example/">e</a>'
    pages = {"index.html": page("Home", links), "x/a/index.html": page("Walrus", f"{WALRUS} <a href=../b.html>b</a>")}
    journal = judged(tmp_path, {"a.md": A, "b.md": B, "c.md": A}, {**pages, "x/b.html": page("Tusks", TUSKS)})
    with serving(tmp_path / "public") as (home, _):
        report = run(Journal(journal.content, replace(journal.settings, built=home), journal.engine))
    assert urls(journal).items() >= {"a.md": "/x/a/", "b.md": "/x/b.html"}.items()
    assert report.failed == []


def test_the_folder_is_relative_to_the_settings_and_its_pages_are_no_sources(tmp_path):
    journal = judged(tmp_path / "site", {}, {"a/index.html": page("Walrus", WALRUS)})
    lay(tmp_path / "site", {"a.md": A, "backmatter.toml": f'content = ["."]\nbuilt = "public"\nbase_url = "{SITE}"\n'})
    settings = load(tmp_path / "site" / "backmatter.toml")
    report = sync(journal.engine, settings)
    assert (settings.built_folders, report.added) == ((tmp_path / "site" / "public",), ["a.md"])
