"""The search box for other sites, `<backmatter-search>`: one script at a stable address."""

import msgspec
from flask import Blueprint, Response

from .. import etags
from ..context import journal
from ..i18n import LANGUAGES, later, translate
from ..server.compression import compress_file

blueprint = Blueprint("component", __name__)

SCRIPT = "backmatter-search.js"
# Seconds: sites load it with each page, and get a new version within the hour; who comes back within a week, with the
# second page, as a browser may use the old one while it asks for the new one.
SCRIPT_MAX_AGE, SCRIPT_STALE = 3_600, 604_800

MESSAGES = {
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
}


@blueprint.get(f"/{SCRIPT}")
def component() -> Response:
    """Return the script; any site may load it, as it holds nothing private."""
    here = journal()
    asset = here.assets[SCRIPT]
    tag = etags.tag_of("component", here.edition)
    response = etags.cached(tag, asset.content_type, lambda: box_script(asset.content, "/search"), compress_file)
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_MAX_AGE}, stale-while-revalidate={SCRIPT_STALE}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def box_script(script: bytes, results: str) -> bytes:
    """Return the script behind its messages in every language and the address of the results."""
    words = {tag: {name: translate(text, tag) for name, text in MESSAGES.items()} for tag in LANGUAGES}
    named = {b"WORDS": words, b"RESULTS": results}
    return b"".join(b"const %s = %s;\n" % (name, msgspec.json.encode(value)) for name, value in named.items()) + script
