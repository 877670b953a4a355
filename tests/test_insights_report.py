"""What the author is told of the counts, and what not."""

import json
from datetime import datetime
from functools import partial

import msgspec
import pytest

from backmatter.index.errors import InputError
from backmatter.index.insights import exports
from backmatter.index.insights.events import Event
from backmatter.index.insights.quality import Judge
from backmatter.index.insights.report import report
from backmatter.index.insights.store import DAY
from backmatter.index.insights.tables import report_text, tables
from backmatter.index.model import Absent
from backmatter.index.search.curation import NOTHING_SAID
from backmatter.index.settings import InsightsSettings
from backmatter.index.sync.state import absent
from tests.command import run_command
from tests.insights import START, clicked, record, searched
from tests.serving import options

MIN_DAYS_SEEN = InsightsSettings().min_days


def on_days(*events, days: int = MIN_DAYS_SEEN) -> list[Event]:
    """Give what happens on each of several days; an event is a function of its moment."""
    return [event(moment=day * DAY) for day in range(days) for event in events]


def search(text: str, **more):
    return partial(searched, text, **more)


def click(text: str, **more):
    return partial(clicked, text, **more)


@pytest.fixture
def summed(journal):
    """Count events in a journal, and report."""

    def sum_up(*events: Event):
        record(journal.settings.insights_file, *events)
        held_back, failed = absent(journal.settings.index)
        judge = Judge(journal.engine.snapshot(), NOTHING_SAID)
        return report(journal.settings, judge, 90, held_back=held_back, failed=failed)

    return sum_up


@pytest.mark.parametrize(
    ("name", "events", "expected"),
    [
        ("top", on_days(search("cache"), click("cache")), [("cache", 3, 0, 3)]),
        ("top", on_days(search("cache"), search("cache"), search("go")), [("cache", 6, 0, 0), ("go", 3, 0, 0)]),
        ("nothing", on_days(search("rust", total=0), search("go")), [("rust", 3, 3, 0)]),
        ("unclicked", on_days(search("go"), search("cache"), click("cache")), [("go", 3, 0, 0)]),
        ("unclicked", on_days(search("rust", total=0)), []),
        ("reformulations", on_days(search("go"), search("golang", after="go")), [("go", "golang", 3)]),
        ("top", on_days(search("my secret"), days=MIN_DAYS_SEEN - 1), []),
        ("reformulations", [*on_days(search("go")), searched("my secret", after="go")], []),
        ("reformulations", on_days(search("go", after="my secret")), []),
    ],
)
def test_a_table_has_what_enough_days_saw(summed, name, events, expected):
    rows = next(table.rows for table in tables(summed(*events)) if table.name == name)
    assert list(rows) == expected


def test_rare_queries_are_counted_and_nowhere_named(journal, summed):
    events = [*on_days(search("go")), searched("my secret", total=0), clicked("my secret"), clicked("my other secret")]
    found = summed(*events)
    assert (found.searches, found.nothing, found.clicked, found.withheld) == (5, 1, 2, 2)
    everything = report_text(found) + exports.ubi(journal.settings, 90)
    everything += "".join(exports.csv(found, table.name) for table in tables(found))
    assert "go" in everything
    assert "secret" not in everything


def test_a_small_journal_can_have_every_query_named(journal):
    settings = msgspec.structs.replace(journal.settings, insights=InsightsSettings(min_days=1))
    record(settings.insights_file, searched("once", total=0), searched("kubernetes helm", total=0))
    found = report(settings, Judge(journal.engine.snapshot(), NOTHING_SAID), 90, held_back=(), failed=())
    assert [query.text for query in found.top] == ["kubernetes helm", "once"]
    assert found.withheld == 0
    assert {gap.topic for gap in found.gaps} == {"kubernetes helm", "once"}
    assert '"once"' in exports.ubi(settings, 90)


def test_posts_that_wait_for_a_build_are_told_from_drafts(journal):
    held_back = (
        Absent("draft.md", None, "a draft"),
        Absent("new.md", None, "waits for a build: it is newer than public"),
    )
    judge = Judge(journal.engine.snapshot(), NOTHING_SAID)
    shown = tables(report(journal.settings, judge, 90, held_back=held_back, failed=()))
    listed = {table.name: [row[0] for row in table.rows] for table in shown}
    assert (listed["waiting"], listed["held-back"]) == (["new.md"], ["draft.md"])


