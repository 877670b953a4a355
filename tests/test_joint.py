"""Several journals searched as one list: as one index of all their posts would be, and nothing of a private one."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace

from backmatter.app import create_app
from backmatter.app.context import Journal as Served
from backmatter.index.engines import open_engine
from backmatter.index.engines.base import Part, Snapshot
from backmatter.index.query.analysed import analyse
from backmatter.index.search.search import search
from backmatter.index.settings import JournalSettings, ServerSettings
from tests.conftest import Journal, make_journal

SAME = "The same text in two places, long enough that nobody would take it for an accident. " * 8
POSTS = {
    "go": {
        "cache.md": "---\ntitle: The cache\ndate: 2026-01-01\n---\nA cache line, a cache set.\n\n## Lines\n\nCache.",
        "old.md": "---\ntitle: Old cache\ndate: 2024-01-01\nsuperseded_by: cache.md\n---\nCache lines of old.",
        "same.md": f"---\ntitle: Same\ndate: 2026-03-01\n---\n{SAME}",
        "about.en.md": "---\ntitle: About\nlanguage: en\ndate: 2026-01-01\n---\nAbout the gopher and its burrow.",
        "about.de.md": "---\ntitle: Uber\nlanguage: de\ndate: 2026-01-01\n---\nAbout the gopher und sein Bau.",
    },
    "rust": {
        "cache.md": "---\ntitle: Borrowing\ndate: 2026-02-01\n---\nThe borrow checker has a cache.",
        "copy.md": f"---\ntitle: Same\ndate: 2026-04-01\n---\n{SAME}",
        "about.en.md": "---\ntitle: About us\nlanguage: en\ndate: 2026-01-01\n---\nAbout the gopher that came by.",
        **{f"{number}.md": f"---\ntitle: Lifetime {number}\n---\nLifetimes, part {number}." for number in range(9)},
    },
    "secret": {"cache.md": "---\ntitle: Plans\ndate: 2026-05-01\n---\nA cache that nobody may know of."},
}


@dataclass(frozen=True)
class Group:
    """Journals of one process, of which `secret` is searched by itself."""

    journals: dict[str, Journal]
    clients: dict[str, FlaskClient]

    def ask(self, name: str, page: str) -> dict[str, object]:
        answer: dict[str, object] = json.loads(self.clients[name].get(page).data)
        return answer


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Group:
    """Journals for tests that change nothing."""
    return make_group(tmp_path_factory.mktemp("group"))


@pytest.fixture
def own_group(tmp_path: Path) -> Group:
    """Journals for a test that changes them."""
    return make_group(tmp_path)


def make_group(folder: Path) -> Group:
    served: list[Served] = []
    journals, clients = {}, {}
    for name, posts in POSTS.items():
        plain = make_journal(folder / name, posts)
        settings = replace(
            plain.settings,
            title=name.title(),
            server=ServerSettings(public_url="https://search.example.org"),
            journal=JournalSettings(name=name, path=f"/{name}", together=name != "secret"),
        )
        journals[name] = Journal(plain.content, settings, open_engine(settings))
        journals[name].index()
        clients[name] = create_app(settings, journals[name].engine, None, served).test_client()
    return Group(journals, clients)


def joint(group: Group, *names: str):
    journals = [group.journals[name] for name in names]
    parts = [Part(own.settings.journal.name, own.settings.home, own.engine.snapshot()) for own in journals]
    return journals[0].engine.join(parts)


@pytest.fixture(scope="module")
def as_one_and_joint(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, Snapshot]:
    """The same posts in one index, and in two; a segment of the second has a deleted one."""
    folder = tmp_path_factory.mktemp("one")
    posts = {
        f"{name}/{path}": post for name in ("go", "rust") for path, post in POSTS[name].items() if path != "old.md"
    }
    one = make_journal(folder / "one", posts)
    one.index()
    group = make_group(folder)
    (group.journals["go"].content / "old.md").unlink()
    group.journals["go"].index()
    return one.engine.snapshot(), joint(group, "go", "rust")


@pytest.mark.parametrize(
    "text", ["cache", "cache lines", '"cache line"', "lifetimes", "gopher", "borrow OR set", "lifet*"]
)
def test_scores_are_those_of_one_index_with_all_posts(as_one_and_joint, text):
    expected, found = (search(snapshot, analyse(text)) for snapshot in as_one_and_joint)
    assert [(hit.path.replace(":", "/"), hit.score) for hit in found.hits] == [
        (hit.path, pytest.approx(hit.score, abs=1e-6)) for hit in expected.hits
    ]
    assert (found.total, found.facets) == (expected.total, expected.facets)


def test_each_hit_names_its_journal_and_has_a_full_address(group):
    hits = group.ask("go", "/api/v1/search?q=cache&journals=all")["hits"]
    assert sorted(
        (hit["journal"], hit["path"], hit["url"], hit["passage"]["url"].partition("#")[0]) for hit in hits
    ) == [
        (name, path, url, url)
        for name, path in [("go", "cache.md"), ("go", "old.md"), ("rust", "cache.md")]
        for url in [f"https://search.example.org/{name}/articles/{path.removesuffix('.md')}"]
    ]


def test_the_same_text_in_two_journals_is_listed_once(group):
    [hit] = group.ask("go", "/api/v1/search?q=accident&journals=all")["hits"]
    assert (hit["journal"], [copy["url"] for copy in hit["also_at"]]) == (
        "rust",
        ["https://search.example.org/go/articles/same"],
    )


def test_what_posts_are_to_each_other_stays_in_their_journal(group):
    hits = group.ask("go", "/api/v1/search?q=cache&journals=all")["hits"]
    successors = {(hit["journal"], hit["path"]): hit["superseded_by"] for hit in hits}
    assert {place for place, successor in successors.items() if successor} == {("go", "old.md")}
    hits = group.ask("go", "/api/v1/search?q=gopher&journals=all")["hits"]
    assert {hit["journal"]: [other["url"] for other in hit["translations"]] for hit in hits} == {
        "go": ["https://search.example.org/go/articles/about.de"],
        "rust": [],
    }


@pytest.mark.parametrize(
    ("asked", "page", "journals"),
    [
        ("go", "/api/v1/search?q=cache", {None}),
        ("go", "/api/v1/search?q=cache&journals=all", {"go", "rust"}),
        ("go", "/api/v1/search?q=cache&journals=rust", {"rust"}),
        ("rust", "/api/v1/search?q=cache&journals=go,rust", {"go", "rust"}),
        ("secret", "/api/v1/search?q=cache&journals=all", {None}),
        ("secret", "/api/v1/search?q=cache&journals=go", {None}),
        ("secret", "/api/v1/search?q=cache&journals=" + ",".join(f"journal-{n}" for n in range(17)), {None}),
    ],
)
def test_the_journals_that_are_named_are_searched(group, asked, page, journals):
    assert {hit.get("journal") for hit in group.ask(asked, page)["hits"]} == journals


@pytest.mark.parametrize("name", ["secret", "none", "Go", "go:cache.md"])
def test_a_private_journal_cannot_be_told_from_one_that_is_not_there(group, name):
    answer = group.ask("go", f"/api/v1/search?q=cache&journals={name}")
    assert (answer["code"], answer["parameter"], answer["allowed"]) == (
        "invalid_parameter",
        "journals",
        "one of all, go, rust",
    )


PAGES = [
    "/api/v1/search?q=cache",
    "/api/v1/search?q=",
    "/api/v1/suggest?q=pla",
    "/api/v1/suggest?q=",
    "/search?q=cache",
    "/search?q=plans",
    "/search.atom?q=cache",
    "/search.json?q=",
]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_a_private_journal_is_in_the_list_of_all(group, page):
    answer = group.clients["go"].get(f"{page}&journals=all")
    assert answer.status_code == 200
    assert not [word for word in (b"Plans", b"nobody may know", b"/secret") if word in answer.data]


def test_the_page_of_all_names_the_journal_of_each_hit_and_stays_in_all(group):
    page = group.clients["go"].get("/search?q=cache&journals=all").get_data(as_text=True)
    assert page.count('<span lang="" dir="auto">Rust</span>') == 1
    assert '<input type="hidden" name="journals" value="all">' in page
    assert 'href="/go/search?q=cache&amp;sort=newest&amp;journals=all"' in page


def test_a_pin_of_the_journal_that_is_asked_pins_no_post_of_another(group):
    own = group.journals["go"]
    pinned = replace(own.settings, pins=(("borrow", "cache.md"),))
    served = [Served.open(group.journals["rust"].settings, group.journals["rust"].engine)]
    answer = create_app(pinned, own.engine, None, served).test_client().get("/api/v1/search?q=borrow&journals=all")
    assert [(hit["journal"], hit["pinned"]) for hit in json.loads(answer.data)["hits"]] == [("rust", False)]


def test_a_change_to_any_journal_is_in_the_list_of_all_at_once(own_group):
    before = own_group.clients["go"].get("/api/v1/search?q=cache&journals=all")
    own_group.journals["rust"].write(new="---\ntitle: New\ndate: 2026-06-01\n---\nAnother cache.")
    after = own_group.clients["go"].get(
        "/api/v1/search?q=cache&journals=all", headers={"If-None-Match": before.headers["ETag"]}
    )
    assert after.status_code == 200
    assert "New" in [hit["title"] for hit in json.loads(after.data)["hits"]]


def test_tags_of_one_journal_and_of_all_are_different(group):
    chosen = ("", "&journals=all", "&journals=go")
    pages = [(name, f"/api/v1/search?q=cache{more}") for name in ("go", "rust") for more in chosen]
    tags = [group.clients[name].get(page).headers["ETag"] for name, page in [*pages, ("secret", pages[0][1])]]
    assert len(set(tags)) == len(tags)


def test_a_journal_whose_index_cannot_be_read_is_left_out(own_group):
    for file in own_group.journals["rust"].settings.index.iterdir():
        file.write_bytes(b"damaged")
    fresh: list[Served] = []
    clients = {
        name: create_app(own.settings, open_engine(own.settings), None, fresh).test_client()
        for name, own in own_group.journals.items()
    }
    hits = json.loads(clients["go"].get("/api/v1/search?q=cache&journals=all").data)["hits"]
    assert {hit["journal"] for hit in hits} == {"go"}
    assert clients["rust"].get("/api/v1/search?q=cache").status_code == 503
