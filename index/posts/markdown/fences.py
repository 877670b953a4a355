"""Fences of code: where they are, their language, and the blocks of templates that become one."""

import re
from collections.abc import Iterator

TAB = 4

_CODE_START = re.compile(
    r"^(?P<lead>[ \t]*(?:>[ \t]?|(?:[*+-]|\d{1,9}[.)])[ \t]+)*)(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*$"
    r"|^[ ]{0,3}<(?P<tag>pre|script|style|textarea)(?=[\s>])",
    re.MULTILINE | re.IGNORECASE,
)
_CODE_SIGN = re.compile(r"```|~~~|<(?:pre|script|style|textarea)", re.IGNORECASE)
"""What is in the line in which any of it begins."""
_TEMPLATE_BLOCK = re.compile(
    r"^(?P<lead>[ \t]*(?:>[ \t]?|(?:[*+-]|\d{1,9}[.)])[ \t]+)*)"
    r"\{[{%][<%]?-?[ \t]*(?P<block>highlight|codeblock|mermaid)\b(?P<options>[^\n{}]*?)-?[>%]?[}%]\}"
    r"(?P<code>(?:(?!\{[{%][<%]?-?[ \t]*(?:highlight|codeblock|mermaid)\b).)*?)"
    r"\{[{%][<%]?-?[ \t]*(?:/[ \t]*|end)(?P=block)[ \t]*-?[>%]?[}%]\}",
    re.MULTILINE | re.IGNORECASE | re.DOTALL,
)
"""A block of Hugo's `highlight` or `mermaid`, Jekyll's `highlight`, Octopress' `codeblock`."""
_TEMPLATE_START = re.compile(r"\{[{%][<%]?-?[ \t]*(?:highlight|codeblock|mermaid)\b", re.IGNORECASE)
"""What is in all of them, and is searched for fast."""
_CODE_COMPONENT = re.compile(
    r"^(?P<lead>[ \t]*)<CodeBlock\b(?P<options>[^<>]*)>\s*\{`(?P<code>(?:[^`\\]|\\.)*)`\}\s*</CodeBlock>",
    re.MULTILINE | re.DOTALL,
)
"""A component of Docusaurus."""
_COMPONENT_LANGUAGE = re.compile(r"\blanguage[=-][\"']?([\w+#-]+)")
_TILDES = re.compile("~{3,}")
_NOT_MARKER = re.compile(r"[^>\s]")
_INFO_WORD = re.compile(r"[\w+#.-]++(?!=)")
_CLASS = re.compile(r"\.([\w+#-]+)")
_QUARTO_LANGUAGE = re.compile(r"\{\s*([A-Za-z][\w+#-]*)\s*[,}\s]")
"""Quarto's and R Markdown's `{python}`, `{r, echo=FALSE}`; `{linenos=true}` names none."""
_NAMED_TITLE = re.compile(r"(?<![\w-])(?:title|filename|name)=(?:\"([^\"]*)\"|'([^']*)'|([^\s,\"'{}]+))")
_BRACKETED_TITLE = re.compile(r"^[\w+#.:-]*(?:[ \t]*\{[^{}]*\})*[ \t]*\[([^\[\]]+)\]")
"""VitePress' `js{4} [config.js]`."""
_FILE_TITLE = re.compile(r"[\w+#-]+:([\w./-]*[./][\w./-]*)(?=\s|\Z)")
"""The file in `js:src/app.js`; `ts:line-numbers` names none."""
_CODEBLOCK = re.compile(r"(?P<title>.*?)\blang:(?P<language>[\w+#.-]+)|(?P<only>[^\n]*)")
"""What Hexo's `codeblock` says: a title, the language, and an address that it comes from."""
_HIGHLIGHTED = re.compile(
    r"^[ \t]*(?://|#|--|/\*|<!--|\{/\*|%|;)[ \t]*highlight-(?:next-line|start|end)[ \t]*(?:\*/\}?|-->)?[ \t]*(?:\n|\Z)"
    r"|[ \t]*(?://|#|--|/\*|<!--|;)[ \t]*\[!code [^\[\]\n]*\][ \t]*(?:\*/|-->)?[ \t]*$",
    re.MULTILINE,
)
"""Comments that say which lines are marked, and are not shown: Docusaurus' and VitePress'."""


