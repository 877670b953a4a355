"""The author's own look: a name, a folder with templates and files, and what is wrong with them, said at the start."""

import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from msgspec.structs import replace

from backmatter.app import create_app
from backmatter.app.rendering.theme import MAX_THEME_FILE, check_theme
from backmatter.index.errors import SettingsError
from backmatter.index.settings import ThemeSettings, load_journals
from tests.conftest import Journal

LOGO = '<svg xmlns="http://www.w3.org/2000/svg"><title>A crane</title></svg>'


@pytest.fixture
def folder(journal: Journal) -> Path:
    """The folder of a theme, beside the posts."""
    made = journal.content.parent / "theme"
    made.mkdir()
    return made


def themed(journal: Journal, folder: Path | None, **settings: Any) -> FlaskClient:
    theme = ThemeSettings(folder=folder, **settings)
    return create_app(replace(journal.settings, theme=theme), journal.engine).test_client()


def page(client: FlaskClient, address: str = "/") -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize(
    ("kind", "name", "listed"),
    [
        ("", "Notes on Go", "> 4 articles."),
        ("Field & Lab", "Field & Lab // Notes on Go", "> Field & Lab: 4 articles."),
    ],
)
def test_what_kind_of_journal_it_is_stands_before_its_name_only_where_that_is_set(journal: Journal, kind, name, listed):
    client = create_app(replace(journal.settings, title="Notes on Go", kind=kind), journal.engine).test_client()
    assert BeautifulSoup(client.get("/").text, "html.parser").select_one(".nameplate").text == name
    assert listed in client.get("/llms.txt").text


def test_a_style_sheet_of_the_folder_comes_after_ours_and_is_served_with_what_it_names(journal, folder):
    (folder / "style.css").write_text(":root { --x: url(crane.svg) } p { background: url('other.svg'), url(data:,) }")
    (folder / "crane.svg").write_text(LOGO)
    client = themed(journal, folder)
    ours, theirs = (link["href"] for link in page(client).select("link[rel=stylesheet]"))
    assert "--" in client.get(ours).text
    style = client.get(theirs)
    assert (style.content_type, style.headers["Cache-Control"]) == (
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    assert style.text.endswith("url('other.svg'), url(data:,) }")
    picture = client.get(urljoin(theirs, style.text.split('"')[1]))
    assert (picture.text, picture.content_type) == (LOGO, "image/svg+xml")
    assert "script-src 'self'" in picture.headers["Content-Security-Policy"]


def test_properties_of_the_settings_come_after_those_of_the_style_sheet(journal, folder):
    (folder / "style.css").write_text("@import 'other.css';")
    properties = (("accent", "light-dark(#00539c, #8ec5ff)"), ("width", "44rem"))
    for place, own in ((None, ""), (folder, "@import 'other.css';")):
        client = themed(journal, place, properties=properties)
        style = client.get(page(client).select("link[rel=stylesheet]")[1]["href"]).text
        assert style == (
            f"{own}\n:root {{ --backmatter-accent: light-dark(#00539c, #8ec5ff); --backmatter-width: 44rem; }}\n"
        )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("acent", "red", "the pages have no property 'acent'; they have font, "),
        (
            "accent",
            "red; } body { display: none",
            "'red; } body { display: none', of accent, is no value of a property",
        ),
        ("accent", "", "'', of accent, is no value of a property"),
    ],
)
def test_a_property_that_cannot_be_used_is_named_at_the_start(journal, name, value, said):
    with pytest.raises(SettingsError) as error:
        themed(journal, None, properties=((name, value),))
    assert str(error.value).startswith(f"theme.properties: {said}")


def test_a_picture_that_is_compressed_already_is_sent_as_it_is(journal, folder):
    (folder / "photo.png").write_bytes(bytes(1_000))
    (folder / "crane.svg").write_text(LOGO)
    (folder / "style.css").write_text("p { background: url(photo.png), url(crane.svg) }")
    client = themed(journal, folder)
    style = page(client).select("link[rel=stylesheet]")[1]["href"]
    pictures = [urljoin(style, name) for name in re.findall(r'"(.+?)"', client.get(style).text)]
    responses = [client.get(picture, headers={"Accept-Encoding": "br"}) for picture in pictures]
    assert [response.headers.get("Content-Encoding") for response in responses] == [None, "br"]
    assert responses[0].data == bytes(1_000)


def test_the_logo_stands_before_the_name_and_the_line_at_the_foot(journal, folder):
    (folder / "crane.svg").write_text(LOGO)
    soup = page(themed(journal, folder, logo="crane.svg", footer="Ada & co., [Imprint](/imprint)"))
    assert soup.select_one(".nameplate > img")["src"].startswith("/assets/crane.")
    assert soup.select_one("footer .own").decode_contents() == (
        '<p>Ada &amp; co., <a href="/imprint" rel="noopener noreferrer">Imprint</a></p>\n'
    )


@pytest.mark.parametrize("footer", ["<script>alert(1)</script>", "<b onclick=f()>x</b>", "[x](javascript:alert)"])
def test_nothing_in_the_line_at_the_foot_acts(journal, footer):
    own = page(themed(journal, None, footer=footer)).select_one("footer .own")
    assert own.find_all(["script", "b"]) == []
    assert [link for link in own.find_all(href=True) if link["href"].startswith("javascript")] == []


