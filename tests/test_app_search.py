"""The pages on which readers search, browse and read: whole without JavaScript."""

import msgspec
import pytest
from flask.testing import FlaskClient

from backmatter.app import create_app
from backmatter.index.engines import open_engine
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.settings import Settings
from tests.browsing import page
from tests.build import apply, post
from tests.conftest import Journal


def titles(client: FlaskClient, address: str) -> list[str]:
    return page(client, address).texts(".hit h2")


CACHE, TIME, DOCKER, NOTE = (
    "A Love Letter to the L1 Cache",
    "Just About Go Time",
    "Stop Rebuilding Docker Images",
    "A note without a date",
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", [CACHE, TIME, DOCKER, NOTE]),
        ("/search", [CACHE, TIME, DOCKER, NOTE]),
        ("/search?q=", [CACHE, TIME, DOCKER, NOTE]),
        ("/?q=monotonic", [TIME]),
        ("/search?q=monotonic+clock", [TIME]),
        ("/search?q=cache", [CACHE, TIME]),
        ("/search?q=cache&sort=oldest", [TIME, CACHE]),
        ("/search?tag=go", [CACHE, TIME]),
        ("/search?tag=go&tag=time", [TIME]),
        ("/search?year=2025", [DOCKER]),
        ("/search?q=cache&year=2025", []),
        ("/search?q=xyzzy", []),
    ],
)
def test_a_search_lists_its_articles(client, address, expected):
    assert titles(client, address) == expected


def test_a_hit_shows_what_answers_and_where(client):
    shown = page(client, "/search?q=line+bytes")
    assert shown.texts(".passage mark") == ["line", "bytes", "byte"]
    sentence = "The%20processor%20fetches%20a,bytes%2C%20never%20one%20byte."
    section = f"/articles/cache?q=line+bytes#what-a-line-is:~:text={sentence}"
    assert shown.links(".hit h2 a") == shown.links(".sections a") == [section]
    assert shown.texts(".hit .meta > :not(.tags), .hit .meta a") == [
        "9 Jun 2026",
        "1 min read",
        "Mara Lindqvist",
        "go",
        "cpu-cache",
    ]


def test_a_hit_in_code_shows_whole_lines_of_it_and_its_language(client):
    shown = page(client, "/search?q=in:code+rows")
    assert shown.soup.select_one(".hit pre").get_text() == "for i := range rows {\n\tsum += rows[i].hits\n}"
    assert shown.texts(".hit pre mark") == ["rows", "rows"]
    assert shown.texts(".hit figcaption") == ["go"]
    assert shown.links(".sections a") == [
        "/articles/cache?q=in%3Acode+rows#measure-it:~:text=%3A%3D%20range%20rows%20%7B"
    ]


def test_a_hit_names_the_other_sections_that_have_the_words(journal, client):
    sections = "".join(f"## Part {n}\n\nA heron{' heron' * n} waits.\n\n" for n in range(6))
    journal.write(birds=f"# Birds\n\n{sections}")
    shown = page(client, "/search?q=heron")
    assert shown.texts(".sections li") == ["§ Part 5", "§ Part 4", "§ Part 3", "§ Part 2", "Show what they say"]
    assert shown.links(".sections .further a")[0] == "/articles/birds?q=heron&at=part-4"


def test_what_all_sections_say_is_a_page_of_its_own(journal, client):
    sections = "".join(f"## Part {n}\n\nHere {n} herons wait. Nothing else.\n\n" for n in range(5))
    journal.write(birds=f"# Birds\n\n{sections}## Frogs\n\nNone.\n")
    (address,) = page(client, "/search?q=heron").links(".hit .more")
    shown = page(client, address)
    assert shown.texts(".passages a") == [f"§ Part {n}" for n in range(5)]
    assert shown.texts(".passages mark") == ["herons"] * 5
    assert shown.links(".passages a")[2] == "/articles/birds?q=heron#part-2:~:text=Here%202%20herons%20wait."


@pytest.mark.parametrize(
    "rest", ["", "?q=cache", "?q=cache&path=nowhere.md", "?q=xyzzy&path=cache.md", "?path=cache.md"]
)
def test_without_words_or_article_there_are_no_sections(client, rest):
    assert client.get(f"/search/sections{rest}").status_code == 404


