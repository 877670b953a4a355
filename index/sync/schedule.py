"""When the index is due to change by the clock alone: a scheduled post appears, one expires, a source was quiet."""

from datetime import datetime

from ..engines.base import Engine
from ..errors import IndexDamaged, IndexMissing
from ..settings import Settings
from . import state


def next_due(engine: Engine, settings: Settings) -> datetime | None:
    """Return the earliest moment at which a run would change the index though no file changed; None for never."""
    moments = [refusal.until for refusal in state.load_refusals(settings.index).values() if refusal.until]
    moments += [source.due for source in state.load_sources(settings.index).values() if source.due]
    try:
        holdings = engine.snapshot().holdings().values() if "expired" in settings.hold_back else ()
    except (IndexMissing, IndexDamaged):
        return None
    moments += [holding.expires for holding in holdings if holding.expires]
    return min(moments, default=None)
