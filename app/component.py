"""The search box for other sites, `<backmatter-search>`: one script at an address that stays."""

import msgspec
from flask import Blueprint, Response

from app import conditional
from app.journal import journal
from app.words import LANGUAGES, later, translated

blueprint = Blueprint("component", __name__)

SCRIPT = "backmatter-search.js"
# Seconds: sites load it with each page, and a new version reaches them within the hour.
KEPT = 3_600

WORDS = {
    "search": later("Search"),
    "label": later("Search the articles"),
    "suggestions": later("Suggestions"),
    "article": later("Articles"),
    "section": later("Sections"),
    "completion": later("Searches"),
    "none": later("No suggestions"),
    "one": later("1 suggestion"),
    "many": later("{} suggestions"),
}


@blueprint.get(f"/{SCRIPT}")
def component() -> Response:
    """Send the script; it holds nothing that is not for everybody."""
    here = journal()
    asset = here.assets[SCRIPT]
    tag = conditional.tag_of("component", here.edition)
    response = conditional.remembered(tag, asset.content_type, lambda: _words() + asset.content)
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _words() -> bytes:
    """Write the line that stands above the script: its words in every language."""
    words = {tag: {name: translated(text, tag) for name, text in WORDS.items()} for tag in LANGUAGES}
    return b"const WORDS = " + msgspec.json.encode(words) + b";\n"
