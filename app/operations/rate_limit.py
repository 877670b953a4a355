"""A limit of requests for each client, so that one program does not take the time of all readers."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from ..errors import TooManyRequests
from ..server.request_counts import RequestCounts

# Addresses whose client is remembered; working it out takes a few microseconds.
KNOWN_ADDRESSES = 10_000
# Bits of an IPv6 address that say whose it is; a household or a server has all addresses below them.
IPV6_PREFIX = 64
# What costs a search, and the hooks, on which wrong secrets could be tried.
LIMITED_ROUTES = {
    "/",
    "/search",
    "/search/sections",
    "/search.atom",
    "/search.json",
    "/suggest",
    "/api/v1/search",
    "/api/v1/suggest",
    "/api/v1/articles/<path:slug>/related",
    "/api/v1/reindex",
    "/api/v1/reindex/<name>",
}


def limit_requests(app: Flask, counts: RequestCounts, per_minute: int, proxies: int) -> None:
    """Refuse requests of clients that send more than a number of them in a minute.

    Args:
        app: The application.
        counts: What counts them.
        per_minute: That number.
        proxies: How many proxies are before the server; each has added an address to the X-Forwarded-For header.
    """
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]

    def check() -> None:
        if request.url_rule and request.url_rule.rule in LIMITED_ROUTES:
            client = client_of(request.remote_addr or "")
            wait = counts.wait_of(client, per_minute) if client else 0
            if wait:
                raise TooManyRequests(wait)

    app.before_request(check)


@lru_cache(maxsize=KNOWN_ADDRESSES)
def client_of(address: str) -> str:
    """Return whose an address is: the address itself, the network of an IPv6 address, "" for one that is not public.

    An address of this machine or of a private network is one of a proxy, which would be limited for all its readers, or
    of a person who needs no limit.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return ""
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if not parsed.is_global:
        return ""
    return str(IPv6Network((parsed, IPV6_PREFIX), strict=False) if parsed.version == 6 else parsed)
