"""The search box: a combobox as the ARIA Authoring Practices have it, under every key and every hurry."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open

TYPED = "cac"


@pytest.fixture
def home(opened: Open) -> Page:
    page = opened("/")
    page.locator("#_q").focus()
    return page


@pytest.fixture
def suggesting(home: Page) -> Page:
    """The start, with suggestions below the box."""
    with home.expect_response(f"**/suggest?q={TYPED}"):
        home.keyboard.type(TYPED)
    expect(home.locator(".popup")).to_be_visible()
    return home


def active(page: Page) -> int | None:
    """Give the place of the active option, as assistive technology has it; None where none is."""
    selected = page.locator("[role=option]").evaluate_all(
        "options => options.flatMap((option, n) => option.ariaSelected === 'true' ? [[n, option.id]] : [])"
    )
    named = page.locator("#_q").get_attribute("aria-activedescendant")
    assert [name for _, name in selected] == ([named] if named else [])
    return selected[0][0] if selected else None


def count(page: Page) -> int:
    return page.locator("[role=option]").count()


def settle(page: Page) -> None:
    """Let the page deal with every answer that it has: one that it asks for now comes after them."""
    with page.expect_response("**/healthz"):
        page.evaluate("void fetch('/healthz')")


def value(page: Page) -> str:
    return page.locator("#_q").input_value()


def test_it_says_what_it_is(home):
    box = home.locator("search input")
    for name, expected in {
        "role": "combobox",
        "aria-expanded": "false",
        "aria-controls": home.locator("[role=listbox]").get_attribute("id"),
        "aria-autocomplete": "list",
        "aria-keyshortcuts": "/ Control+K Meta+K",
    }.items():
        expect(box).to_have_attribute(name, expected)
    expect(box).to_have_accessible_name("Search the articles")


def test_typing_suggests_and_selects_nothing(suggesting):
    expect(suggesting.locator("#_q")).to_have_attribute("aria-expanded", "true")
    expect(suggesting.locator("#_q")).to_be_focused()
    assert active(suggesting) is None
    assert value(suggesting) == TYPED


def test_suggestions_stand_in_groups_and_are_counted_aloud(suggesting):
    groups = suggesting.locator("[role=listbox] > [role=group]")
    assert set(groups.evaluate_all("all => all.map(group => group.ariaLabel)")) <= {
        "Articles",
        "Sections",
        "Searches",
        "Topics",
        "Years",
    }
    assert groups.locator("> [role=option]").count() == count(suggesting) > 1
    expect(suggesting.locator("search [role=status]")).to_have_text(f"{count(suggesting)} suggestions")


def test_no_suggestion_is_said_and_shows_no_list(home):
    home.keyboard.type("xyzzyq")
    expect(home.locator("search [role=status]")).to_have_text("No suggestions")
    expect(home.locator(".popup")).to_be_hidden()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("ArrowDown", 0),
        ("ArrowDown ArrowDown", 1),
        ("ArrowDown ArrowUp", -1),
        ("ArrowUp", -1),
        ("ArrowUp ArrowDown", 0),
        ("ArrowDown ArrowDown Home", None),
        ("ArrowDown End", None),
        ("ArrowDown ArrowLeft", None),
        ("Alt+ArrowDown", None),
        ("Escape ArrowDown", 0),
        ("Escape Alt+ArrowDown", None),
        ("Alt+ArrowUp ArrowDown", 0),
    ],
)
def test_arrows_move_around_the_list_and_other_keys_leave_it(suggesting, keys, expected):
    for key in keys.split():
        suggesting.keyboard.press(key)
        expect(suggesting.locator(".popup")).to_be_visible(visible=key not in ("Escape", "Alt+ArrowUp"))
    assert active(suggesting) == (count(suggesting) + expected if expected == -1 else expected)
    assert value(suggesting) == TYPED
    expect(suggesting.locator("#_q")).to_be_focused()


@pytest.mark.parametrize(("key", "place"), [("Home", 0), ("End", len(TYPED))])
def test_home_and_end_move_in_the_text(suggesting, key, place):
    suggesting.keyboard.press("ArrowLeft")
    suggesting.keyboard.press("ArrowDown")
    suggesting.keyboard.press(key)
    assert suggesting.locator("#_q").evaluate("box => [box.selectionStart, box.selectionEnd]") == [place, place]


def test_escape_closes_and_then_clears(suggesting):
    suggesting.keyboard.press("Escape")
    expect(suggesting.locator(".popup")).to_be_hidden()
    expect(suggesting.locator("#_q")).to_have_attribute("aria-expanded", "false")
    assert value(suggesting) == TYPED
    suggesting.keyboard.press("Escape")
    assert value(suggesting) == ""


def test_enter_follows_the_active_suggestion(suggesting):
    suggesting.keyboard.press("ArrowDown")
    target = suggesting.locator("[role=option]").first.get_attribute("href")
    suggesting.keyboard.press("Enter")
    expect(suggesting).to_have_url(re.compile(re.escape(target.partition("#")[0])))


def test_enter_searches_where_no_suggestion_is_active(suggesting):
    suggesting.keyboard.press("Enter")
    expect(suggesting).to_have_url(re.compile(rf"/search\?q={TYPED}$"))


@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter", "Shift+Enter"])
@pytest.mark.parametrize(("arrow", "expected"), [("ArrowDown", "/articles/"), ("", f"/search?q={TYPED}")])
def test_enter_with_another_key_opens_a_new_tab(suggesting, key, arrow, expected):
    if arrow:
        suggesting.keyboard.press(arrow)
    before = suggesting.url
    with suggesting.context.expect_page() as opening:
        suggesting.keyboard.press(key)
    opening.value.wait_for_url(re.compile(re.escape(expected)))
    assert suggesting.url == before


def test_a_click_follows_a_suggestion(suggesting):
    suggesting.locator("[role=option]").nth(1).click()
    expect(suggesting).to_have_url(re.compile("/articles/|/search"))


def test_leaving_the_box_closes_the_list(suggesting):
    suggesting.mouse.click(5, 600)
    expect(suggesting.locator(".popup")).to_be_hidden()


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
@pytest.mark.parametrize("address", ["/", "/search?q=cache", "/articles/just-about-go-time", "/nowhere"])
def test_shortcuts_lead_to_the_box(opened, key, address):
    page = opened(address)
    page.keyboard.press(key)
    expect(page.locator("#_q")).to_be_focused()
    assert page.locator("#_q").evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == value(page)


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_in_mid_article_the_box_comes_to_the_reader_who_stays_where_they_are(opened, key):
    page = opened("/articles/just-about-go-time")
    page.evaluate("scrollTo(0, 1500)")
    page.keyboard.press(key)
    expect(page.get_by_role("dialog").locator("#_q")).to_be_focused()
    expect(page.locator(".group").first).to_have_text("Topics")
    page.keyboard.type("cac")
    expect(page.get_by_role("dialog").locator("[role=option] .why").first).to_be_visible()
    assert page.evaluate("scrollY") == 1500
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("scrollY") == 1500
    expect(page.locator("main search #_q")).to_have_value("cac")


def test_a_shortcut_is_text_where_text_is_written(home):
    home.keyboard.type("a/b")
    assert value(home) == "a/b"


def test_the_shortcut_of_one_letter_can_be_switched_off_for_good(opened):
    page = opened("/")
    switch = page.get_by_role("button", name="Shortcut /")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("/")
    expect(page.locator("#_q")).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#_q")).to_be_focused()


def test_enter_that_ends_a_composition_does_nothing_else(home):
    """As with Japanese and Chinese, where Enter takes over what an input method offers."""
    keyboard = home.context.new_cdp_session(home)
    keyboard.send("Input.imeSetComposition", {"text": "か", "selectionStart": 1, "selectionEnd": 1})
    assert value(home) == "か"
    for key, code in (("ArrowDown", 40), ("Enter", 13), ("Process", 229)):
        pressed = {"type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code}
        keyboard.send("Input.dispatchKeyEvent", pressed)
    assert active(home) is None
    assert home.url.endswith("/")
    keyboard.send("Input.insertText", {"text": "会"})
    assert value(home) == "会"
    expect(home.locator("search [role=status]")).to_have_text(re.compile("suggestion"))


def test_nothing_is_asked_for_while_composing(home):
    asked = []
    home.on("request", lambda request: asked.append(request.url))
    home.clock.install()
    keyboard = home.context.new_cdp_session(home)
    for text in ("c", "ca", "cac"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
        home.clock.run_for(1_000)
    assert asked == []
    keyboard.send("Input.insertText", {"text": "cache"})
    home.clock.run_for(1_000)
    expect(home.locator(".popup")).to_be_visible()
    assert [url.rpartition("=")[2] for url in asked] == ["cache"]


@pytest.mark.parametrize("cancels", [True, False], ids=["requests are cancelled", "a network that cannot cancel"])
def test_an_answer_that_comes_late_is_not_shown(home, cancels):
    held: list[Route] = []
    if not cancels:
        home.evaluate("AbortController.prototype.abort = () => {}")
    home.route("**/suggest?q=dock", lambda route: held.append(route))
    with home.expect_request("**/suggest?q=dock"):
        home.keyboard.type("dock")
    with home.expect_response("**/suggest?q=cache"):
        home.locator("#_q").fill("cache")
    settle(home)
    expect(home.locator(".popup")).to_be_visible()
    before = home.locator("[role=option]").all_inner_texts()
    held[0].fulfill(json={"suggestions": [{"title": "Late", "section": "", "url": "/late"}]})
    settle(home)
    assert home.locator("[role=option]").all_inner_texts() == before


def test_a_list_stays_while_somebody_chooses_from_it(suggesting):
    held: list[Route] = []
    before = suggesting.locator("[role=option]").all_inner_texts()
    suggesting.evaluate("AbortController.prototype.abort = () => {}")
    suggesting.route("**/suggest?q=cach", lambda route: held.append(route))
    with suggesting.expect_request("**/suggest?q=cach"):
        suggesting.keyboard.type("h")
    suggesting.keyboard.press("ArrowDown")
    held[0].fulfill(json={"suggestions": [{"title": "Late", "section": "", "url": "/late"}]})
    settle(suggesting)
    assert suggesting.locator("[role=option]").all_inner_texts() == before
    assert active(suggesting) == 0


def test_of_fast_typing_the_first_key_and_the_last_are_asked_for(home):
    asked = []
    home.on("request", lambda request: asked.append(request.url))
    home.clock.install()
    home.clock.pause_at("2100-01-01")  # No letter comes too late, however busy the machine.
    home.keyboard.type("cache line")
    home.clock.run_for(1_000)
    expect(home.locator(".popup")).to_be_visible()
    assert [url.rpartition("=")[2] for url in asked] == ["c", "cache+line"]


def test_answers_are_kept_for_going_back_in_the_text(suggesting):
    before = suggesting.locator("[role=option]").all_inner_texts()
    with suggesting.expect_response("**/suggest?q=cach"):
        suggesting.keyboard.type("h")
    settle(suggesting)
    suggesting.on("request", lambda request: pytest.fail(request.url))
    suggesting.keyboard.press("Backspace")
    expect(suggesting.locator("[role=option]")).to_have_text(before, use_inner_text=True)


def test_a_suggestion_shows_the_words_and_the_sentence_that_has_them(home):
    home.keyboard.type("nam")
    line = home.locator("[role=option]", has_text="What I had been asking of you")
    expect(line.locator(".of")).to_have_text("A Love Letter to the L1 Cache")
    expect(line.locator(".why mark")).to_have_text("name")


def test_text_that_looks_like_html_is_shown_as_it_is(home):
    html = "&lt;b&gt; &amp;amp; <mark>&quot;x&quot;</mark> &#x27;"
    line = {"kind": "article", "title": "", "section": "", "url": "/", "query": "", "html": html, "passage": html}
    home.route("**/suggest*", lambda route: route.fulfill(json={"suggestions": [line]}))
    home.keyboard.type(TYPED)
    expect(home.locator("[role=option] .title")).to_have_text('<b> &amp; "x" \'')
    expect(home.locator("[role=option] .why mark")).to_have_text('"x"')


def test_topics_and_years_lead_to_their_articles(home):
    home.locator("#_q").click()
    expect(home.locator(".group")).to_have_text("Topics")
    home.locator("[role=option]", has_text="hardware").click()
    expect(home).to_have_url(re.compile(r"/search\?tag=hardware$"))
    home.locator("#_q").fill("2026")
    home.locator("[role=group][aria-label=Years] [role=option]").click()
    expect(home).to_have_url(re.compile(r"/search\?year=2026$"))


DOWN = "There are no suggestions now: the server does not answer"


@pytest.mark.parametrize(
    "answer",
    [
        lambda route: route.fulfill(status=200, body="no JSON"),
        lambda route: route.fulfill(status=503, json={}),
    ],
    ids=["no JSON", "503"],
)
def test_without_suggestions_the_box_says_so_and_still_searches(opened, answer):
    page = opened("about:blank")
    page.route("**/suggest*", answer)
    page.goto("/search?q=docker")
    page.locator("#_q").fill(TYPED)
    expect(page.locator("search [role=status]")).to_have_text(DOWN)
    expect(page.locator(".popup .group")).to_have_text(DOWN)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search"))


def test_completions_lead_to_their_search(home):
    answer = [
        {"kind": "article", "title": "An article", "section": "", "url": "/articles/just-about-go-time", "query": ""},
        {"kind": "completion", "title": "", "section": "", "url": "", "query": "cache & line"},
    ]
    home.route("**/suggest*", lambda route: route.fulfill(json={"suggestions": answer}))
    home.keyboard.type(TYPED)
    expect(home.locator(".group")).to_have_text(["Articles", "Searches"])
    home.keyboard.press("ArrowUp")
    home.keyboard.press("Enter")
    expect(home).to_have_url(re.compile(r"/search\?q=cache\+%26\+line"))


def test_recent_searches_are_kept_here_and_can_be_cleared(opened):
    page = opened("/search?q=cache")
    for address in ("/search?q=docker", "/search?q=xyzzyq", "/search?q=cache", "/"):
        page.goto(address)
    page.locator("#_q").click()
    recent = page.locator("[role=group][aria-label='Recent searches'] [role=option]")
    expect(recent).to_have_text(["cache", "docker"])
    expect(page.locator(".group")).to_have_text(["Recent searches", "Topics"])
    page.keyboard.press("ArrowDown")
    assert active(page) == 0
    page.get_by_role("button", name="Clear recent searches").click()
    expect(page.locator(".popup")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".group")).to_have_text(["Topics"])
    assert page.evaluate("localStorage.length") == 0


def test_what_the_browser_keeps_can_be_erased(opened):
    page = opened("/search?q=cache")
    page.get_by_role("button", name="Dark").click()
    page.goto("/privacy")
    assert page.evaluate("localStorage.length") == 2
    page.get_by_role("button", name="Erase them").click()
    expect(page.locator(".erase")).to_have_text("Erased")
    assert page.evaluate("localStorage.length") == 0


def test_a_reader_who_forbids_keeping_anything_can_search(opened):
    page = opened("about:blank")
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })")
    page.goto("/search?q=cache")
    page.locator("#_q").fill("cac")
    expect(page.locator(".popup")).to_be_visible()


def test_it_is_at_home_in_text_from_right_to_left(opened):
    page = opened("/", viewport={"width": 390, "height": 844})
    page.evaluate("document.documentElement.dir = 'rtl'")
    answer = [{"kind": "article", "title": "ذاكرة", "section": "", "url": "/", "query": ""}]
    page.route("**/suggest*", lambda route: route.fulfill(json={"suggestions": answer}))
    page.locator("#_q").fill("ذاك")
    expect(page.locator("[role=option]")).to_be_visible()
    assert page.locator("#_q").evaluate("box => getComputedStyle(box).direction") == "rtl"
    assert page.locator("[role=option] .title").evaluate("title => getComputedStyle(title).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
