"""Bytes to text: a byte order mark, then the encoding that is declared, then UTF-8, then the likeliest one."""

import codecs
import re

from ..errors import PostError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DECLARED_WITHIN = 1_024
"""Bytes in which HTML wants an encoding to be declared (html.spec.whatwg.org, "determining the encoding")."""
GUESS_FROM = 50_000
"""Bytes that an encoding is guessed from: enough to be sure, and the cost grows with them."""

GUESSES = (
    "cp949",
    "gb18030",
    "big5",
    "euc_jp",
    "shift_jis",
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp1252",
)
"""Encodings of whole alphabets, whose letters stand together; the guess is between the common ones only."""

SINGLE_SHARE = 0.8
"""The least share of single bytes among runs beyond ASCII in western text; elsewhere they come in pairs and words."""
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_DECLARED = re.compile(
    rb"(?:<\?xml[^>]{0,200}encoding|<meta[^>]{0,200}charset)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x20), 0x7F))
_WITHOUT_CONTROLS = dict.fromkeys(_CONTROLS)
_ADVICE = "save it as UTF-8, or move it out of the content directory"


def decode(data: bytes, path: str) -> str:
    """Decode a file; line ends become line feeds and control characters go.

    Raises:
        PostError: The bytes are no text in any encoding that could be found, or there is none.
    """
    text = _decode(data, path)
    if not text.strip():
        raise PostError(path, "is empty; write something, or remove it")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_WITHOUT_CONTROLS) if _has_controls(text) else text


def _has_controls(text: str) -> bool:
    encoded = text.encode("utf-8", "surrogatepass")
    return len(encoded.translate(None, _CONTROLS)) < len(encoded)


def _decode(data: bytes, path: str) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding, path)
    wide = _wide(data)
    if wide:
        return _strict(data, wide, path)
    if b"\0" in data:
        raise PostError(path, f"is not text: it holds NUL bytes; {_ADVICE}")
    for encoding in (*_declared(data), "utf-8"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _guess(data, path)


def _strict(data: bytes, encoding: str, path: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PostError(path, f"is not valid {encoding.upper()} at byte {error.start}; {_ADVICE}") from None
    if "\0" in text:
        raise PostError(path, f"is not text: it holds NUL characters; {_ADVICE}")
    return text


def _wide(data: bytes) -> str:
    """Recognise UTF-16 without a mark: whichever order makes readable text with ASCII spaces or line ends in it."""
    if b"\0" not in data or len(data) % 2:
        return ""
    head = data[:DECLARED_WITHIN]
    readings = {name: head.decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    spaces = {name: len(re.findall("[ \n]", text)) for name, text in readings.items()}
    name = max(spaces, key=lambda encoding: spaces[encoding])
    return name if spaces[name] and "".join(readings[name].split()).isprintable() else ""


def _declared(data: bytes) -> list[str]:
    """Find a declared encoding that Python knows and that can stand where ASCII declared it."""
    found = _DECLARED.search(data, 0, DECLARED_WITHIN)
    try:
        name = codecs.lookup(found[1].decode("ascii")).name if found else ""
    except (LookupError, UnicodeDecodeError):
        return []
    if name in ("ascii", "iso8859-1"):
        return ["utf-8", "cp1252", "iso8859-1"]
    return [name] if name and _is_ascii_based(name) else []


def _is_ascii_based(name: str) -> bool:
    try:
        return b"<meta".decode(name) == "<meta"
    except (LookupError, UnicodeDecodeError, ValueError):
        return False


def _guess(data: bytes, path: str) -> str:
    runs = _HIGH_RUN.findall(data)
    if sum(len(run) == 1 for run in runs) > SINGLE_SHARE * len(runs):
        return _western(data)
    from charset_normalizer import from_bytes  # slow to load, and seldom needed

    best = from_bytes(data[:GUESS_FROM], cp_isolation=list(GUESSES)).best()
    if best is None:
        raise PostError(path, f"is in no encoding that can be recognised; {_ADVICE}")
    try:
        return data.decode(best.encoding)
    except UnicodeDecodeError as error:
        raise PostError(path, f"looks like {best.encoding} but is not at byte {error.start}; {_ADVICE}") from None


def _western(data: bytes) -> str:
    """Decode what has single letters beyond ASCII within ASCII words; bytes that cp1252 leaves open are Latin-1's."""
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")
