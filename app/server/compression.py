"""Compressed bodies: brotli or gzip, whichever a client likes better.

No compressed body has a secret in it, so that its length tells nothing to somebody who chooses the query
(https://www.breachattack.com/): pages, feeds and the API are the same for everybody who asks the same, with a login or
without. What depends on a secret, the author's pages, jobs and metrics, is sent as it is.
"""

import gzip
from functools import lru_cache

import brotli
from flask import request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# Best first, of those that a client likes equally well. A browser that knows Zstandard knows brotli, too, which is as
# good for pages; with a third coding, a cache would hold a third copy.
CODINGS = ("br", "gzip")
# Levels for bodies that are made for a request: the last ones that save more time on a line of 10 Mbit/s than they
# cost here. `python -m tests.bench.compressed` measures them.
PAGE_LEVELS = {"br": 5, "gzip": 5}
# For files that are compressed once.
FILE_LEVELS = {"br": 11, "gzip": 9}
# Browsers send few different headers; those that programs invent do not fill the memory.
MAX_ACCEPTED = 256
# More than there are files and codings; each is some kilobytes.
MAX_FILES = 256


def preferred_coding() -> str:
    """Return the coding that the client likes best; "" for the body as it is."""
    return _preferred(request.headers.get("Accept-Encoding", ""))


@lru_cache(maxsize=MAX_ACCEPTED)
def _preferred(header: str) -> str:
    """Choose a coding as https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 has it."""
    accepted = parse_accept_header(header, Accept)
    coding = max(CODINGS, key=accepted.quality)
    return coding if accepted.quality(coding) > 0 and accepted.quality(coding) >= accepted.quality("identity") else ""


def compress_body(body: bytes, coding: str) -> bytes:
    """Compress a body that is made for a request; leave it with the coding "" as it is."""
    return _compress(body, coding, PAGE_LEVELS)


@lru_cache(maxsize=MAX_FILES)
def compress_file(content: bytes, coding: str) -> bytes:
    """Compress a file as well as it can be; each is compressed once, the first time that it is asked for."""
    return _compress(content, coding, FILE_LEVELS)


def _compress(body: bytes, coding: str, levels: dict[str, int]) -> bytes:
    match coding:
        case "br":
            return bytes(brotli.compress(body, quality=levels[coding]))
        case "gzip":
            # Without a time, so that the same body is the same bytes.
            return gzip.compress(body, levels[coding], mtime=0)
        case _:
            return body
