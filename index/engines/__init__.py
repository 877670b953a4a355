"""The engines, each in a folder of its own."""

from index.engine import Engine
from index.settings import Settings


def open_engine(settings: Settings) -> Engine:
    """Give the engine that the settings ask for; nothing is read or written yet."""
    from index.engines.whoosh.engine import WhooshEngine

    return WhooshEngine(settings.index)