def test_a_template_replaces_ours_of_its_name_and_can_extend_it(journal, folder):
    (folder / "base.html").write_text(
        '{% extends "backmatter/base.html" %}{% block head %}{{ super() }}'
        '<meta name="author" content="Ada">{% endblock %}'
        '{% block body_class %} class="{{ language() }}"{% endblock %}'
    )
    (folder / "robots.txt").write_text('{% include "_lines.txt" %}')
    (folder / "_lines.txt").write_text("User-agent: *\nDisallow: /\n")
    client = themed(journal, folder)
    assert page(client, "/privacy").select_one("meta[name=author]")["content"] == "Ada"
    assert page(client, "/privacy").body["class"] == ["en"]
    assert client.get("/robots.txt").text.startswith("User-agent: *\nDisallow: /")


@pytest.mark.parametrize(
    "source", ["{{ nothing.of_it }}", "{{ 1 // 0 }}", '{% extends "ba" ~ "se.html" %}', "{{ journal.nothing }}"]
)
def test_readers_get_our_template_where_that_of_the_folder_fails(journal, folder, caplog, source):
    (folder / "base.html").write_text(source)
    client = themed(journal, folder)
    with caplog.at_level(logging.ERROR, "backmatter"):
        assert page(client).select_one(".nameplate")
    assert "theme: search.html fails" in caplog.text
    assert client.get("/nowhere", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("base.html", "<p>\n{% if %}", "base.html:2: Expected an expression, got 'end of statement block'; correct it"),
        ("base.html", "\n{{ 1|nothing }}", "base.html:2: No filter named 'nothing'."),
        ("a.html", '\n\n{% extends "bse.html" %}', "a.html:3: there is no other template 'bse.html'; ours have names"),
        ("base.html", '{% extends "base.html" %}', "base.html:1: there is no other template 'base.html'"),
        ("base.html", b"\xff", "base.html: is not UTF-8; save it so"),
        ("style.css", b"\xff", "style.css: is not UTF-8"),
        ("logo.png", bytes(MAX_THEME_FILE + 1), "logo.png: is larger than 2 MB; make it smaller"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_the_start(journal, folder, name, content, said):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as error:
        themed(journal, folder)
    assert str(error.value).startswith(f"{folder}/{said}")


def test_a_folder_or_a_logo_that_is_not_there_is_named_at_the_start(journal, folder):
    with pytest.raises(SettingsError, match=r"none: cannot be read \(No such file or directory\); name a folder"):
        themed(journal, folder / "none")
    for settings in ({"folder": folder, "logo": "../secret.svg"}, {"folder": None, "logo": "logo.svg"}):
        with pytest.raises(SettingsError, match=r"theme\.logo: '.*' is no picture in theme\.folder"):
            themed(journal, **settings)


def test_nothing_outside_of_the_folder_is_read(journal, folder):
    secret = folder.parent / "secret.svg"
    secret.write_text(LOGO)
    (folder / "logo.svg").symlink_to(secret)
    with pytest.raises(SettingsError, match=r"logo\.svg: leads out of theme\.folder"):
        themed(journal, folder)


def test_files_of_other_kinds_are_not_served(journal, folder):
    for name in ("notes.md", ".hidden.svg", "crane.svg"):
        (folder / name).write_text(LOGO)
    client = themed(journal, folder)
    assert list(client.application.extensions["backmatter"].theme.assets) == ["crane.svg"]
    assert client.get("/assets/crane.svg").status_code == 404


def test_a_changed_theme_changes_what_caches_hold(journal, folder):
    before = themed(journal, folder).get("/").headers["ETag"]
    (folder / "style.css").write_text(":root { color: red }")
    assert themed(journal, folder).get("/", headers={"If-None-Match": before}).status_code == 200


def test_each_journal_has_its_own_theme_below_its_own_path(journal, folder):
    folder.joinpath("crane.svg").write_text(LOGO)
    file = journal.content.parent / "backmatter.toml"
    tables = (
        f'[[journal]]\nname = "{name}"\npath = "/{name}"\ncontent = ["content"]\n[journal.theme]\n{theme}\n'
        for name, theme in {"go": 'folder = "theme"\nlogo = "crane.svg"', "garden": 'footer = "Ada"'}.items()
    )
    file.write_text("".join(tables))
    go, garden = (
        page(create_app(replace(settings, index=journal.settings.index), journal.engine).test_client())
        for settings in load_journals(file)
    )
    assert go.select_one(".logo")["src"].startswith("/go/assets/crane.")
    assert (go.select_one(".own"), garden.select_one(".logo")) == (None, None)
    assert garden.select_one(".own").text == "Ada\n"


def test_doctor_says_what_is_in_a_theme(journal, folder):
    (folder / "style.css").write_text("")
    settings = replace(journal.settings, theme=ThemeSettings(folder=folder))
    assert list(check_theme(journal.engine, settings)) == [("ok", "templates: 0, other files: 1")]
    assert list(check_theme(journal.engine, journal.settings)) == []
