"""Messages in the reader's language: English in the source, and a gettext catalogue for each other language."""

from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale
from babel.support import Translations
from flask import Response, has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

TRANSLATIONS = Path(__file__).parent / "translations"
_SOURCE = "en"
# By their tags. Readers of other languages get the first.
LANGUAGES = (_SOURCE, *(folder.name.replace("_", "-") for folder in sorted(TRANSLATIONS.iterdir())))
# Chinese without a region is written in this script.
_SCRIPT_OF_CHINESE = "Hans"
# Browsers send few different headers; those that programs invent do not fill the memory.
MAX_HEADERS = 256
# Numbers of every category of plurals that whole numbers have in some language; the smallest of one stands for it.
PLURAL_SAMPLES = (1_000_000, *range(200, -1, -1))
# Characters of a language tag, as RFC 5646 (4.4.1) has it.
MAX_TAG_LENGTH = 35


def language() -> str:
    """Return the language that the reader prefers, of those that there are."""
    return _preferred(request.headers.get("Accept-Language", "")) if has_request_context() else LANGUAGES[0]


def reader_language(otherwise: str) -> str:
    """Return the language that the reader prefers, whether there are messages in it or not; else another one."""
    return next((tag for tag in _accepted(request.headers.get("Accept-Language", "")) if tag != "*"), otherwise)


@lru_cache(maxsize=MAX_HEADERS)
def _preferred(header: str) -> str:
    preferred = map(_messages_for, _accepted(header))
    return next((name for name in preferred if name in LANGUAGES), LANGUAGES[0])


def _messages_for(tag: str) -> str:
    """Return the tag of the messages for readers of a language: `pt-BR` reads `pt`, and `zh-TW` reads `zh-Hant`."""
    try:
        language, region, script, *_ = parse_locale(tag, sep="-")
        # Babel does not know every script in every region, and takes the region's for that of `zh-Hant-CN`.
        locale = Locale.parse("-".join(filter(None, (language, script or region))), sep="-")
    except (ValueError, UnknownLocaleError):
        return tag.partition("-")[0].lower()
    if locale.language == "zh":
        return f"zh-{locale.script or _SCRIPT_OF_CHINESE}"
    return locale.language


@lru_cache(maxsize=len(LANGUAGES))
def locale_of(language: str) -> Locale:
    """Return how a language of the interface writes dates, numbers and lines."""
    return Locale.parse(language, sep="-")


def direction(language: str) -> str:
    """Return the direction of a language's lines, as HTML has it: `ltr` or `rtl`."""
    return "rtl" if locale_of(language).character_order == "right-to-left" else "ltr"


@lru_cache(maxsize=MAX_HEADERS)
def _accepted(header: str) -> tuple[str, ...]:
    """Return the tags of the languages that a header names, best first."""
    accepted = parse_accept_header(header, LanguageAccept)
    return tuple(tag[:MAX_TAG_LENGTH] for tag, quality in accepted if quality)


def vary_by_language(response: Response) -> Response:
    """Tell caches that a page differs by the reader's language."""
    response.vary.add("Accept-Language")
    return response


@cache
def catalogue(language: str) -> NullTranslations:
    """Return the messages of a language, which are loaded when a reader first prefers it."""
    folder = language.replace("-", "_")
    return NullTranslations() if language == _SOURCE else Translations.load(TRANSLATIONS, [folder])


def later(text: str) -> str:
    """Mark a message for the catalogues; it is translated later, where it is shown."""
    return text


def gettext(text: str, /, **values: object) -> str:
    """Translate a message and fill in its `%(name)s`."""
    return translate(text, language(), **values)


def translate(text: str, language: str, /, **values: object) -> str:
    """Translate a message into one of the languages."""
    message = catalogue(language).gettext(text)
    return message % values if values else message


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Translate a message that depends on a number."""
    message = catalogue(language()).ngettext(one, many, number)
    return message % values if values else message


def plural_forms(one: str, many: str, language: str, /) -> dict[str, str]:
    """Return a message that depends on a number, by the categories of CLDR, as `Intl.PluralRules` names them."""
    category = locale_of(language).plural_form
    samples = {category(number): number for number in PLURAL_SAMPLES}
    return {name: catalogue(language).ngettext(one, many, number) for name, number in samples.items()}
