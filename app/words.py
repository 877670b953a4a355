"""The words of the interface in the reader's language: a gettext catalogue for each; what is translated is English."""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations
from flask import Flask, Response, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

TRANSLATIONS = Path(__file__).parent / "translations"
_TRANSLATED = {folder.name: Translations.load(TRANSLATIONS, [folder.name]) for folder in sorted(TRANSLATIONS.iterdir())}
_CATALOGUES: dict[str, NullTranslations] = {"en": NullTranslations(), **_TRANSLATED}
# For readers of none of them, the first.
LANGUAGES = tuple(_CATALOGUES)
# Browsers send few different ones; what programs make up is not kept for long.
MAX_HEADERS = 256


def speak(app: Flask) -> None:
    """Make an application's templates speak the reader's language."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["language"] = language


def language() -> str:
    """Give the language that the reader likes best of those that there are."""
    return _liked(request.headers.get("Accept-Language", "")) if has_request_context() else LANGUAGES[0]


@lru_cache(maxsize=MAX_HEADERS)
def _liked(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    liked = (tag.partition("-")[0].lower() for tag, quality in accepted if quality)
    return next((tag for tag in liked if tag in LANGUAGES), LANGUAGES[0])


def varying(response: Response) -> Response:
    """Tell caches that a page has another wording for other readers."""
    response.vary.add("Accept-Language")
    return response


def later(text: str) -> str:
    """Mark a text as one of the interface's words; whoever shows it to a reader translates it then."""
    return text


def gettext(text: str, /, **values: object) -> str:
    """Translate a text, and fill in its `%(name)s`."""
    return translated(text, language(), **values)


def translated(text: str, language: str, /, **values: object) -> str:
    """Translate a text into one of the languages."""
    found = _CATALOGUES[language].gettext(text)
    return found % values if values else found


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Translate a text that depends on a number."""
    found = _CATALOGUES[language()].ngettext(one, many, number)
    return found % values if values else found
