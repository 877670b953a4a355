"""The author's pages: the report, its tables as CSV, and searches and clicks as UBI."""

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from ...index.errors import InputError
from ...index.insights import exports
from ...index.insights.quality import Judge
from ...index.insights.report import InsightsReport, report
from ...index.insights.tables import summary, tables
from ...index.sync.state import absent
from ..context import journal
from ..errors import BadParameter, LoginRequired
from ..i18n import later
from ..rendering.author_page import summary_text, table_views
from ..rendering.charts import column_chart
from ..rendering.templates import render_template
from ..security import has_secret

# Directly below the root, so that a browser sends the login with every address of the site (RFC 7617, section 2.2).
# That identifies the author's own searches, which are not counted.
blueprint = Blueprint("author", __name__, url_prefix="/author")

# Days that a report covers.
PERIODS = (7, 30, 90)
DEFAULT_PERIOD = 30


@blueprint.before_request
def log_in() -> None:
    """Refuse requests without the secret."""
    if not has_secret(journal().settings.insights.token):
        raise LoginRequired


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Forbid caches to keep the author's pages."""
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def report_page() -> str:
    """Return the report."""
    insights = _report()
    return render_template(
        "author.html",
        days=_days(),
        periods=PERIODS,
        summary=summary_text(summary(insights)),
        plot=column_chart(insights.days),
        tables=table_views(tables(insights)),
        counts=journal().settings.insights.count,
    )


@blueprint.get("/<name>.csv")
def table_as_csv(name: str) -> Response:
    """Return one table as CSV."""
    try:
        text = exports.csv(_report(), name)
    except InputError:
        raise NotFound from None
    return Response(text, content_type="text/csv; charset=utf-8; header=present")


@blueprint.get("/ubi.jsonl")
def events_as_ubi() -> Response:
    """Return searches and clicks as User Behavior Insights 1.3."""
    return Response(exports.ubi(journal().settings, _days()), content_type="application/jsonl")


def _report() -> InsightsReport:
    here = journal()
    held_back, failed = absent(here.settings.index)
    judge = Judge(here.engine.snapshot(), here.editorial)
    return report(here.settings, judge, _days(), held_back=held_back, failed=failed)


def _days() -> int:
    text = request.args.get("days", str(DEFAULT_PERIOD))
    if text not in map(str, PERIODS):
        raise BadParameter("days", later("one of %(values)s"), values=", ".join(map(str, PERIODS)))
    return int(text)
