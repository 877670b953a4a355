"""What a page says to Pagefind by its attributes, as Pagefind 1.6 understands it, on the tree that browsers make.

https://pagefind.app/docs/metadata/, https://pagefind.app/docs/filtering/, https://pagefind.app/docs/sorts/,
https://pagefind.app/docs/indexing/
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan

from ..front_matter.metadata import MAX_BOOST, MIN_BOOST
from .page_rules import Attributes, NodeT
from .page_tree import PageTree

BODY, IGNORE, WEIGHT, INDEXED_ATTRIBUTES = (
    f"data-pagefind-{name}" for name in ("body", "ignore", "weight", "index-attrs")
)
FILTER, SORT, META, DEFAULT_META = (f"data-pagefind-{name}" for name in ("filter", "sort", "meta", "default-meta"))
VALUE_ATTRIBUTES = (FILTER, SORT, META, DEFAULT_META)
ATTRIBUTES = frozenset((BODY, IGNORE, WEIGHT, *VALUE_ATTRIBUTES))
"""Attributes that a page is searched for."""
NO_BODY_TAGS = frozenset("head style script noscript label form svg footer nav iframe template img br hr input".split())
"""Tags of elements that are no body, though they are marked as one: Pagefind leaves them out, or they hold nothing."""
SHOWN_META = ("title", "image", "image_alt")
"""Keys of what Pagefind shows of a page; the values of all others are searched, too."""
MAX_VALUE_LENGTH = 10_000
"""Characters of a value; longer ones are a text that is marked by mistake."""


@dataclass(frozen=True, slots=True)
class PagefindValues:
    """The values of keys that a page has for Pagefind.

    Attributes:
        labels: The values of filters and orders, in their order.
        meta: The metadata.
        default_meta: The metadata of keys that nothing else has.
        boost: What the page's score is multiplied by; None where it says nothing of it.
    """

    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)
    default_meta: Mapping[str, str] = field(default_factory=dict)
    boost: float | None = None

    @property
    def searched(self) -> list[str]:
        """The metadata that is searched as text."""
        return [value for key, value in self.meta.items() if key not in SHOWN_META]


def hides_all(attributes: Attributes) -> bool:
    """Check whether an element is left out with all the values in it; `all`, and what Pagefind does not know, does."""
    return attributes.get(IGNORE, "").lower() not in ("", "index", "true")


def pagefind_values(tree: PageTree[NodeT], nodes: Sequence[NodeT], weight: str) -> PagefindValues:
    """Return the values that elements with such attributes have.

    Args:
        tree: The page.
        nodes: The elements, in their order.
        weight: That of the page's main content, as written.
    """
    labels: dict[str, list[str]] = {}
    for key, value, _ in _values(tree, nodes, FILTER, SORT):
        if value not in labels.setdefault(key, []):
            labels[key].append(value)
    meta, default_meta = (_last_values(tree, list(_values(tree, nodes, name))) for name in (META, DEFAULT_META))
    return PagefindValues(labels, meta, default_meta, _boost(weight))


def _last_values(tree: PageTree[NodeT], values: Sequence[tuple[str, str, NodeT]]) -> dict[str, str]:
    """Return the value of each key: that of the element that ends last, which may hold the others."""
    found: dict[str, str] = {}
    inner: dict[str, set[int]] = {}
    for key, value, node in values:
        within = inner.setdefault(key, set())
        if id(node) not in within:
            found[key] = value
            within.update(id(each) for each, _, _ in tree.elements(node))
    return found


def _values(tree: PageTree[NodeT], nodes: Sequence[NodeT], *names: str) -> Iterator[tuple[str, str, NodeT]]:
    """Yield key, value and element of what some attributes name, without empty values."""
    for node in nodes:
        attributes = tree.attributes(node)
        for name in names:
            for key, attribute, literal in _labels(attributes.get(name, "")):
                text = literal or (attributes.get(attribute, "") if attribute else tree.indexed_text(node))
                value = text[:MAX_VALUE_LENGTH].strip()
                if key and value:
                    yield key, value, node


def _labels(written: str) -> Iterator[tuple[str, str, str]]:
    """Yield key, attribute and literal value of each label.

    `key` takes the element's text, `key[attribute]` an attribute's value, and `key:value` all that follows. Commas
    stand between labels.
    """
    while written.strip():
        label, _, rest = written.partition(",")
        key, colon, _ = label.partition(":")
        if colon and "[" not in key:
            yield key.strip(), "", written.partition(":")[2]
            return
        key, bracket, attribute = label.partition("[")
        yield key.strip(), attribute.partition("]")[0].strip() if bracket else "", ""
        written = rest


def _boost(weight: str) -> float | None:
    """Return what a score is multiplied by: the square of a weight, as far as it may be; None for no number."""
    try:
        number = float(weight)
    except ValueError:
        return None
    return None if isnan(number) else min(max(max(number, 0.0) ** 2, MIN_BOOST), MAX_BOOST)