def test_every_day_is_there_also_those_without_searches(summed):
    days = summed(searched("cache", 5 * DAY)).days
    assert len(days) == 90
    assert [day.searches for day in days if day.searches] == [1]
    assert days[-41 + 5].searches == 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["kubernetes operator", "kubernetes helm"], [("kubernetes", 6, "nothing", 2)]),
        (["gardening with kubernetes"], [("gardening with kubernetes", 3, "partly", 1)]),
        (["monotonic clock", "cache", "docker"], []),
        (["stride cycles"], [("stride cycles", 3, "scattered", 1)]),
        (["kubernetes", "terraform"], [("kubernetes", 3, "nothing", 1), ("terraform", 3, "nothing", 1)]),
    ],
)
def test_what_is_not_answered_is_a_topic_to_write_about(summed, texts, expected):
    found = summed(*on_days(*map(search, texts))).gaps
    assert [(gap.topic, gap.searches, gap.fault, len(gap.queries)) for gap in found] == expected


def test_a_word_that_rare_queries_share_is_a_topic_and_they_are_not_named(summed):
    events = [searched(f"kubernetes {word}", day * DAY) for day, word in enumerate(["helm", "jane doe", "operator"])]
    (gap,) = summed(*events).gaps
    assert (gap.topic, gap.searches, gap.queries) == ("kubernetes", 3, ())


def test_a_topic_that_was_written_about_is_no_gap_any_more(journal, summed):
    events = on_days(search("terraform", total=0))
    assert [gap.topic for gap in summed(*events).gaps] == ["terraform"]
    journal.write(infrastructure="# Terraform\n\nTerraform plans.\n")
    assert summed().gaps == ()


def test_the_report_says_what_was_indexed_held_back_and_failed(journal, summed):
    journal.write(broken="---\ntitle: [\n---\n", new="# New\n\nText.\n")
    found = summed()
    assert [(run.generation, run.added, run.held_back, run.failed) for run in found.runs] == [
        (2, 1, 1, 1),
        (1, 4, 1, 0),
    ]
    assert [post.path for post in found.held_back] == ["draft.md"]
    assert [post.path for post in found.failed] == ["broken.md"]


def test_a_spreadsheet_runs_nothing_that_a_reader_typed(summed):
    lines = exports.csv(summed(*on_days(search("=cmd|calc"))), "top").splitlines()
    assert lines == ["Query,Searches,Found nothing,Opened a result", "'=cmd|calc,3,0,0"]


def test_a_terminal_obeys_nothing_that_a_reader_typed(summed):
    assert "\x1b" not in report_text(summed(*on_days(search("\x1b[2J"))))


def test_searches_and_their_clicks_are_exported_by_ubi(journal, summed):
    summed(*on_days(search("cache"), click("cache"), click("cache", url="/articles/on-page-2")))
    query, first, second, *_ = map(json.loads, exports.ubi(journal.settings, 90).splitlines())
    assert (query["user_query"], query["query_response_hit_ids"]) == ("cache", ["/articles/a"])
    assert first["event_attributes"] == {
        "object": {"object_id": "/articles/a", "object_id_type": "post", "object_id_field": "url"},
        "position": {"ordinal": 1},
    }
    assert "event_attributes" not in second
    for line in (query, first, second):
        assert (line["application"], line["query_id"]) == ("backmatter", query["query_id"])
        assert datetime.fromisoformat(line["timestamp"]).timestamp() == START
    assert (first["action_name"], second["message"]) == ("click", "/articles/on-page-2")


def test_the_command_prints_the_same_report(journal, summed):
    found = summed(*on_days(search("terraform", total=0)))

    def run(*arguments: str) -> str:
        folder = journal.content.parent
        done = run_command(folder, "insights", "--days", "90", *options(folder), *arguments)
        assert done.returncode == 0
        return done.stdout

    assert run() == report_text(found) + "\n"
    assert json.loads(run("--json"))["gaps"][0]["topic"] == "terraform"
    assert run("--csv", "nothing").splitlines()[1:] == ["terraform,3,3,0"]
    assert len(run("--ubi").splitlines()) == 3


def test_a_table_that_is_not_there_is_said_with_those_that_are(summed):
    with pytest.raises(InputError, match="no table 'x'; the tables are days, top"):
        exports.csv(summed(), "x")
