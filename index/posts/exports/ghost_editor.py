"""Convert the documents of Ghost's editors to HTML: Lexical since Ghost 5, Mobiledoc 0.3 before.

https://github.com/TryGhost/Koenig, packages/kg-default-nodes and packages/kg-default-cards
https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

import json
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

Values = Mapping[str, Any]

# Bits of a Lexical text's `format`.
CODE = 16
LEXICAL_TAGS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}
# Kinds of sections and of what stands in them, in Mobiledoc.
MARKUP, IMAGE, LIST, CARD = 1, 2, 3, 10
ATOM_MARKER = 1


def lexical(text: str) -> str:
    """Return the HTML of a Lexical document.

    Raises:
        ValueError: The document is damaged.
    """
    return _understood(text, lambda document: _lexical(document["root"]))


def mobiledoc(text: str) -> str:
    """Return the HTML of a Mobiledoc document.

    Raises:
        ValueError: The document is damaged.
    """
    return _understood(text, _mobiledoc)


def _understood(text: str, make: Callable[[Any], str]) -> str:
    try:
        return make(json.loads(text))
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError):
        raise ValueError("what the editor keeps is damaged") from None


def _lexical(node: Values) -> str:
    kind = node.get("type", "")
    inner = "".join(map(_lexical, node.get("children", ())))
    if kind in ("text", "extended-text"):
        return _element("code" if int(node.get("format") or 0) & CODE else "", escape(node["text"]))
    if kind == "linebreak":
        return "<br>"
    if kind == "link":
        return f'<a href="{escape(str(node.get("url", "")))}">{inner}</a>'
    if kind in ("heading", "extended-heading"):
        return _element(_heading(node.get("tag")), inner)
    if kind == "list":
        return _element("ol" if node.get("listType") == "number" else "ul", inner)
    tag = LEXICAL_TAGS.get(kind.removeprefix("extended-"), "")
    return _element(tag, inner) if inner or tag else _card(kind, node)


def _card(kind: str, values: Values) -> str:
    """Return the HTML of a card: a picture, code, HTML, Markdown, or anything with text."""
    return CARDS.get(kind, _text_card)(values)


def _html_card(values: Values) -> str:
    return str(values.get("html", ""))


def _markdown_card(values: Values) -> str:
    from markdown import markdown  # Slow to load, and few documents have such a card.

    return markdown(str(values.get("markdown", "")), extensions=["fenced_code", "tables"])


def _code_card(values: Values) -> str:
    language = escape(str(values.get("language") or ""))
    return f'<pre><code class="language-{language}">{escape(str(values.get("code", "")))}</code></pre>'


def _gallery_card(values: Values) -> str:
    return "".join(map(_image_card, values.get("images", ())))


def _image_card(values: Values) -> str:
    return _picture(str(values.get("src") or ""), str(values.get("alt") or "")) + str(values.get("caption") or "")


def _toggle_card(values: Values) -> str:
    return _element("h4", str(values.get("heading") or "")) + str(values.get("content") or "")


def _text_card(values: Values) -> str:
    texts = (values.get(name) for name in ("header", "subheader", "calloutText", "caption"))
    return "".join(_element("p", text) for text in texts if isinstance(text, str) and text)


CARDS: Mapping[str, Callable[[Values], str]] = {
    "html": _html_card,
    "email": _html_card,
    "markdown": _markdown_card,
    "card-markdown": _markdown_card,
    "code": _code_card,
    "codeblock": _code_card,
    "gallery": _gallery_card,
    "image": _image_card,
    "toggle": _toggle_card,
}


def _picture(address: str, alt: str) -> str:
    return f'<p><img src="{escape(address)}" alt="{escape(alt)}"></p>'


def _heading(tag: object) -> str:
    return str(tag) if tag in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"


def _mobiledoc(document: Values) -> str:
    return "".join(_section(document, section) for section in document["sections"])


def _section(document: Values, section: list[Any]) -> str:
    kind = section[0]
    if kind == MARKUP:
        tag = section[1] if section[1] in ("p", "blockquote", "aside") else _heading(section[1])
        return _element("blockquote" if tag == "aside" else tag, _markers(document, section[2]))
    if kind == IMAGE:
        return _picture(str(section[1]), "")
    if kind == LIST:
        items = "".join(_element("li", _markers(document, item)) for item in section[2])
        return _element("ol" if section[1] == "ol" else "ul", items)
    if kind == CARD:
        name, values = document["cards"][section[1]][:2]
        return _card(name, values)
    return ""


def _markers(document: Values, markers: Iterable[list[Any]]) -> str:
    """Return a line of text; of its markup, keep code and links, all that reading needs."""
    out: list[str] = []
    opened: list[str] = []
    for kind, opening, closing, value in markers:
        for number in opening:
            tag, *attributes = document["markups"][number]
            opened.append(tag if tag in ("a", "code") else "")
            out.append(_opening(opened[-1], attributes[0] if attributes else []))
        out.append(_atom(document["atoms"][value]) if kind == ATOM_MARKER else escape(value))
        for _ in range(closing):
            tag = opened.pop()
            out.append(f"</{tag}>" if tag else "")
    return "".join(out)


def _opening(tag: str, attributes: list[str]) -> str:
    named = dict(zip(attributes[::2], attributes[1::2], strict=False))
    return f'<a href="{escape(str(named.get("href", "")))}">' if tag == "a" else f"<{tag}>" if tag else ""


def _atom(atom: list[Any]) -> str:
    return "<br>" if atom[0] == "soft-return" else escape(str(atom[1]))


def _element(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag}>" if tag else inner
