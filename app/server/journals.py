"""Several journals behind one address: the Host header and the path of a request say whose it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import NoSuchJournal
from ..rendering.error_response import problem_response
from ..security import add_security_headers
from .gateway import Gateway

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined] # which it imports

    from ...index.settings import Settings

# What a supervisor asks the server for, by whatever name it knows it; the first journal answers for all.
OF_SERVER = {"/healthz", "/metrics"}


class Journals:
    """Hand each request to the gateway of its journal.

    A journal with the host of the request comes before those without a host, then the longest path counts.

    Args:
        journals: The settings and the gateway of each journal.
    """

    def __init__(self, journals: "Sequence[tuple[Settings, Gateway]]") -> None:
        self._first = journals[0][1].application
        self._by_host: dict[str, list[Gateway]] = {}
        for settings, gateway in sorted(journals, key=lambda journal: -len(journal[0].root)):
            self._by_host.setdefault(settings.journal.host, []).append(gateway)
        self._of_server = Gateway(self._first, {})
        self._of_none = Gateway(add_security_headers(problem_response(NoSuchJournal())), {})

    async def __call__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answer a request; one that belongs to no journal learns of none."""
        await self._gateway_of(_name_in(scope.headers.get("host") or ""), scope.path)(scope, protocol)

    def _gateway_of(self, host: str, path: str) -> Gateway:
        for gateway in self._by_host.get(host) or self._by_host.get("", []):
            if path == gateway.root or path.startswith(gateway.root + "/"):
                return gateway
        return self._of_server if path in OF_SERVER else self._of_none


def _name_in(host: str) -> str:
    """Return the name in a Host header, as it is written in settings; the gateway refuses what is no host."""
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""
