"""The search for other sites, `<backmatter-search>`: scripts at stable addresses.

A site loads the box. What only some need is in files of its own, which the box fetches: the dialog, before it is opened
first, and the messages of each language but English, which both have in themselves.
"""

from collections.abc import Mapping
from functools import partial
from hashlib import blake2b

import msgspec
from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from .. import etags
from ..context import journal
from ..i18n import LANGUAGES, later, plural_forms, translate
from ..rendering.result_links import FACET_TITLES, SORT_LABELS
from ..rendering.static_files import ASSET_TYPES, Asset
from ..server.compression import compress_file

blueprint = Blueprint("component", __name__)

SCRIPT, DIALOG, WORDS = "backmatter-search.js", "backmatter-dialog.js", "backmatter-words-{}.js"
# Seconds: sites load it with each page, and get a new version within the hour; who comes back within a week, with the
# second page, as a browser may use the old one while it asks for the new one.
SCRIPT_MAX_AGE, SCRIPT_STALE = 3_600, 604_800

BOX_MESSAGES = {
    "search": later("Search"),
    "label": later("Search the articles"),
    "suggestions": later("Suggestions"),
    "article": later("Articles"),
    "section": later("Sections"),
    "completion": later("Searches"),
    "tag": later("Topics"),
    "year": later("Years"),
    "none": later("No suggestions"),
    "one": later("1 suggestion"),
    "many": later("{} suggestions"),
    "paused": later("Too many searches: suggestions come back within a minute"),
    "down": later("There are no suggestions now: the server does not answer"),
    "control": later("Ctrl"),
    "close": later("close"),
}
DIALOG_MESSAGES = {
    "paused": later("Too many searches: results come back within a minute"),
    "down": later("There are no results now: the server does not answer"),
    "choose": later("choose"),
    "open": later("open"),
    "whole": later("Show on a page"),
    "order": later("Order:"),
    "filters": later("Filters"),
    "none_found": later("No article matches."),
    "meant": later("Did you mean %(query)s?"),
    "instead": later("Search instead for %(query)s."),
    "unfinished": later("No article matches exactly. These have words that begin with %(word)s."),
    "relaxed": later("No article has all of these words. These have some of them."),
    "missing": later("Missing:"),
    "near": later("Has none of the words; is about something similar."),
    "superseded": later("Superseded by:"),
    "recent": later("Recent searches"),
    "clear": later("Clear recent searches"),
    "pages": later("Pages of results"),
    "previous": later("Previous"),
    "next": later("Next"),
}


@blueprint.get("/backmatter-<name>.js")
def component(name: str) -> Response:
    """Return a script."""
    file = f"backmatter-{name}.js"
    if file not in component_files():
        raise NotFound
    return component_response(file)


def component_response(file: str) -> Response:
    """Return a script by its name; any site may load it, as it holds nothing private."""
    here = journal()
    tag = etags.tag_of("component", file, here.edition)
    script = partial(component_file, file, here.assets, "/search")
    response = etags.cached(tag, ASSET_TYPES[".js"], script, compress_file)
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_MAX_AGE}, stale-while-revalidate={SCRIPT_STALE}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def component_files() -> tuple[str, ...]:
    """Return the names of all scripts."""
    return (SCRIPT, DIALOG, *map(WORDS.format, LANGUAGES[1:]))


def component_file(name: str, assets: Mapping[str, Asset], results: str) -> bytes:
    """Return a script of the component.

    Args:
        name: Of the file.
        assets: Files as they are in the program.
        results: The address of the page of results, relative to the scripts.
    """
    if name == SCRIPT:
        return _script(assets, results)
    if name == DIALOG:
        return _constants(ENGLISH=_dialog_words(LANGUAGES[0])) + assets[DIALOG].content
    return _words_module(name)


def _script(assets: Mapping[str, Asset], results: str) -> bytes:
    """Return the box behind its English messages and what it has to know of the other files."""
    others = (component_file(name, assets, results) for name in component_files() if name != SCRIPT)
    version = blake2b(b"".join(others), digest_size=4).hexdigest()
    words = _translated(BOX_MESSAGES, LANGUAGES[0])
    return _constants(WORDS=words, LANGUAGES=LANGUAGES, RESULTS=results, VERSION=version) + assets[SCRIPT].content


def _constants(**named: object) -> bytes:
    return b"".join(b"const %s=%s;\n" % (name.encode(), msgspec.json.encode(value)) for name, value in named.items())


def _words_module(name: str) -> bytes:
    """Return the messages in the language that a file is named by."""
    language = next(tag for tag in LANGUAGES if WORDS.format(tag) == name)
    return b"export default " + msgspec.json.encode(_translated(BOX_MESSAGES, language) | _dialog_words(language))


def _dialog_words(language: str) -> dict[str, dict[str, str]]:
    return {
        "results": _translated(DIALOG_MESSAGES, language),
        "facets": _translated(FACET_TITLES, language),
        "sorts": _translated(SORT_LABELS, language),
        "articles": plural_forms("%(count)s article", "%(count)s articles", language),
    }


def _translated(messages: Mapping[str, str], language: str) -> dict[str, str]:
    return {name: translate(text, language) for name, text in messages.items()}
