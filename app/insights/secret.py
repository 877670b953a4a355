"""Who knows a secret: as a bearer token, or as the password of a login by any name (RFC 6750, RFC 7617)."""

from hmac import compare_digest

from flask import request


def knows(secret: str) -> bool:
    """Tell whether a request has a secret; nobody knows an empty one. It takes as long for every guess."""
    given = request.authorization
    guess = (given.token or given.get("password") or "") if given else ""
    return bool(secret) and compare_digest(guess.encode(), secret.encode())
