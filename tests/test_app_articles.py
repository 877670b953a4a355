"""An article's page: whole, as its file is now, and only for who may read it."""

from html import escape

import pytest

from backmatter.app.rendering import article_reader
from tests.browsing import page


def test_an_article_is_shown_whole(client):
    shown = page(client, "/articles/cache")
    assert shown.texts("title") == ["A Love Letter to the L1 Cache · The Backend Engineer's Playbook"]
    assert shown.texts("h1") == ["A Love Letter to the L1 Cache"]
    assert shown.texts(".meta > :not(.tags), .meta a") == [
        "9 June 2026",
        "1 min read",
        "Mara Lindqvist",
        "go",
        "cpu-cache",
    ]
    assert shown.links(".meta a") == ["/search?tag=go", "/search?tag=cpu-cache"]
    assert shown.links(".contents a") == ["#what-a-line-is", "#measure-it", "#why-it-is-loved"]
    assert shown.links(".permalink") == shown.links(".contents a")
    assert [tag["id"] for tag in shown.soup.select(".body h2")] == ["what-a-line-is", "measure-it", "why-it-is-loved"]
    assert shown.texts(".body pre .k") == ["for", "range"]
    assert shown.texts(".body td[align=right]") == ["1.2"]


def test_an_article_ends_with_those_that_are_about_the_same(journal, client):
    lines = "The processor fetches a cache line: bytes, stride, cycles."
    journal.write(lines=f"---\ntitle: <b>Cache</b> lines\ndate: 2026-07-01\n---\n{lines}\n")
    shown = page(client, "/articles/cache")
    assert shown.texts(".related h2") == ["Related articles"]
    assert shown.texts(".related li:first-child a, .related li:first-child .about > *") == [
        "<b>Cache</b> lines",
        "1 July 2026",
        "1 min read",
    ]
    assert shown.links(".related li:first-child a") == ["/articles/lines"]


def test_an_article_that_is_like_no_other_has_no_list_of_related_ones(client):
    assert not page(client, "/articles/undated").soup.select(".related")


@pytest.mark.parametrize(
    ("address", "status", "location"),
    [
        ("/articles/old/name", 308, "/articles/moved"),
        ("/articles/old/name/", 308, "/articles/moved"),
        ("/articles/old/name.html", 308, "/articles/moved"),
        ("/articles/Ältere%20Adresse", 308, "/articles/moved"),
        ("/articles/cache", 200, None),
        ("/articles/cache/", 308, "/articles/cache"),
        ("/articles/cache/index.html", 308, "/articles/cache"),
        ("/articles/none/", 404, None),
        ("/articles/old", 404, None),
    ],
)
def test_an_old_address_leads_to_the_article(journal, client, address, status, location):
    journal.write(moved="---\ntitle: M\naliases: [/old/name/, Ältere Adresse, /cache]\n---\nText.\n")
    response = client.get(address)
    assert (response.status_code, response.headers.get("Location")) == (status, location)


def test_a_link_to_an_old_address_leads_to_the_article(journal, client):
    journal.write(
        moved="---\ntitle: M\nredirect_from: /old/\n---\nText.\n", linking="---\ntitle: L\n---\n[there](/old/#part)\n"
    )
    assert "/articles/moved#part" in page(client, "/articles/linking").links(".body a")


def test_contents_are_folded_so_that_the_article_starts_at_once(client):
    shown = page(client, "/articles/cache")
    assert shown.texts(".contents > details:not([open]) > summary") == ["Contents"]
    assert len(shown.soup.select(".contents > details li")) == 3


def test_text_that_runs_from_right_to_left_does(journal, client):
    journal.write(rtl="---\ntitle: ذاكرة\nlanguage: ar\nauthor: ليلى\ntags: [سطر]\n---\nنص قصير\n")
    for address, selectors in (
        ("/search?q=ذاكرة", ["input[name=q]", ".hit article", ".hit .tag", ".hit [lang='']", ".passage", ".facets a"]),
        ("/articles/rtl", [".article > header", ".article > .body", ".tag", ".meta [lang='']"]),
    ):
        soup = page(client, address).soup
        assert [selector for selector in selectors if not soup.select_one(selector + "[dir=auto]")] == [], address


