"""Which requests are searches and clicks."""

from time import time
from typing import Literal

from app.asking import Asking
from app.insights.reader import is_counted, is_reload, search_before
from app.journal import journal
from index.insights.events import MAX_URL, Clicked, Outcome, Searched, normalised
from index.model import Results


def found(asking: Asking, results: Results) -> None:
    """Remember what a search found, for when it is counted."""
    outcome = Outcome(results.total, results.relaxed, tuple(hit.url[:MAX_URL] for hit in results.hits))
    journal().counter.found((asking, results.generation), outcome)


def searched(asking: Asking, generation: int, how: Literal["submitted", "typed"]) -> None:
    """Count a search, unless it is one that is only looked at further: another page of it, a filter, another order."""
    here = journal()
    text = normalised(asking.text)
    if not (here.counter.counts and text) or asking.page > 1 or not is_counted() or is_reload():
        return
    before = search_before()
    if before != text:
        outcome = here.counter.outcome((asking, generation))
        here.counter.count(Searched(text=text, moment=int(time()), how=how, after=before, outcome=outcome))


def followed(url: str) -> None:
    """Count an article that is opened from a page of results: a plain link says where it comes from, in any browser."""
    if journal().counter.counts and is_counted() and not is_reload():
        clicked(search_before(), url)


def clicked(text: str, url: str) -> None:
    """Count a click on a result of a search for a normalised text."""
    address = url.partition("#")[0]
    if text and address and len(address) <= MAX_URL:
        journal().counter.count(Clicked(text=text, url=address, moment=int(time())))