@pytest.mark.parametrize(
    ("months", "expected", "chip"),
    [
        ("from=2026-05&to=2026-05", [TIME], "May 2026"),
        ("from=2026-05&to=2026-06", [CACHE, TIME], "May 2026 – Jun 2026"),
        ("from=2026-06", [CACHE], "Jun 2026 –"),
        ("to=2025-12", [DOCKER], "– Dec 2025"),
    ],
)
def test_a_range_of_months_narrows(client, months, expected, chip):
    shown = page(client, f"/search?{months}&sort=newest")
    assert shown.texts(".hit h2") == expected
    assert shown.texts(".chip") == [f"{chip}: remove this filter ×"]
    assert shown.links(".chip") == ["/search?sort=newest"]
    given = {tag["name"]: tag["value"] for tag in shown.soup.select(".months input")}
    assert given == {"sort": "newest", "from": "", "to": "", **dict(pair.split("=") for pair in months.split("&"))}


def test_authors_are_offered_where_there_are_several(empty):
    settings = msgspec.structs.replace(empty.settings, facets=("author",))
    journal = Journal(empty.content, settings, empty.engine)
    journal.write(a="---\nauthor: Ann\n---\nA heron.\n")
    client = create_app(settings, journal.engine).test_client()
    assert "Authors" not in page(client, "/search?q=heron").texts(".facets h2")
    journal.write(b="---\nauthor: Bob\n---\nA heron.\n")
    assert "Authors" in page(client, "/search?q=heron").texts(".facets h2")
    assert page(client, "/search?q=heron").links(".facets a")[-1] == "/search?q=heron&author=Bob"


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("cover: heron.jpg", "/media/birds/heron.jpg"),
        ("cover: {image: heron.jpg, alt: A heron}", "/media/birds/heron.jpg"),
        ("params: {cover: /pictures/heron.png}", "/media/pictures/heron.png"),
        ("cover: https://pictures.example/heron.avif", "https://pictures.example/heron.avif"),
        ("cover: javascript:alert(1)", None),
        ("cover: ../../secret.png", None),
        ("cover: [1]", None),
        ("other: heron.jpg", None),
    ],
)
def test_results_show_the_picture_and_the_keys_that_the_settings_name(empty, front, expected):
    settings = msgspec.structs.replace(empty.settings, shown=("level", "hours"), thumbnail="cover")
    (empty.content / "birds").mkdir()
    Journal(empty.content, settings, empty.engine).write(
        **{"birds/a": f"---\n{front}\nlevel: [easy, <b>]\n---\nA heron.\n"}
    )
    shown = page(create_app(settings, empty.engine).test_client(), "/search?q=heron")
    assert [tag["src"] for tag in shown.soup.select(".hit img")] == ([expected] if expected else [])
    assert shown.texts(".hit .meta span[lang='']") == ["easy, <b>"]


def test_words_that_were_searched_as_well_are_named(journal, client):
    journal.write(
        a="# Pods\n\nThe horizontal pod autoscaler (HPA) adds pods.\n", b="# More\n\nA horizontal pod autoscaler.\n"
    )
    assert page(client, "/search?q=hpa").texts(".learned") == ["horizontal pod autoscaler for HPA"]


def test_the_box_is_a_search_landmark_with_the_words_and_filters_in_it(client):
    shown = page(client, "/search?q=cache&tag=go&sort=newest")
    form = shown.soup.select_one("search form[action='/search'][method=get]")
    assert form is not None
    assert {i["name"]: i["value"] for i in form.select("input")} == {"q": "cache", "tag": "go", "sort": "newest"}
    assert shown.soup.select_one("label[for=_q]") is not None


def test_a_list_says_where_it_goes_on_as_a_feed(client):
    assert page(client, "/search?q=cache&tag=go").links(".feeds a") == [
        "/search.atom?q=cache&tag=go",
        "/search.json?q=cache&tag=go",
    ]
    assert page(client, "/search?q=xyzzy").links(".feeds a") == []


def test_a_query_from_right_to_left_keeps_its_order_in_the_heading(client):
    assert page(client, "/search?q=ذاكرة+(x)+ذ").texts("h1") == ["Nothing for “\u2068ذاكرة (x) ذ\u2069”"]


def test_facets_count_and_narrow(client):
    shown = page(client, "/search?q=cache")
    assert shown.texts(".facets li") == ["go 2", "cpu-cache 1", "time 1", "2026 2"]
    assert titles(client, shown.links(".facets a")[1]) == [CACHE]