def test_an_article_says_when_it_was_changed(client):
    assert page(client, "/articles/time").texts(".meta time") == ["8 May 2026", "19 May 2026"]


def test_every_anchor_that_a_result_links_to_is_in_the_article(client):
    for word in ("loop", "bytes", "stride", "cycles"):
        address = (page(client, f"/search?q={word}").links(".sections a") or ["/articles/cache"])[0]
        path, _, anchor = address.partition(":~:")[0].partition("#")
        assert not anchor or page(client, path).soup.find(id=anchor), address


@pytest.mark.parametrize(
    "address",
    [
        "/articles/nothing",
        "/articles/draft",
        "/articles/secret-plans",
        "/articles/",
        "/articles/../time",
        "/articles/..%2f..%2fcontent%2ftime.md",
        "/articles/%2fetc%2fpasswd",
        "/articles//etc/passwd",
        "/articles/nothing.md",
        "/articles/draft.md",
        "/articles/../content/time.md",
        "/articles/time%00",
        "/articles/" + "a" * 5_000,
        "/articles/%ff",
    ],
)
def test_only_known_addresses_lead_to_articles(client, address):
    assert page(client, address).status == 404


def test_an_article_is_shown_as_its_file_is_now(journal, client):
    file = journal.content / "time.md"
    before = client.get("/articles/time").headers["ETag"]
    file.write_text(file.read_text("utf-8").replace("never jumps", "never leaps"), "utf-8")
    response = client.get("/articles/time", headers={"If-None-Match": before})
    assert response.status_code == 200
    assert "never leaps" in response.text


def test_an_article_that_became_a_draft_is_not_shown_before_it_is_indexed_again(journal, client):
    file = journal.content / "time.md"
    assert page(client, "/articles/time").status == 200
    file.write_text(file.read_text("utf-8").replace("title:", "draft: true\ntitle:", 1), "utf-8")
    assert page(client, "/articles/time").status == 404


def test_an_article_whose_file_is_gone_says_so(journal, client):
    (journal.content / "time.md").unlink()
    shown = page(client, "/articles/time")
    assert (shown.status, shown.texts("h1")) == (410, ["This article is gone"])


def test_an_article_that_cannot_be_read_any_more_is_shown_as_it_was_indexed(journal, client):
    (journal.content / "cache.md").write_text("---\ntitle: [\n---\n", "utf-8")
    shown = page(client, "/articles/cache")
    assert (shown.status, shown.texts("h1")) == (200, ["A Love Letter to the L1 Cache"])
    assert [tag["id"] for tag in shown.soup.select(".body h2")] == ["what-a-line-is", "measure-it", "why-it-is-loved"]
    assert "for i := range" in shown.texts(".body pre code")[0]


def test_an_article_that_cannot_be_read_and_whose_head_hides_it_is_not_shown(journal, client):
    (journal.content / "cache.md").write_text("---\ndraft: true\ntitle: [\n---\n", "utf-8")
    assert page(client, "/articles/cache").status == 404


# The signal may come within a callback of the garbage collector, which lets nothing through, and comes again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_article_that_takes_too_long_is_shown_as_text_and_those_after_it_whole(journal, client, monkeypatch):
    whole = page(client, "/articles/cache").soup
    journal.write(long="# Long\n\n## Next <1>\n\n" + "An *emphasis* and `code`.\n\n" * 1_000)
    monkeypatch.setattr(article_reader, "RENDER_SECONDS", 0.02)
    shown = page(client, "/articles/long")
    assert (shown.status, shown.texts("h1"), shown.texts(".body h2")) == (200, ["Long"], ["Next <1>"])
    assert shown.texts(".body > *")[1:] == ["An emphasis and code."] * 1_000
    monkeypatch.setattr(article_reader, "RENDER_SECONDS", 20)
    journal.write(other="# Other\n\nA word.\n")
    assert page(client, "/articles/cache").soup.select(".body") == whole.select(".body")


@pytest.mark.parametrize("target", ["../secret.md", "time.md", "nowhere.md"])
def test_an_article_replaced_by_a_link_to_where_none_is_is_gone(journal, client, tmp_path, target):
    (tmp_path / "secret.md").write_text("# Secret\n", "utf-8")
    (journal.content / "time.md").unlink()
    (journal.content / "time.md").symlink_to(target)
    assert page(client, "/articles/time").status == 410


