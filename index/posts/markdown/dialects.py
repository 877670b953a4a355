"""The parser of Markdown: CommonMark by `markdown-it-py`, with the marks that the generators add to it."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from ...settings import Markdown
from .blocks import add_blocks
from .fences import code_title, language_of, shown_code
from .inlines import add_inlines
from .prose import add_prose

MAX_BLOCK_NESTING = 100
"""Lists, items and quotes within each other; nobody reads more than ten, and each is a recursion of the parser."""

_INLINE_LANGUAGE = re.compile(r"(?:#!|:::)\w[\w+-]*[ ]+(?=\S)")
"""The language of code within a line, as pymdownx.inlinehilite has it: `#!python range(10)`."""
_TASK = re.compile(r"\[[ xX]\](?:[ \t]|$)")
_ALERT = re.compile(r"\[!([A-Za-z][\w -]*)\][+-]?[ \t]*([^\n]*)(?:\n|$)")
"""`> [!NOTE]` of GitHub and Hugo; Obsidian's may be folded, and may have a title."""


class MarkdownParser(MarkdownIt):
    """Parses one dialect; addresses stay as they are written, since links are checked where they are shown."""

    def __init__(self, markdown: Markdown) -> None:
        super().__init__("commonmark", {"maxNesting": MAX_BLOCK_NESTING})
        self.enable(["table", "strikethrough"])
        self.use(footnote_plugin, inline=markdown in ("any", "python")).use(deflist_plugin)
        if markdown == "mdx":
            self.disable(["code", "autolink"])
        add_blocks(self, markdown)
        add_inlines(self, markdown)
        add_prose(self)
        self.core.ruler.at("normalize", _normalize)
        self.core.ruler.after("block", "signs", _read_signs)
        self.core.ruler.after("block", "code", _read_code)
        if markdown in ("any", "python"):
            self.core.ruler.after("inline", "inline_code", _read_inline_code)
        for kind in ("fence", "code_block"):
            self.add_render_rule(kind, _render_code)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (the package calls it so)
        """Keep an address as it is."""
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """Keep an address as it is."""
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802
        """Accept any address."""
        return True

    def tokens_of(self, source: str) -> tuple[list[Token], dict[str, Any]]:
        """Return the tokens of a text, and what its rendering needs beside them.

        Raises:
            RecursionError: Its blocks are nested deeper than `MAX_BLOCK_NESTING`.
        """
        environment: dict[str, Any] = {}
        tokens = self.parse(source, environment)
        # There the package leaves out what follows.
        if any(token.level >= MAX_BLOCK_NESTING - 1 for token in tokens):
            raise RecursionError(f"blocks nested deeper than {MAX_BLOCK_NESTING}")
        return tokens, environment


def _normalize(state: StateCore) -> None:
    """Bring ends of lines together; the package puts a new one in the place of each."""
    state.src = state.src.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _read_signs(state: StateCore) -> None:
    """Read the signs at the start of items and quotes: boxes of tasks, and kinds of alerts."""
    tokens = state.tokens
    for position, token in enumerate(tokens):
        if token.type != "inline" or not token.content.startswith("["):
            continue
        container = tokens[position - 2].type if position > 1 else ""
        if container == "list_item_open" and (task := _TASK.match(token.content)):
            token.content = token.content[task.end() :]
        elif container == "blockquote_open" and (alert := _ALERT.match(token.content)):
            title = alert[2].strip() or alert[1].strip().capitalize()
            token.content = f"**{title}**\\\n{token.content[alert.end() :]}".removesuffix("\\\n")


def _read_code(state: StateCore) -> None:
    """Put the titles of code above it, and leave out what is not shown of it."""
    fences = [position for position, token in enumerate(state.tokens) if token.type == "fence"]
    for position in reversed(fences):
        token = state.tokens[position]
        token.content = shown_code(token.content)
        if title := code_title(token.info):
            opening, closing = Token("paragraph_open", "p", 1), Token("paragraph_close", "p", -1)
            content = Token("inline", "", 0, content=f"`{title}`", children=[])
            opening.map = content.map = token.map
            state.tokens[position:position] = [opening, content, closing]


def _read_inline_code(state: StateCore) -> None:
    """Leave out the language of code within a line."""
    if "`#!" in state.src or "`:::" in state.src:
        for token in state.tokens:
            for child in token.children or ():
                if child.type == "code_inline" and (found := _INLINE_LANGUAGE.match(child.content)):
                    child.content = child.content[found.end() :]


def _render_code(
    renderer: object,  # noqa: ARG001 (the package gives them)
    tokens: Sequence[Token],
    position: int,
    options: Mapping[str, Any],  # noqa: ARG001
    environment: Mapping[str, Any],  # noqa: ARG001
) -> str:
    token = tokens[position]
    language = language_of(token.info)
    name = f' class="language-{escape(language)}"' if language else ""
    return f"<pre><code{name}>{escape(token.content, quote=False)}</code></pre>\n"
