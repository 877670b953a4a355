"""The log on standard error: one JSON object per line."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from ...index.terminal import printable_json

if TYPE_CHECKING:
    from .observer import ServedRequest

_requests = logging.getLogger("backmatter.requests")


class JsonFormatter(logging.Formatter):
    """Formats a record as JSON, with its fields and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return printable_json(msgspec.json.encode(line).decode())


def configure() -> None:
    """Make this process write the log, with what libraries have to say."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.getLogger().handlers = [handler]
    ours = logging.getLogger("backmatter")
    ours.handlers = []  # The command's own is for a person at the terminal.
    ours.setLevel(logging.INFO)
    logging.captureWarnings(True)


def request_logger(journal: str = "", *, with_queries: bool) -> "Callable[[ServedRequest], None]":
    """Return an observer that logs every request, with its query only if the settings say so.

    Where there are several journals, it logs the name of the one that was asked, too.
    """

    def log(served: "ServedRequest") -> None:
        fields = ({"journal": journal} if journal else {}) | {
            "method": served.method,
            "route": served.route,
            "status": served.status,
            "ms": round(served.seconds * 1000, 3),
            "bytes": served.size,
        }
        fields |= {"query": served.query} if with_queries and served.query else {}
        _requests.info("request", extra={"fields": fields})

    return log
