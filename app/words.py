"""The words of the interface in the reader's language: a gettext catalogue for each; what is translated is English."""

from pathlib import Path

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel
from flask_babel import gettext as _gettext
from flask_babel import ngettext as _ngettext

TRANSLATIONS = Path(__file__).parent / "translations"
# For readers of none of them, the first.
LANGUAGES = ("en", *sorted(folder.name for folder in TRANSLATIONS.iterdir()))


def speak(app: Flask) -> None:
    """Make an application's templates, and `gettext`, speak the reader's language."""
    Babel(app, default_translation_directories=str(TRANSLATIONS), locale_selector=language)
    app.jinja_env.globals["language"] = language


def language() -> str:
    """Give the language that the reader likes best of those that there are."""
    if not has_request_context():
        return LANGUAGES[0]
    liked = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality)
    return next((tag for tag in liked if tag in LANGUAGES), LANGUAGES[0])


def varying(response: Response) -> Response:
    """Tell caches that a page has another wording for other readers."""
    response.vary.add("Accept-Language")
    return response


def later(text: str) -> str:
    """Mark a text as one of the interface's words; whoever shows it to a reader translates it then."""
    return text


def gettext(text: str, **values: object) -> str:
    """Translate a text, and fill in its `%(name)s`."""
    return str(_gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """Translate a text that depends on a number."""
    return str(_ngettext(one, many, number, **values))
