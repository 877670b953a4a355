"""What the author is shown: the report as a page, its tables as CSV, its searches by UBI."""

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import NotFound

from app.errors import BadParameter, LoginRequired
from app.insights.plots import columns
from app.insights.secret import knows
from app.journal import journal
from app.words import later
from index.errors import InputError
from index.insights import exports
from index.insights.answers import Judge
from index.insights.report import Report
from index.insights.report import report as sum_up
from index.insights.tables import summary, tables

# Right below the root: a browser sends a login with every address beside the one that asked for it (RFC 7617, section
# 2.2). So the author's own searches are known by it, and not counted.
blueprint = Blueprint("author", __name__, url_prefix="/author")

PERIODS = (7, 30, 90)
DEFAULT = 30


@blueprint.before_request
def log_in() -> None:
    """Let nobody in who does not know the secret."""
    if not knows(journal().settings.author_token):
        raise LoginRequired


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Let no cache keep what only the author may see."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def report() -> str:
    """Show the report."""
    shown = _report()
    return render_template(
        "author.html",
        days=_days(),
        periods=PERIODS,
        summary=summary(shown),
        plot=columns(shown.days),
        tables=tables(shown),
        counts=journal().settings.count_searches,
    )


@blueprint.get("/<name>.csv")
def table(name: str) -> Response:
    """Give one table as CSV."""
    try:
        text = exports.csv(_report(), name)
    except InputError:
        raise NotFound from None
    return Response(text, content_type="text/csv; charset=utf-8; header=present")


@blueprint.get("/ubi.jsonl")
def ubi() -> Response:
    """Give searches and clicks by User Behavior Insights 1.3."""
    return Response(exports.ubi(journal().settings, _days()), content_type="application/jsonl")


def _report() -> Report:
    here = journal()
    return sum_up(here.settings, Judge(here.engine.snapshot(), here.editorial), _days())


def _days() -> int:
    text = request.args.get("days", str(DEFAULT))
    if text not in map(str, PERIODS):
        raise BadParameter("days", later("one of %(values)s"), values=", ".join(map(str, PERIODS)))
    return int(text)