def language_of(info: str) -> str:
    """Find the language in what follows a fence: `go {a=1}`, `{.go #id}`, `{python}`, `js:a.js`, `rust,ignore`."""
    info = info.strip()
    if info.startswith("{"):
        if info.startswith("{code"):  # MyST: `{code-block} python`
            info = info.partition("}")[2].strip()
        else:
            found = _CLASS.search(info) or _QUARTO_LANGUAGE.match(info)
            return found[1].lower() if found else ""
    plain = _INFO_WORD.match(info)
    return plain[0].lstrip(".").lower() if plain else ""


def code_title(info: str) -> str:
    """Find the title that is shown above code: `js title="a.js"`, `js [a.js]`, `js:a.js`; "" for none."""
    found = _NAMED_TITLE.search(info) or _BRACKETED_TITLE.match(info) or _FILE_TITLE.match(info)
    return next(filter(None, found.groups()), "").strip() if found else ""


def shown_code(code: str) -> str:
    """Leave out of code the comments that only a highlighter reads."""
    return _HIGHLIGHTED.sub("", code) if "highlight-" in code or "[!code " in code else code


def split_fences(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the pieces of a text in order, each with whether it is code in fences or in HTML."""
    position = 0
    while found := _code_start(text, position):
        closed = _closing(found).search(text, found.end())
        end = closed.end() if closed else len(text)
        yield text[position : found.start()], False
        yield text[found.start() : end], True
        position = end
    yield text[position:], False


def _code_start(text: str, position: int) -> re.Match[str] | None:
    """Return where the next code begins; only lines that have its signs are looked at."""
    while sign := _CODE_SIGN.search(text, position):
        line = text.rfind("\n", position, sign.start()) + 1
        found = _CODE_START.match(text, max(line, position))
        if found:
            return found
        position = sign.end()
    return None


def _closing(opening: re.Match[str]) -> re.Pattern[str]:
    if opening["tag"]:
        return re.compile(rf"</{opening['tag']}\s*>", re.IGNORECASE)
    sign, width = opening["fence"], len(opening["lead"].expandtabs(TAB))
    return re.compile(rf"\n[ \t>]{{0,{width + 3}}}{sign[0]}{{{len(sign)},}}[ \t]*$", re.MULTILINE)


def fence_templates(text: str) -> str:
    """Write the blocks of code of templates and components as fences."""
    text = _CODE_COMPONENT.sub(_fence_component, text) if "<CodeBlock" in text else text
    return _TEMPLATE_BLOCK.sub(_fence_template, text) if _TEMPLATE_START.search(text) else text


def _fence_component(found: re.Match[str]) -> str:
    name = _COMPONENT_LANGUAGE.search(found["options"])
    return _fence(found["lead"], name[1] if name else "", found["code"])


def _fence_template(found: re.Match[str]) -> str:
    name, options = found["block"].lower(), found["options"]
    if name == "codeblock" and (said := _CODEBLOCK.match(options.strip())):
        title = (said["title"] or said["only"] or "").partition("http")[0].replace('"', "").strip()
        return _fence(found["lead"], f'{said["language"] or ""} title="{title}"', found["code"])
    return _fence(found["lead"], name if name == "mermaid" else language_of(options.replace('"', " ")), found["code"])


def _fence(lead: str, language: str, code: str) -> str:
    sign = "~" * (1 + max(map(len, _TILDES.findall(code)), default=2))
    margin = _NOT_MARKER.sub(" ", lead)
    lines = [f"{sign}{language}", *(_outdent(line, lead) for line in code.strip("\n").split("\n")), sign]
    return lead + f"\n{margin}".join(lines)


def _outdent(line: str, lead: str) -> str:
    """Take the container's quote signs and indentation off a line, as far as they are there."""
    if ">" in lead:
        return re.sub(rf"^[ \t]*(?:>[ \t]?){{1,{lead.count('>')}}}", "", line)
    width = len(lead.expandtabs(TAB))
    return line[min(width, len(line) - len(line.lstrip(" "))) :]
