"""`backmatter check` finds each fault at its line, and says nothing of what is right."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import jsonschema
import msgspec
import pytest

from backmatter.index.errors import SettingsError
from backmatter.index.insights.store import DAY
from backmatter.index.posts.addresses.globs import matches_glob
from backmatter.index.settings import AddressSettings, Levels, Rule, Settings, load
from backmatter.index.tools.check import RULE_FUNCTIONS, check
from backmatter.index.tools.check.finding import RULES as ABOUT
from backmatter.index.tools.check.finding import level_of
from backmatter.index.tools.check.output import OUTPUT_FORMATS
from tests.insights import clicked, record, searched
from tests.test_cli import run

CONTENT = Path(__file__).parents[1] / "content"
SARIF = Path(__file__).parent / "golden" / "sarif-2.1.0-excerpt.json"
NOW = datetime(2026, 7, 1, tzinfo=UTC)
WORDS = " ".join(f"word{number}" for number in range(200))


def found(folder: Path, posts: dict[str, str], **values: object) -> list[tuple[str, int | None, str]]:
    """Give path, line and rule of all that is found in some posts."""
    lay(folder, posts)
    _, findings = check(Settings(content=(folder,), **values), NOW)  # type: ignore[arg-type]
    return [(each.path, each.line, each.rule) for each in findings]


def lay(folder: Path, posts: dict[str, str]) -> None:
    for path, text in posts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\ntitle: [\n---\nText.", [(3, "front-matter")]),
        ("---\ntitle: A\ndate: tomorrow\n---\nText.", [(3, "front-matter")]),
        ("", [(None, "unreadable")]),
        ("<div>\n" * 2000, [(None, "unreadable")]),
        ("---\ntitle: A\ndate: 2026-12-24\n---\nText.", [(3, "future-date")]),
        ("---\ntitle: A\ndraft: true\n---\nText.", [(3, "held-back")]),
        ("---\ntitle: A\nexpiryDate: 2026-01-02\n---\nText.", [(3, "held-back")]),
        ("---\ntitle: A\nsearch: {boost: 100}\n---\nText.", [(3, "boost")]),
        ("---\ntitle: A\nsearch: {boost: much}\n---\nText.", [(3, "boost")]),
        ("---\ntitle: A\nsearch: {boost: 2}\n---\nText.", []),
        ("---\ntitle: A\n_build: {list: never}\n---\nText.", [(3, "held-back")]),
        ("# A\n\n## B {#x}\n\nText.\n\n## C {#x}\n\nText.", [(7, "duplicate-id")]),
        ("# A\n\n## B\n\n## C\n\nText.", [(3, "empty-section")]),
        ("# A\n\n## B\n\n### C\n\nText.", []),
        ("# A\n\n## B\n\n{{< table >}}\n\n## C\n\nText.", []),
        ("# A\n\n## B\n\n![](b.svg)\n\n## C\n\nText.", [(5, "image-alt")]),
        (f"# A\n\nText.\n\n## B\n\n{WORDS * 13}", [(5, "huge-section")]),
        (f"# A\n\n## B\n\n```text\n{WORDS * 13}\n```\n", []),
        ("# A\n\n```\ncode\n```\n\n```go\ncode\n```\n", [(3, "code-language")]),
        ("# A\n\n- item\n\n  ~~~\n  code\n  ~~~\n", [(5, "code-language")]),
        ("# A\n\n    indented code\n", []),
        ("# A\n\n```go\n```\n\n````\n```\nfence\n```\n````\n", [(6, "code-language")]),
        ("![](/a.png)\n\n![ ](/b.png)\n\n![seen](/c.png)", [(1, "image-alt"), (3, "image-alt")]),
        ('<img src="/a.png">\n\n<img src="/b.png" alt="">', [(1, "image-alt")]),
        (
            '<figure>\n<img src="/a.png">\n<figcaption>Seen.</figcaption>\n</figure>\n\n<img src="/b.png">',
            [(6, "image-alt")],
        ),
        ('<figure>\n<img src="/a.png">\n</figure>', [(2, "image-alt")]),
        ('<img src="/a.png" aria-hidden="true">\n\n<img src="/b.png" role="presentation">', []),
        ("[a](?all=true#b)\n\n[c](post.md?all#c)", []),
        ("[a](#b)\n\n[c](#c)\n\n## C\n\nText.", [(1, "dead-anchor")]),
        ("[a](#netpkgnet)\n\n[b](#netpkg)\n\n### [net](/pkg/net)\n\nText.", [(3, "dead-anchor")]),
        ('[a](#b)\n\n[top](#top)\n\n<div id="b">\n\nText.\n\n</div>', []),
        ("[a](#b)\n\n{{% include %}}", []),
        ('[a]({{< ref "b.md" >}}#b)', []),
        ("[a](other.md)\n\n[b](https://a.example/other.md)\n\n`[c](other.md)`", [(1, "dead-link")]),
        ("Text.\n\n[a]: other.md\n[a]", [(3, "dead-link")]),
        ("[a](/tags/go/)\n\n[b](/files/a.pdf)", []),
    ],
)
def test_a_fault_is_found_at_its_line(tmp_path, text, expected):
    assert found(tmp_path, {"post.md": text}) == [("post.md", line, rule) for line, rule in expected]


@pytest.mark.parametrize(("linking", "expected"), [(2, ["dead-link", "dead-link"]), (3, [])])
def test_an_address_that_many_posts_link_to_is_made_by_something_else(tmp_path, linking, expected):
    pages = {f"n/{n}.md": f"# Page {n}\n\nText of its own, {n}.\n" for n in range(8)}
    there = "".join(f"[{n}](/n/{n}/) " for n in range(8))
    posts = {f"p{n}.md": f"# Post {n}\n\n{there}\n\n[a](/n/play/)\n" for n in range(linking)}
    rules = [
        rule
        for _, _, rule in found(tmp_path, {**pages, **posts}, addresses=AddressSettings(permalink="/{path}/"))
        if rule == "dead-link"
    ]
    assert rules == expected


def test_a_post_that_is_held_back_has_no_title_to_be_told_from(tmp_path):
    posts = {"a.md": "---\ntitle: A\n---\nText.", "b.md": "---\ntitle: A\nredirect: /a/\n---\nGone there."}
    assert [rule for _, _, rule in found(tmp_path, posts)] == ["held-back"]


DATED = "---\ntitle: {0}\ndate: 2026-01-02\n---\nText {0}.\n"


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ({"a.md": DATED.format("A"), "b.md": DATED.format("B"), "c.md": "# C\n"}, [("c.md", None, "missing-date")]),
        ({"a.md": DATED.format("A"), "b.md": DATED.format("B"), "_index.md": "# C\n"}, []),
        ({"a.md": DATED.format("A"), "docs/b.md": "# B\n", "docs/c.md": "# C\n"}, []),
        ({"a.md": "# A\n", "b.md": "# a\n"}, [("b.md", None, "duplicate-title")]),
        ({"a/install.md": "# Install\n", "b/install.md": "# Install\n"}, []),
        ({"a.md": "# A\n", "b.md": "---\nslug: a\n---\nB"}, [("b.md", 2, "duplicate-address")]),
        ({"a.md": "# A\n", "b.md": "---\nslug: a\ndraft: true\n---\nB"}, [("b.md", 3, "held-back")]),
        ({"a.md": f"# A\n\n{WORDS}", "b.md": f"# B\n\n{WORDS} new"}, [("b.md", None, "alike")]),
        ({"a.md": f"# A\n\n{WORDS}", "b.md": f"# B\n\n{WORDS[:900]} {WORDS[::-1]}"}, []),
        ({"a.md": "[b](b.md#x) [c](b.md#y)\n", "b.md": "# B\n\n## X\n\nText.\n"}, [("a.md", 1, "dead-anchor")]),
        (
            {"a.md": "[b](b.md)\n", "b.md": "---\ndate: 2026-12-24\n---\nB"},
            [("a.md", 1, "dead-link"), ("b.md", 2, "future-date")],
        ),
        ({"a.md": "![here](a.png)\n\n![gone](b.png)\n", "a.png": ""}, [("a.md", 3, "dead-image")]),
        ({"a.md": "![gone](a.png)\n"}, []),
    ],
)
def test_a_fault_between_posts_is_found(tmp_path, posts, expected):
    assert found(tmp_path, posts) == expected


def test_an_address_is_dead_in_a_folder_whose_pages_are_known(tmp_path):
    pages = {f"docs/{name}.md": f"# {name}\n\n[a](/docs/a/)\n" for name in "abc"}
    links = "[a](/docs/a/)\n[b](/docs/b.html)\n[c](/docs/C)\n[d](/docs/d/)\n[old](/docs/old/)\n[moved](/docs/m/x)\n"
    links += "[exact](/docs/gone)\n[named](/docs/g)\n[not](/docs/f)\n"
    redirects = "/docs/m/* /docs/a 301\n/:folder/g /docs/a\n/docs/gone /docs/a\n"
    more = {"e.md": links, "b2.md": "---\naliases: [/docs/old/]\n---\nText.\n", "_redirects": redirects}
    assert found(tmp_path, {**pages, **more}) == [("e.md", 4, "dead-link"), ("e.md", 9, "dead-link")]


def test_the_journal_is_clean():
    posts, findings = check(Settings(content=(CONTENT,)), NOW)
    assert (posts, findings) == (10, [])


def test_every_rule_has_a_level_and_a_name_in_the_settings():
    assert set(ABOUT) == set(get_args(Rule))
    made_by_reading = {"front-matter", "unreadable"}
    assert {rule.__name__.replace("_", "-") for rule in RULE_FUNCTIONS} == set(ABOUT) - made_by_reading


def test_the_last_setting_that_names_a_rule_decides():
    settings = Settings(
        check=(
            Levels(error=("image-alt",)),
            Levels(paths=("blog/2014/**", "*.html"), off=("image-alt",)),
            Levels(paths=("blog/2014/kept.md",), warning=("image-alt",)),
        )
    )
    paths = ("a.md", "a.html", "b/a.html", "blog/2014/x/a.md", "blog/2014/kept.md")
    assert [level_of("image-alt", path, settings) for path in paths] == ["error", "off", "error", "off", "warning"]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("**", "a/b.md", True),
        ("*", "a/b.md", False),
        ("a/*.md", "a/b.md", True),
        ("**/b.md", "b.md", True),
        ("a/**/c.md", "a/c.md", True),
        ("a/**", "ab/c.md", False),
        ("a.md", "a-md", False),
        ("?.md", "ab.md", False),
    ],
)
def test_a_pattern_is_that_of_a_whole_path(pattern, path, expected):
    assert matches_glob(pattern, path) is expected


def test_a_rule_that_does_not_exist_is_refused_in_the_file(tmp_path):
    file = tmp_path / "backmatter.toml"
    file.write_text('[[check]]\noff = ["image-alts"]\n')
    with pytest.raises(SettingsError, match=r"check.*image-alts.*for example"):
        load(file)


FAULTY = {"content/a, b.md": "[x](gone.md)\n\n![](/a%b.png)\n", "content/ü.md": ""}


def test_the_command_prints_lines_as_compilers_do_and_ends_with_1(tmp_path):
    lay(tmp_path, FAULTY)
    done = run(tmp_path, "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines() == [
        "content/a, b.md:1: error: gone.md leads nowhere; correct it, or write the page [dead-link]",
        "content/a, b.md:3: warning: the picture /a%b.png has no alternative text; "
        "say in its brackets what it shows [image-alt]",
        "content/ü.md: error: is empty; write something, or remove it [unreadable]",
        "2 errors and 1 warning in 1 post",
    ]


@pytest.mark.parametrize(("text", "status"), [("# A\n", 0), ("![](/a.png)", 0), ("[a](gone.md)", 1)])
def test_only_an_error_makes_the_command_end_with_1(tmp_path, text, status):
    lay(tmp_path, {"content/a.md": text})
    assert run(tmp_path, "check").returncode == status


def test_a_directory_that_is_not_there_makes_the_command_end_with_2(tmp_path):
    assert run(tmp_path, "check", "--content", "nowhere").returncode == 2


def test_github_gets_an_annotation_for_each_finding(tmp_path):
    lay(tmp_path, FAULTY)
    lines = run(tmp_path, "check", "--format", "github").stdout.splitlines()
    assert lines[0].startswith("::error file=content/a%2C b.md,line=1,title=dead-link::gone.md leads nowhere; ")
    assert lines[1].startswith("::warning file=content/a%2C b.md,line=3,title=image-alt::the picture /a%25b.png has")


def test_json_has_every_field_of_a_finding(tmp_path):
    lay(tmp_path, FAULTY)
    report = json.loads(run(tmp_path, "check", "--format", "json").stdout)
    assert report["posts"] == 1
    assert report["findings"][0] == {
        "rule": "dead-link",
        "level": "error",
        "path": "a, b.md",
        "file": "content/a, b.md",
        "line": 1,
        "message": "gone.md leads nowhere",
        "advice": "correct it, or write the page",
    }


def test_sarif_is_valid_and_places_each_finding(tmp_path):
    lay(tmp_path, FAULTY)
    log = json.loads(run(tmp_path, "check", "--format", "sarif").stdout)
    jsonschema.validate(log, json.loads(SARIF.read_text("utf-8")))
    places = [result["locations"][0]["physicalLocation"] for result in log["runs"][0]["results"]]
    assert places[0] == {"artifactLocation": {"uri": "content/a%2C%20b.md"}, "region": {"startLine": 1}}
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in log["runs"][0]["results"])


def test_the_command_offers_the_formats_that_there_are(tmp_path):
    done = run(tmp_path, "check", "--format", "xml")
    assert done.returncode == 2
    assert all(f"'{name}'" in done.stderr for name in OUTPUT_FORMATS)


def with_heading(heading: str, text: str, *own: str) -> dict[str, str]:
    """Return six posts with a heading and a text below it, and headings of their own."""
    others = "".join(f"\n## {each} {{0}}\n\nText of {each} {{0}}.\n" for each in own)
    return {f"{n}.md": f"# T{n}\n\n## {heading}\n\n{text}\n{others.format(n)}" for n in range(6)}


LONG = " ".join(WORDS.split()[:25])
INTRODUCTION = with_heading("Introduction", LONG, "First", "Second")


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        (INTRODUCTION, [("0.md", 3, "common-heading")]),
        # Too few posts.
        (dict(list(INTRODUCTION.items())[:5]), []),
        # The sections are about what their heading says.
        (with_heading("Compiler", f"Compilers {LONG}", "First", "Second"), []),
        # The heading is one for those below it.
        (with_heading("Tools", "Some.", "First", "Second"), []),
        # Whoever fills in a template has no choice.
        (with_heading("Synopsis", LONG), []),
    ],
)
def test_a_heading_of_many_posts_that_says_nothing_of_its_sections_is_named_once(tmp_path, posts, expected):
    assert [each for each in found(tmp_path, posts) if each[2] == "common-heading"] == expected


def test_a_post_that_its_title_does_not_find_first_is_named(empty):
    empty.write(
        lines="---\ntitle: Cache lines\n---\nA cache has lines.\n",
        note="---\ntitle: Cache NOT redis\n---\nA cache, and redis.\n",
    )
    _, findings = check(empty.settings, NOW, empty.engine.snapshot())
    found_by_title = [(each.path, each.line, each.message) for each in findings if each.rule == "title-not-first"]
    assert found_by_title == [("note.md", 2, "a search for its title finds 'Cache lines' first")]
    _, without = check(empty.settings, NOW)
    assert [each for each in without if each.rule == "title-not-first"] == []


ABOUT_CACHES = "---\ntitle: Cache lines\n---\nA text.\n\n## Rows\n\nA processor fetches a whole line of memory.\n"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        # Nobody opens anything: the nearest post is told of, at the section that has the other words.
        ([searched("processor prefetch", n * DAY) for n in range(3)], [("caches.md", 6, "'prefetch'")]),
        # The post that is opened after other words lacks those before.
        (
            [
                event
                for n in range(3)
                for event in (
                    searched("false sharing", n * DAY, total=0),
                    searched("cache lines", n * DAY + 60, after="false sharing"),
                    clicked("cache lines", n * DAY + 61, "/articles/caches"),
                )
            ],
            [("caches.md", 2, "'false sharing'")],
        ),
        # Two days are one reader's business.
        ([searched("processor prefetch", n * DAY) for n in range(2)], []),
        # A result was opened.
        (
            [
                event
                for n in range(3)
                for event in (searched("processor prefetch", n * DAY), clicked("processor prefetch", n * DAY + 1))
            ],
            [],
        ),
        # The post has all of it, or it is misspelt, or no post has any of it.
        ([searched("processor memory", n * DAY) for n in range(3)], []),
        ([searched("proccessor", n * DAY) for n in range(3)], []),
        ([searched("kubernetes", n * DAY, total=0) for n in range(3)], []),
    ],
)
def test_words_that_readers_use_and_a_post_lacks_are_named(empty, events, expected):
    empty.write(caches=ABOUT_CACHES, bread="---\ntitle: Bread\n---\nFlour and water.\n")
    record(empty.settings.insights_file, *events)
    _, findings = check(empty.settings, NOW, empty.engine.snapshot())
    named = [each for each in findings if each.rule == "readers-words"]
    assert [(each.path, each.line, each.message.rpartition("lacks ")[2]) for each in named] == expected


def test_a_synonym_helps_the_readers_and_the_rule_is_silent(empty, tmp_path):
    (tmp_path / "synonyms.txt").write_text("prefetch = fetches\n", "utf-8")
    empty.write(caches=ABOUT_CACHES)
    settings = msgspec.structs.replace(empty.settings, synonyms=tmp_path / "synonyms.txt")
    record(settings.insights_file, *(searched("processor prefetch", n * DAY) for n in range(3)))
    _, findings = check(settings, NOW, empty.engine.snapshot())
    assert [each for each in findings if each.rule == "readers-words"] == []
