"""The words of the interface: whole in every language, and each reader is answered in one that they read."""

import re
import shutil
import tomllib
from datetime import UTC, datetime
from functools import cache
from gettext import c2py
from io import BytesIO
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from backmatter.app import create_app
from backmatter.app.errors import ERROR_KINDS
from backmatter.app.i18n import LANGUAGES, TRANSLATIONS, locale_of, translate
from backmatter.app.rendering import formats
from tests.conftest import make_journal

ROOT = Path(__file__).parent.parent
TRANSLATED = LANGUAGES[1:]


def catalogue(language: str) -> Catalog:
    locale = language.replace("-", "_")
    return read_po(BytesIO((TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po").read_bytes()), locale=locale)


def flat(text: object) -> list[str]:
    return list(map(str, text)) if isinstance(text, list | tuple) else [str(text)]


def blanks(text: str) -> list[str]:
    """Return what is filled into a message."""
    return sorted(re.findall(r"%\(\w+\)s|\{\}", text))


@cache
def words_in_the_sources() -> set[object]:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    keywords = {**DEFAULT_KEYWORDS, "later": None, "message": None}
    folders = (ROOT / "app", ROOT / "index" / "insights")
    return {found[2] for folder in folders for found in extract_from_dir(folder, methods, keywords=keywords)}


def read(client: FlaskClient, address: str, languages: str) -> str:
    return client.get(address, headers={"Accept-Language": languages}).text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_word_of_the_interface_and_no_other(language):
    words = words_in_the_sources()
    assert {message.id for message in catalogue(language) if message.id} == words
    assert {"Latest articles", ("%(count)s article", "%(count)s articles")} <= words


def test_whatever_goes_wrong_is_said_in_words_of_the_catalogue():
    said = {text for kind in ERROR_KINDS for text in (kind.title, kind.detail) if text}
    assert said <= words_in_the_sources()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_is_translated_and_no_blank_to_fill_in_is_lost(language):
    for message in catalogue(language):
        translated = message.string if message.pluralizable else (message.string,)
        assert all(translated), message.id
        assert not message.fuzzy, message.id
        assert not list(message.check()), message.id
        assert all(blanks(text) == blanks(flat(message.id)[-1]) for text in flat(message.string)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_program_reads_is_made_of_what_people_edit(language):
    made = BytesIO()
    write_mo(made, catalogue(language))
    file = TRANSLATIONS / language.replace("-", "_") / "LC_MESSAGES" / "messages.mo"
    assert file.read_bytes() == made.getvalue()


@pytest.mark.parametrize("language", TRANSLATED)
def test_numbers_of_one_plural_category_have_one_form(language):
    # https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
    form, category = c2py(catalogue(language).plural_expr), locale_of(language).plural_form
    forms = {(category(number), form(number)) for number in range(1_001)}
    assert len(forms) == len({name for name, _ in forms})


@pytest.mark.parametrize("language", [language for language in TRANSLATED if language != "de"])
def test_a_catalogue_that_no_speaker_has_read_says_so(language):
    comment = " ".join(catalogue(language).header_comment.replace("#", " ").split())
    assert "Not read by a speaker yet" in comment
    assert f"| {locale_of(language).english_name} | `{language}` | not yet |" in (
        ROOT / "docs" / "theming.md"
    ).read_text("utf-8")


@pytest.fixture(scope="module")
def app(indexed_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application that all tests here ask, as they change nothing."""
    folder = tmp_path_factory.mktemp("i18n")
    shutil.copytree(indexed_folder, folder, dirs_exist_ok=True)
    journal = make_journal(folder, {})
    return create_app(journal.settings, journal.engine)


@pytest.mark.parametrize("language", TRANSLATED)
def test_days_are_written_as_the_language_has_them(app: Flask, language):
    day = datetime(2026, 6, 3, tzinfo=UTC)
    with app.test_request_context(headers={"Accept-Language": language}):
        assert formats.day(day) == format_date(day, "long", locale_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "address",
    ["/", "/search?q=cache", "/search?q=xyzzy", "/search?tag=go", "/articles/cache?q=line", "/privacy", "/no"],
)
def test_every_page_is_there_in_every_language(client, language, address):
    response = client.get(address, headers={"Accept-Language": language})
    soup = BeautifulSoup(response.text, "html.parser")
    assert soup.html["lang"] == language
    assert soup.html.get("dir", "ltr") == ("rtl" if language in ("ar", "he") else "ltr")
    assert soup.select_one(".skip").text == translate("Skip to the content", language)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-GB,de;q=0.5", "en"),
        ("da,de;q=0.5,en;q=0.7", "en"),
        ("da-DK, da;q=0.9, DE;q=0.8", "de"),
        ("de;q=0,en", "en"),
        ("nb,*;q=0.5", "en"),
        ("pt-BR,en;q=0.5", "pt"),
        ("zh,en;q=0.5", "zh-Hans"),
        ("zh-SG", "zh-Hans"),
        ("ZH-hk,zh;q=0.9", "zh-Hant"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-Hans-TW", "zh-Hans"),
        ("iw", "he"),
        ("i-klingon,uk-UA;q=0.5", "uk"),
        ("x" * 5_000, "en"),
        ("de;q=x,../../etc,\x00", "en"),
    ],
)
def test_a_reader_is_answered_in_the_language_they_like_best(client, accepted, expected):
    for address in ("/", "/search?q=xyzzy", "/articles/cache", "/nowhere"):
        response = client.get(address, headers={"Accept-Language": accepted})
        assert f'<html lang="{expected}"' in response.text
        assert "Accept-Language" in response.vary


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "/",
            [
                "Artikel durchsuchen",
                'data-none="Keine Vorschläge"',
                "Neueste Artikel",
                "Themen",
                "Juni 2026",
                "4 Artikel",
            ],
        ),
        ("/search?q=cache", ["Ergebnisse für „cache“", "Beste Treffer"]),
        ("/search?q=xyzzy", ["Nichts zu „xyzzy“", "Kein Artikel passt dazu."]),
        ("/search?year=x", ["Ungültiger Parameter", "ein Jahr mit vier Ziffern wie 2026"]),
        ("/articles/cache", ["9. Juni 2026", "1 Min. Lesezeit"]),
        ("/articles/nowhere", ["Diesen Artikel gibt es nicht"]),
    ],
)
def test_a_page_is_german_for_those_who_read_german(client, address, expected):
    text = read(client, address, "de")
    assert [words for words in expected if words not in text] == []


def test_a_page_in_one_language_is_not_taken_for_the_other(client):
    english = client.get("/search?q=cache")
    held = {"If-None-Match": english.headers["ETag"]}
    assert client.get("/search?q=cache", headers=held | {"Accept-Language": "en"}).status_code == 304
    assert client.get("/search?q=cache", headers=held | {"Accept-Language": "de"}).status_code == 200


def test_programs_are_answered_in_english(client):
    german = {"Accept-Language": "de"}
    response = client.get("/api/v1/search?year=x", headers=german)
    assert response.json["detail"] == "The parameter “year” must be a year of four digits, like 2026."
    assert "Vary" not in response.headers


def test_a_large_number_is_written_as_the_language_has_it(app: Flask):
    for language, expected in (("en", "16,730 articles"), ("de", "16.730 Artikel")):
        with app.test_request_context(headers={"Accept-Language": language}):
            assert formats.articles(16_730) == expected
