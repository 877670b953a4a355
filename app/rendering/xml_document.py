"""Documents in XML, made from templates."""

import re

from .templates import render_template

# What XML 1.0 has no way to write, not even escaped: https://www.w3.org/TR/xml/#charsets
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_xml(template: str, **values: object) -> bytes:
    """Fill in a template; characters that cannot stand in XML are left out."""
    return _UNWRITABLE.sub("", render_template(template, **values)).encode()
