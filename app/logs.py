"""The log: one JSON object a line, on the standard error output."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from app.observing import Served

_requests = logging.getLogger("app.requests")


class Lines(logging.Formatter):
    """Writes records as JSON, with the fields that they were given and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """Give a record's line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def start() -> None:
    """Make this process write what the application logs."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logger = logging.getLogger("app")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def logging_requests(*, with_queries: bool) -> Callable[[Served], None]:
    """Give what logs every answer; what was searched for only where that is asked for."""

    def log(served: Served) -> None:
        fields = {
            "method": served.method,
            "route": served.route,
            "status": served.status,
            "ms": round(served.seconds * 1000, 3),
            "bytes": served.size,
        }
        fields |= {"query": served.query} if with_queries and served.query else {}
        _requests.info("request", extra={"fields": fields})

    return log
