"""Documents in XML, made from templates."""

import re
from functools import cache

from .templates import render_template


@cache
def _unwritable() -> re.Pattern[str]:
    """Match what XML 1.0 has no way to write, not even escaped: https://www.w3.org/TR/xml/#charsets.

    To compile it takes as long as to load ten modules, which the start of a server can do without.
    """
    return re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_xml(template: str, **values: object) -> bytes:
    """Fill in a template; characters that cannot stand in XML are left out."""
    return _unwritable().sub("", render_template(template, **values)).encode()
