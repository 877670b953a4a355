"""Languages that a file's or folder's name may stand for."""

import re

# fmt: off
LANGUAGE_CODES = frozenset((
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "ga", "gl", "he", "hi", "hr",
    "hu", "hy", "id", "it", "ja", "ka", "ko", "lt", "lv", "ms", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk",
    "sl", "sr", "sv", "sw", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh",
))
# fmt: on
"""The common codes of ISO 639-1, without those that are file suffixes too (`ts`, `so`, `io`)."""

_CODE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{2}|[a-z]{4}|\d{3}))?", re.IGNORECASE)
_DOCUSAURUS = re.compile(r"i18n/[\w-]+/docusaurus-plugin-content-(\w+)/(?:current/)?")
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)


def language_in_path(path: str) -> str:
    """Find a language in `post.de.md`, `page.ko.euc-kr.html` or a first folder `zh-cn/`, else ""."""
    *folders, name = path.split("/")
    for part in (*name.split(".")[1:-1], *folders[:1]):
        found = _CODE.fullmatch(part)
        if found and found[1].lower() in LANGUAGE_CODES:
            return normal_language(part)
    return ""


def path_without_language(path: str) -> str:
    """Return a path without the language in it, as it is in other languages: `post.md` of `post.de.md`, `de/post.md`.

    Docusaurus keeps translations in `i18n/de/docusaurus-plugin-content-docs/current/`, as they lie in `docs/`.
    """
    translated = _DOCUSAURUS.match(path)
    if translated:
        return f"{translated[1]}/{path[translated.end() :]}"
    *folders, name = path.split("/")
    first, *middle, last = name.split(".") if name.count(".") > 1 else (name, "")
    kept = [part for part in middle if not _is_language(part)]
    name = ".".join([first, *kept, last]) if last else name
    return "/".join([*folders[1 if folders and _is_language(folders[0]) else 0 :], name])


def _is_language(part: str) -> bool:
    found = _CODE.fullmatch(part)
    return found is not None and found[1].lower() in LANGUAGE_CODES


def normal_language(text: str) -> str:
    """Write a language tag the usual way, `pt_br` as `pt-BR`; "" where it is none (BCP 47)."""
    tag = text.strip().partition(".")[0].replace("_", "-")
    if not _LANGUAGE_TAG.fullmatch(tag):
        return ""
    first, *rest = tag.split("-")
    shaped = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]
    return "-".join([first.lower(), *shaped])
