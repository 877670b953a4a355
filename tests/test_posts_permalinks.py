"""A post has one address: here, or on the author's own site."""

import pytest

from backmatter.index.errors import SettingsError
from backmatter.index.posts import discover
from backmatter.index.posts.addresses.slugs import slug_of
from backmatter.index.settings import AddressSettings, Settings
from tests.reading import error_of, post_of

SITE = "https://a.example/journal"


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        ("a.md", "", "a"),
        ("blog/2026/go-time.md", "", "blog/2026/go-time"),
        ("blog/a/index.md", "", "blog/a"),
        ("blog/_index.md", "", "blog"),
        ("index.html", "", "index"),
        ("a.md", "other", "other"),
        ("blog/a.md", "other", "blog/other"),
        ("blog/a/index.md", "other", "blog/other"),
        ("a.md", "/x/y/", "y"),
        ("_posts/2026-01-02-name.md", "", "name"),
        ("blog/_drafts/name.md", "", "blog/name"),
        ("2026-01-02-name/index.md", "", "name"),
        ("v1.2.md", "", "v1.2"),
        ("Größe und Maß.md", "", "Größe-und-Maß"),
        ("日本語/記事.md", "", "日本語/記事"),
        ("a?b#c%d&e.md", "", "a-b-c-d-e"),
        ("a.md", "../../etc", "etc"),
        ("a.md", "..", "index"),
        ("a.md", "javascript:alert(1)", "javascript-alert-1"),
    ],
)
def test_a_slug_is_the_path_made_safe(path, given, expected):
    assert slug_of(path, given) == expected


def check(front: str, expected: str, path: str = "blog/a.md", **values: object) -> None:
    assert post_of(f"---\ndate: 2026-01-02\n{front}\n---\nText.", path, **values).url == expected


@pytest.mark.parametrize(
    ("front", "path", "expected"),
    [
        ("title: A", "blog/a.md", "/articles/blog/a"),
        ("url: /elsewhere/", "blog/a.md", "/articles/blog/a"),
        ("title: A", "Größe.md", "/articles/Gr%C3%B6%C3%9Fe"),
    ],
)
def test_an_address_is_here_by_default(front, path, expected):
    check(front, expected, path)


@pytest.mark.parametrize(
    ("front", "permalink", "expected"),
    [
        ("title: A", "", f"{SITE}/blog/a/"),
        ("slug: b", "", f"{SITE}/blog/b/"),
        ("title: A", "/{year}/{month}/{day}/{slug}.html", f"{SITE}/2026/01/02/a.html"),
        ("title: A", "{path}", f"{SITE}/blog/a"),
        ("url: /b/c.html", "{path}", f"{SITE}/b/c.html"),
        ("permalink: /:section/:year/:month/:slug/", "", f"{SITE}/blog/2026/01/a/"),
        ("permalink: /:categories/:title/", "", f"{SITE}/blog/a/"),
        ("title: Owls\npermalink: '/{{ title }}/'", "", f"{SITE}/Owls/"),
        ("permalink: '/{{ series }}/'", "", f"{SITE}/blog/a/"),
        ("url: /", "", f"{SITE}/"),
        ("permalink: false", "", f"{SITE}/blog/a/"),
        ("permalink: {build: no}", "", f"{SITE}/blog/a/"),
        ("url: a b", "", f"{SITE}/a%20b"),
    ],
)
def test_an_address_is_on_the_authors_site_with_a_base_url(front, permalink, expected):
    check(front, expected, base_url=SITE, addresses=AddressSettings(permalink=permalink))


@pytest.mark.parametrize(
    ("generator", "front", "expected"),
    [
        ("hugo", "url: /own/way", "own/way/"),
        ("hugo", "url: /own/way/", "own/way/"),
        ("hugo", "url: /own/way.html", "own/way.html"),
        ("hugo", "url: /own/v1.2", "own/v1.2"),
        ("zola", "path: own/v1.2", "own/v1.2/"),
        ("jekyll", "permalink: /own/way", "own/way"),
    ],
)
def test_an_address_without_a_slash_at_its_end_has_one_where_the_generator_adds_it(generator, front, expected):
    check(front, f"{SITE}/{expected}", base_url=SITE, generator=generator)


def test_a_permalink_alone_is_on_this_host():
    check("title: A", "/2026/a/", addresses=AddressSettings(permalink="/{year}/{slug}/"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example/x",
        "https://evil.example/x",
        "\\\\\\\\evil.example",
        "/\\\\evil.example",
        "java\\nscript:alert(1)",
    ],
)
def test_a_hostile_address_never_leaves_the_site(url):
    post = post_of(f'---\nurl: "{url}"\n---\nText.', "blog/a.md", base_url=SITE)
    assert post.url.startswith(f"{SITE}/")
    assert "evil" not in post.url.removeprefix(SITE).partition("/")[0]


@pytest.mark.parametrize("url", ["../../x", "/../x", "./../../x"])
def test_an_address_does_not_climb_out_of_the_base_url(url):
    check(f"url: {url}", f"{SITE}/x", base_url=SITE)


def test_a_pattern_that_needs_a_date_reports_a_post_without_one():
    assert error_of("Text.", addresses=AddressSettings(permalink="/{year}/{slug}/")) == (
        "post.md: has no date, and the permalink pattern needs its year; add one"
    )


def test_a_draft_needs_no_date_yet():
    assert post_of(
        "---\ndraft: true\n---\nText.", "post.md", addresses=AddressSettings(permalink="/{year}/{slug}/")
    ).draft


def test_a_pattern_with_an_unknown_placeholder_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"unknown \{yaer\}; allowed: \{year\}"):
        discover(Settings(content=(tmp_path,), addresses=AddressSettings(permalink="/{yaer}/")))
