"""Telling another program that readers find something new: a POST, signed as GitHub signs its own."""

import hmac
from http.client import HTTPException
from urllib.request import Request, urlopen

import msgspec

from index.settings import Settings
from index.sync import Report

SIGNATURE = "X-Hub-Signature-256"
# Seconds; whoever listens should answer first and work later.
PATIENCE = 10


def sign(secret: str, body: bytes) -> str:
    """Sign a body as GitHub does: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries."""
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def announce(settings: Settings, report: Report) -> str:
    """Tell of a new generation, where somebody wants to know and there is one; signed where there is a secret.

    Returns:
        What went wrong, for a person; the index is as new as before.
    """
    if not settings.webhook or not (report.added or report.updated or report.deleted):
        return ""
    paths = {"added": report.added, "updated": report.updated, "deleted": report.deleted}
    body = msgspec.json.encode({"generation": report.generation, **paths})
    headers = {"Content-Type": "application/json", "User-Agent": "Backmatter"}
    if settings.hook_secret:
        headers[SIGNATURE] = sign(settings.hook_secret, body)
    request = Request(settings.webhook, body, headers)  # noqa: S310 - the setting allows http and https alone
    try:
        urlopen(request, timeout=PATIENCE).close()  # noqa: S310
    except (OSError, HTTPException, ValueError) as error:
        return f"webhook: {settings.webhook} did not take the message ({error})"
    return ""
