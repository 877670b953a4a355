"""The search box for other sites, `<backmatter-search>`: one script at an address that stays."""

import msgspec
from flask import Blueprint, Response
from flask_babel import force_locale

from app import conditional
from app.journal import journal
from app.words import LANGUAGES, gettext

blueprint = Blueprint("component", __name__)

SCRIPT = "backmatter-search.js"
# Seconds: sites load it with each page, and a new version reaches them within the hour.
KEPT = 3_600


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
    words = {}
    for language in LANGUAGES:
        with force_locale(language):
            words[language] = {
                "search": gettext("Search"),
                "label": gettext("Search the articles"),
                "suggestions": gettext("Suggestions"),
                "article": gettext("Articles"),
                "section": gettext("Sections"),
                "completion": gettext("Searches"),
                "none": gettext("No suggestions"),
                "one": gettext("1 suggestion"),
                "many": gettext("{} suggestions"),
            }
    return b"const WORDS = " + msgspec.json.encode(words) + b";\n"
