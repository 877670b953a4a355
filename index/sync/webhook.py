"""Notify another program of a new generation: a POST, signed as GitHub signs its webhooks."""

import hmac

import msgspec

from ..settings import Settings
from .report import SyncReport

SIGNATURE = "X-Hub-Signature-256"
# Seconds; whoever listens should answer first and work later.
WEBHOOK_TIMEOUT = 10


def sign(secret: str, body: bytes) -> str:
    """Sign a body as GitHub does: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def announce(settings: Settings, report: SyncReport) -> str:
    """Notify the webhook of a new generation, if both exist; the message is signed where there is a secret.

    Returns:
        What went wrong, for a person; the index is as new as before.
    """
    if not settings.hooks.webhook or not (report.added or report.updated or report.deleted):
        return ""
    # Loaded where there is somebody to tell: it takes as long as comparing thousands of posts.
    from http.client import HTTPException
    from urllib.request import Request, urlopen

    paths = {"added": report.added, "updated": report.updated, "deleted": report.deleted}
    body = msgspec.json.encode({"generation": report.generation, **paths})
    headers = {"Content-Type": "application/json", "User-Agent": "Backmatter"}
    if settings.hooks.secret:
        headers[SIGNATURE] = sign(settings.hooks.secret, body)
    request = Request(settings.hooks.webhook, body, headers)  # noqa: S310 - the setting allows http and https alone
    try:
        urlopen(request, timeout=WEBHOOK_TIMEOUT).close()  # noqa: S310
    except (OSError, HTTPException, ValueError) as error:
        return f"hooks.webhook: {settings.hooks.webhook} did not take the message ({error})"
    return ""
