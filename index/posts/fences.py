"""Code blocks: where one ends, its language, and its lines without the indentation of what it stands in."""

import re
from dataclasses import dataclass
from html import escape

from index.posts.lists import TAB

_INFO_LANGUAGE = re.compile(r"[\w+#.-]+")
_INFO_CLASS = re.compile(r"\.([\w+#-]+)")


@dataclass(frozen=True, slots=True)
class Fence:
    """A code block; its string is its HTML."""

    text: str
    language: str

    def __str__(self) -> str:
        name = f' class="language-{escape(self.language)}"' if self.language else ""
        return f"<pre><code{name}>{escape(self.text, quote=False)}\n</code></pre>"


def fenced(text: str, match: re.Match[str]) -> tuple[Fence, int]:
    """Take a fenced block; one that is never closed goes on to the end, as in CommonMark."""
    sign, lead = match["fence"], match["lead"]
    width = len(lead.expandtabs(TAB))
    closing = re.compile(rf"^[ \t>]{{0,{width + 3}}}{sign[0]}{{{len(sign)},}}[ \t]*$", re.MULTILINE)
    start = min(match.end() + 1, len(text))
    found = closing.search(text, start)
    inner, end = (text[start : found.start()], found.end()) if found else (text[start:], len(text))
    return Fence(_dedent(inner, lead), _language(match["info"])), end


def highlighted(text: str, match: re.Match[str]) -> tuple[Fence, int]:
    """Take a block of Hugo's `highlight` or `mermaid`, Jekyll's `highlight`, Octopress' `codeblock`."""
    name = match["block"].lower()
    closing = re.compile(rf"\{{[{{%][<%]?-?\s*/?\s*(?:end)?{name}\s*-?[>%]?[}}%]\}}", re.IGNORECASE)
    found = closing.search(text, match.end())
    inner, end = (text[match.end() : found.start()], found.end()) if found else (text[match.end() :], len(text))
    language = name if name == "mermaid" else _language(match["options"].replace("lang:", "").replace('"', " "))
    return Fence(_dedent(inner.strip("\n"), match["lead"]), language), end


def _language(info: str) -> str:
    """Find the language in what follows a fence: `go {linenums=1}`, `{.go #id}`, `js:title.js`, `rust,ignore`."""
    info = info.strip()
    if info.startswith("{"):
        found = _INFO_CLASS.search(info)
        return found[1] if found else ""
    plain = _INFO_LANGUAGE.match(info)
    return plain[0].lstrip(".").lower() if plain else ""


def _dedent(text: str, lead: str) -> str:
    """Take the container's quote signs and indentation off every line, as far as they are there."""
    quotes, width = lead.count(">"), len(lead.expandtabs(TAB))
    if quotes:
        return re.sub(rf"^[ \t]*(?:>[ \t]?){{1,{quotes}}}", "", text, flags=re.MULTILINE).rstrip()
    return "\n".join(_outdent(line, width) for line in text.split("\n")).rstrip() if width else text.rstrip()


def _outdent(line: str, width: int) -> str:
    if line.startswith("\t" * -(-width // TAB)):
        return line[-(-width // TAB) :]
    return line[min(width, len(line) - len(line.lstrip(" "))) :]
