"""When readers have to find something else by the clock alone: a post waited for its date, or one expires."""

from datetime import datetime

from index import refusals
from index.engine import Engine
from index.errors import IndexDamaged, IndexMissing
from index.settings import Settings


def next_due(engine: Engine, settings: Settings) -> datetime | None:
    """Give the earliest moment at which a run would change the index though no file does; None for never."""
    moments = [refusal.until for refusal in refusals.load(settings.index).values() if refusal.until]
    try:
        holdings = engine.snapshot().holdings().values() if "expired" in settings.hold_back else ()
    except (IndexMissing, IndexDamaged):
        return None
    moments += [holding.expires for holding in holdings if holding.expires]
    return min(moments, default=None)