def test_active_filters_are_chips_that_can_be_taken_away(client):
    shown = page(client, "/search?q=cache&tag=time&year=2026")
    assert shown.links(".chip") == ["/search?q=cache&year=2026", "/search?q=cache&tag=time"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/search", [("2026", "/search?year=2026"), ("2025", "/search?year=2025")]),
        ("/search?year=2026", [("[2026]", "/search"), ("2025", "/search?year=2026&year=2025")]),
        ("/search?year=2025&year=2026", [("[2026]", "/search?year=2025"), ("[2025]", "/search?year=2026")]),
        ("/search?q=cache&year=2025", [("2026", "/search?q=cache&year=2025&year=2026")]),
        ("/search?tag=docker&year=2025", [("[2025]", "/search?tag=docker")]),
    ],
)
def test_each_year_adds_its_articles_or_takes_them_away(client, address, expected):
    links = page(client, address).soup.select(".facets a[href*=year], .facets a[aria-current]")
    years = [link for link in links if link.get_text() in ("2025", "2026")]
    assert [(f"[{y.get_text()}]" if y.get("aria-current") else y.get_text(), y["href"]) for y in years] == expected


def test_chosen_years_are_chips_and_lists_of_both(client):
    shown = page(client, "/search?year=2025&year=2026")
    assert shown.texts(".hit h2") == [CACHE, TIME, DOCKER]
    assert shown.texts(".chip") == ["2025: remove this filter ×", "2026: remove this filter ×"]
    assert shown.links(".chip") == ["/search?year=2026", "/search?year=2025"]
    assert shown.texts(".facets li")[-2:] == ["2026 2", "2025 1"]


def test_languages_narrow_like_years_where_there_are_several(journal, client):
    assert "English 4" not in page(client, "/search").texts(".facets li")
    journal.write(de="---\nlanguage: de\n---\n# Zeit\n\nEine Uhr.\n", ja="---\nlanguage: ja\n---\n# 時間\n\n時計。\n")
    assert page(client, "/search").texts(".facets li")[-3:] == ["English 4", "German 1", "Japanese 1"]
    german = page(client, "/search?language=de")
    assert (german.texts(".hit h2"), german.texts(".chip")) == (["Zeit"], ["German: remove this filter ×"])
    assert german.links(".facets a")[-1] == "/search?language=de&language=ja"
    assert titles(client, german.links(".facets a")[-1]) == ["Zeit", "時間"]
    assert titles(client, german.links(".chip")[0]) == titles(client, "/search")


def test_the_count_is_said(client):
    assert page(client, "/search?q=cache").texts(".summary") == ["2 articles"]
    assert page(client, "/search?q=monotonic").texts(".summary") == ["1 article"]


def test_partial_matches_say_that_they_are(client):
    assert "No article has all of these words" in page(client, "/search?q=monotonic+docker").texts(".notice")[0]
    assert "best first" not in page(client, "/search?q=monotonic+docker&sort=oldest").texts(".notice")[0]
    assert page(client, "/search?q=monotonic+clock").texts(".notice") == []


def test_misspelt_words_are_put_right_and_what_was_typed_is_a_link_away(client):
    shown = page(client, "/search?q=monotomic&tag=go")
    assert shown.texts("h1, .notice, .hit h2") == [
        "Showing results for “monotonic”",
        "Search instead for monotomic.",
        "Just About Go Time",
    ]
    [instead] = shown.links(".notice a")
    assert instead == "/search?q=monotomic&tag=go&exact=1"
    assert page(client, instead).texts("h1, .ways li") == ["Nothing for “monotomic”", "monotonic"]


def test_a_dead_end_has_ways_on(client):
    shown = page(client, "/search?q=monotonik&exact=1")
    assert shown.texts("h1") == ["Nothing for “monotonik”"]
    assert shown.texts(".ways a") == ["monotonic"]
    assert titles(client, shown.links(".ways a")[0]) == [TIME]
    assert shown.texts(".facets li")[0] == "go 2"
    filtered = page(client, "/search?q=cache&tag=docker")
    assert filtered.links(".ways a")[0] == "/search?q=cache"


def test_a_search_without_filters_is_also_without_those_of_keys(journal):
    settings = msgspec.structs.replace(journal.settings, facets=("series",))
    shown = page(create_app(settings, journal.engine).test_client(), "/search?q=cache&series=none&tag=go")
    assert shown.texts(".hit, .chip") == ["go: remove this filter ×", "series: none: remove this filter ×"]
    assert shown.links(".chip") == ["/search?q=cache&series=none", "/search?q=cache&tag=go"]
    assert shown.links(".ways a")[0] == "/search?q=cache"


@pytest.fixture
def paged(journal: Journal) -> FlaskClient:
    settings = msgspec.structs.replace(journal.settings, per_page=2)
    return create_app(settings, journal.engine).test_client()