def test_the_words_of_a_query_are_marked_until_the_reader_has_enough_of_it(client):
    shown = page(client, "/articles/cache?q=line+bytes")
    assert set(shown.texts(".body mark")) == {"line", "bytes", "byte"}
    assert shown.texts(".marks a") == ["← Back to the results", "To the beginning", "Hide the marks"]
    assert shown.links(".marks a") == ["/search?q=line+bytes", "#_top", "?"]
    plain = page(client, "/articles/cache?")
    assert plain.texts(".marks, .body mark") == []
    assert plain.texts(".body") == shown.texts(".body")


def test_before_and_after_lead_through_the_journal_by_date(client):
    assert page(client, "/articles/time").links(".neighbours a") == ["/articles/2025/docker", "/articles/cache"]
    assert page(client, "/articles/cache").links(".neighbours a") == ["/articles/time"]
    assert page(client, "/articles/undated").links(".neighbours a") == []


def test_an_article_that_was_superseded_names_the_latest_on_its_page_and_on_results(journal, client):
    journal.write(
        retries="---\ntitle: Retries\nsuperseded_by: [<b>Jitter</b>]\n---\nRetries in a loop.\n",
        jitter="---\ntitle: <b>Jitter</b>\n---\nRetries at last.\n",
        held="---\ntitle: Held\ndraft: true\nsupersedes: jitter.md\n---\nRetries.\n",
    )
    shown = page(client, "/articles/retries")
    assert (shown.links(".superseded a"), shown.texts(".superseded a")) == (["/articles/jitter"], ["<b>Jitter</b>"])
    assert page(client, "/articles/jitter").links(".superseded a") == []
    results = page(client, "/search?q=retries")
    assert results.texts(".hit h2") == ["<b>Jitter</b>", "Retries"]
    assert results.links(".hit .superseded a") == ["/articles/jitter"]
    [_, hit] = client.get("/api/v1/search?q=retries").json["hits"]
    assert hit["superseded_by"] == {"path": "jitter.md", "url": "/articles/jitter", "title": "<b>Jitter</b>"}


def test_a_copy_is_named_on_results_and_is_not_related_to_itself(journal, client):
    text = "Backpressure is what a queue says when it is full, and a producer has to listen. " * 4
    journal.write(one=f"---\ntitle: One\ndate: 2026-01-01\n---\n{text}\n", two=f"---\ntitle: Two\n---\n{text}\n")
    results = page(client, "/search?q=backpressure")
    assert (results.texts(".hit h2"), results.links(".hit .also-at a")) == (["One"], ["/articles/two"])
    assert not {"/articles/one", "/articles/two"} & set(page(client, "/articles/two").links(".related li a"))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("http://localhost/search?q=line&tag=go&sort=newest&page=3", "/search?q=line&tag=go&sort=newest&page=3"),
        ("http://localhost/search?q=lines&exact=1&other=x", "/search?q=lines&exact=1"),
        ("http://localhost/search?q=line&page=none", "/search?q=line+bytes"),
        ("http://localhost/articles/cache?q=other", "/search?q=line+bytes"),
        ("https://evil.example/search?q=other", "/search?q=line+bytes"),
        ("", "/search?q=line+bytes"),
    ],
)
def test_the_way_back_leads_to_the_page_of_results_that_the_reader_comes_from(client, before, expected):
    shown = client.get("/articles/cache?q=line+bytes", headers={"Referer": before} if before else {})
    assert f'href="{escape(expected)}"' in shown.text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "/articles/cache?q=line+bytes&at=what-a-line-is",
            "/articles/cache?q=line+bytes#what-a-line-is:~:text="
            "The%20processor%20fetches%20a,bytes%2C%20never%20one%20byte.",
        ),
        ("/articles/cache?q=line&at=no%22such", "/articles/cache?q=line#no%22such"),
        ("/articles/cache?q=xyzzy&at=what-a-line-is", "/articles/cache?q=xyzzy#what-a-line-is"),
    ],
)
def test_a_further_section_leads_to_its_sentence_when_it_is_followed(client, address, expected):
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (303, expected)
