"""What HTML's tags are to a text, and which elements a reader does not see."""

import re

from .page_rules import LINE_NUMBER_CLASSES, Attributes, has_class

HEADING_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# fmt: off
DROPPED_TAGS = frozenset((
    "script", "style", "template", "noscript", "svg", "head", "title", "nav", "form", "button", "select", "textarea",
    "iframe", "object", "canvas", "audio", "video", "rp", "dialog",
))
BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "hr", "html", "label", "legend", "li", "main",
    "menu", "ol", "p", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
))
# fmt: on
CELL_TAGS = frozenset(("td", "th"))
PLAIN_TAGS = frozenset("abbr b cite del dfn em font i ins kbd mark q s samp small strong sub sup tt u var".split())
"""Tags that say nothing without attributes: their text is part of that around them."""
UNREAD_TAGS = DROPPED_TAGS | {"rt"}
"""Tags that are not part of the text: those that readers do not see, and the pronunciation above a word."""
ANCHOR_TAGS = frozenset(("a", "span"))
"""Elements whose id, standing right before a heading, is the heading's own in older pages."""
_FOOTNOTE_CLASSES = frozenset(("footnote-ref", "footnote-reference", "footnote-anchor", "footnote"))
"""Classes of the sign of a footnote: Goldmark and Pandoc; Sphinx, Zola, mdBook; Substack; Asciidoctor, of a `sup`."""
_FOOTNOTE_ATTRIBUTES = frozenset(("data-footnote-ref", "data-fn"))
"""Attributes of the same: remark and micromark; WordPress."""
UNSEEN_CLASSES = LINE_NUMBER_CLASSES | {
    *("footnote-ref", "footnote-reference", "footnote-anchor", "footnote-number", "fn-bracket"),
    *("footnote-backref", "footnotes-back", "footnote-back", "reversefootnote", "fn-backref"),
}
"""Classes of line numbers beside code and of footnote signs, which would stick to the word before them."""
PERMALINK_SIGNS = frozenset(("¶", "#", "§", "🔗", "⚓", "∞", "◆", "↩", "↩︎"))
"""All that a link shows that leads to its own heading, or from a footnote back to the text."""

_HIDING_ATTRIBUTES = frozenset(("hidden", "aria-hidden", "role", "style", "data-footnote-ref", "data-footnote-backref"))
_UNSEEN_ROLES = frozenset(("navigation", "dialog", "alertdialog", "doc-noteref", "doc-backlink"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSELECTABLE = re.compile(r"user-select\s*:\s*none", re.IGNORECASE)
"""The style of a line number in code where the highlighter writes no classes (Chroma)."""
_HIDDEN_CODE_CLASSES = frozenset(("boring",))
"""Classes of lines of code that mdBook hides."""


def is_unseen(attributes: Attributes) -> bool:
    """Check whether an element is hidden, or a sign beside the text such as a line number."""
    if "class" in attributes and has_class(attributes["class"], UNSEEN_CLASSES):
        return True
    # What is below another tab, a reader opens.
    if _HIDING_ATTRIBUTES.isdisjoint(attributes) or attributes.get("role") == "tabpanel":
        return False
    # What is hidden until it is found, a browser's own search finds, too.
    if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
        return True
    if attributes.get("aria-hidden") == "true" or attributes.get("role") in _UNSEEN_ROLES:
        return True
    if "data-footnote-ref" in attributes or "data-footnote-backref" in attributes:
        return True
    return "style" in attributes and bool(_HIDDEN.search(attributes["style"]))


def is_footnote_sign(attributes: Attributes) -> bool:
    """Check whether an element that is not seen, or a `sup`, is the sign of a footnote."""
    if not _FOOTNOTE_ATTRIBUTES.isdisjoint(attributes) or attributes.get("role") == "doc-noteref":
        return True
    return "class" in attributes and has_class(attributes["class"], _FOOTNOTE_CLASSES)


def is_line_number(attributes: Attributes) -> bool:
    """Check whether an element's class is one of numbers of lines of code."""
    return "class" in attributes and has_class(attributes["class"], LINE_NUMBER_CLASSES)


def is_unselectable(attributes: Attributes) -> bool:
    """Check whether an element within code is no part of it: a line's number, which is not copied, or a hidden line."""
    if "class" in attributes and has_class(attributes["class"], _HIDDEN_CODE_CLASSES):
        return True
    return "style" in attributes and bool(_UNSELECTABLE.search(attributes["style"]))
