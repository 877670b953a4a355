"""What the journal keeps of its readers, said on a page of its own."""

from flask import Blueprint, Response

from ...index.insights.store import KEPT_DAYS
from .. import etags
from ..context import journal
from ..i18n import language, vary_by_language
from ..rendering.templates import render_template

blueprint = Blueprint("privacy", __name__)
blueprint.after_request(vary_by_language)


@blueprint.get("/privacy")
def privacy() -> Response:
    """Say what is counted, for how long, and how to switch it off and erase it."""
    tag = etags.tag_of("privacy", language(), journal().edition)
    return etags.cached(tag, etags.HTML_TYPE, _page)


def _page() -> bytes:
    return render_template("privacy.html", kept_days=KEPT_DAYS, seen_days=journal().settings.insights.min_days).encode()