def test_pages_follow_one_another(paged):
    first = page(paged, "/")
    assert (first.texts(".hit h2"), first.texts(".summary")) == ([CACHE, TIME], ["4 articles, page 1 of 2"])
    (following,) = first.links("a[rel~=next]")
    second = page(paged, following)
    assert (second.texts(".hit h2"), second.links("a[rel~=prev]")) == ([DOCKER, NOTE], ["/search"])
    assert second.soup.select_one("ol.hits")["start"] == "3"
    assert second.texts("[aria-current=page]") == ["Page 2"]


@pytest.mark.parametrize(
    ("number", "last"), [("0", 1), ("-1", 1), ("3", 2), ("x", 1), ("500", 2), ("501", 500), ("9" * 300, 1)]
)
def test_a_page_that_is_not_there_leads_to_the_last_one_of_the_same_search(paged, number, last):
    response = paged.get(f"/search?sort=oldest&page={number}")
    expected = "/search?sort=oldest" + (f"&page={last}" if last > 1 else "")
    assert (response.status_code, response.headers["Location"]) == (303, expected)


def test_tags_below_a_hit_narrow_the_search(client):
    assert (
        page(client, "/search?q=line+bytes&sort=newest").links(".hit .tag")[0]
        == "/search?q=line+bytes&tag=go&sort=newest"
    )


def test_keys_that_the_settings_name_are_facets_with_alternatives(tmp_path):
    engine = WhooshEngine(tmp_path)
    posts = [post(f"{n}.md", title=f"Part {n}", facets={"series": (name,)}) for n, name in enumerate("aab")]
    apply(engine, posts)
    client = create_app(Settings(facets=("series",)), engine).test_client()
    shown = page(client, "/search?series=a")
    assert shown.texts(".facets h2") == ["Series"]
    assert shown.texts(".facets li") == ["a 2", "b 1"]
    assert shown.links(".facets li a") == ["/search", "/search?series=a&series=b"]
    assert len(page(client, "/search?series=a&series=b").texts(".hit")) == 3


@pytest.mark.parametrize(
    ("address", "indexed"), [("/", True), ("/articles/time", True), ("/search", False), ("/?q=a", False), ("/x", False)]
)
def test_only_articles_and_the_start_may_be_found_by_others(client, address, indexed):
    robots = page(client, address).soup.select("meta[name=robots][content=noindex]")
    assert (not robots) == indexed


def test_every_page_is_whole_for_whoever_uses_a_keyboard_or_a_screen_reader(client):
    for address in ("/", "/search?q=cache", "/search?q=xyzzy", "/articles/cache", "/nowhere"):
        soup = page(client, address).soup
        assert soup.select_one("html")["lang"] == "en", address
        assert soup.select_one("body > a.skip")["href"] == "#_main", address
        assert [len(soup.select(s)) for s in ("main#_main", "h1", "search")] == [1, 1, 1], address
        ids = [tag["id"] for tag in soup.select("[id]")]
        assert len(ids) == len(set(ids)), address
        assert not soup.select("script:not([src], [type='application/ld+json']), style, [style], [onclick]"), address


def test_results_link_to_the_authors_own_site_where_there_is_one(journal, tmp_path):
    settings = msgspec.structs.replace(journal.settings, base_url="https://blog.example", index=tmp_path / "other")
    there = Journal(journal.content, settings, open_engine(settings))
    there.index()
    client = create_app(settings, there.engine).test_client()
    (address,) = page(client, "/search?q=monotonic").links(".hit h2 a")
    assert address == "https://blog.example/time/#:~:text=The%20monotonic%20clock%20never%20jumps."
    assert page(client, "/articles/time").links("link[rel=canonical]") == [address.partition("#")[0]]


def test_assets_are_kept_for_good_and_change_their_address(client):
    shown = page(client, "/")
    (script,) = shown.soup.select("script[src]")
    for address in [str(script["src"]), *shown.links("link[rel=stylesheet], link[rel=icon]")]:
        response = client.get(address)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert client.get(address.replace(".", ".0", 1)).status_code == 404


def test_an_empty_journal_says_so(empty):
    empty.index()
    client = create_app(empty.settings, empty.engine).test_client()
    assert page(client, "/").texts(".nothing p") == ["There are no articles yet."]
    assert page(client, "/search?q=a").status == 200


def test_without_an_index_the_page_says_what_to_do(empty):
    client = create_app(empty.settings, empty.engine).test_client()
    for address in ("/", "/search?q=a", "/articles/a"):
        shown = page(client, address)
        assert (shown.status, shown.texts("h1")) == (503, ["Nothing is indexed yet"])
        assert "backmatter index" in shown.soup.get_text()
