"""What is exchanged with a cluster: requests, and bytes that are fetched."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from opensearchpy.connection import Urllib3HttpConnection


class Traffic(NamedTuple):
    """Sizes of responses in bytes, one for each request."""

    responses: list[int]

    @property
    def requests(self) -> int:
        """How many there were."""
        return len(self.responses)

    @property
    def fetched(self) -> int:
        """The bytes of all responses."""
        return sum(self.responses)


@contextmanager
def recorded() -> Iterator[Traffic]:
    """Record what this process exchanges with clusters."""
    traffic, perform = Traffic([]), Urllib3HttpConnection.perform_request

    def recording(self: Urllib3HttpConnection, *args: Any, **options: Any) -> Any:
        response = perform(self, *args, **options)
        traffic.responses.append(len(response[2].encode()))
        return response

    Urllib3HttpConnection.perform_request = recording
    try:
        yield traffic
    finally:
        Urllib3HttpConnection.perform_request = perform
