"""Find the part of an HTML page that is the article, in any kind of tree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Generic, NamedTuple

from ..extraction.page_rules import CONTENT_CLASSES, ENTRY_CLASSES, MAIN_MARKS, Attributes, NodeT
from ..extraction.page_tree import PageTree
from ..extraction.pagefind import ATTRIBUTES, BODY, IGNORE, NO_BODY_TAGS, VALUE_ATTRIBUTES, WEIGHT, hides_all

MIN_SHARE = 0.5
"""The share of the text of a page's main part that an element must hold to be the article by its class alone."""

MIN_ARTICLE_SHARE = 0.6
"""The share of the text of all `<article>`s of a page that one must hold to be the page's own, beside related ones."""

_VALUE_MARK = "[data-pagefind-*]"
_HIDDEN_MARK = f"[{IGNORE}=all]"
_IGNORED_PAGE = f"body[{IGNORE}]"
_ARTICLE_BODY = "itemprop=articleBody"
_CLASS_MARKS = tuple(f".{name}" for name in CONTENT_CLASSES)
_THEME_CLASSES = frozenset(CONTENT_CLASSES + ENTRY_CLASSES)
_MAIN_TAGS = frozenset(("article", "main"))
_MARKING_ATTRIBUTES = frozenset(("class", "id", "role", "itemprop")) | ATTRIBUTES


class MainContent(NamedTuple, Generic[NodeT]):
    """What a page marks as its main content.

    Attributes:
        nodes: The elements that hold the article, in order; none where the page marks nothing.
        parts: The elements that hold the article and what stands around it, such as its by-line.
        articles: Every `<article>` that is in no other.
        labelled: Elements anywhere that name values for Pagefind.
        weight: The weight that the page gives the article for Pagefind, as written; "" for none.
        has_body: Whether the page marks the article for Pagefind.
        is_ignored: Whether the page as a whole is left out for Pagefind.
    """

    nodes: Sequence[NodeT]
    parts: Sequence[NodeT]
    articles: Sequence[NodeT]
    labelled: Sequence[NodeT]
    weight: str = ""
    has_body: bool = False
    is_ignored: bool = False


def find_main(tree: PageTree[NodeT]) -> MainContent[NodeT]:
    """Find the main content of a page."""
    marked = _without_hidden(tree, _marked(tree))
    articles = outermost(tree, marked.get("<article>", []))
    marked["<article>"] = _own_article(tree, articles)
    parts = [nodes[0] for mark in MAIN_MARKS if len(nodes := marked.get(mark, [])) == 1]
    main = _nodes(tree, marked, parts)
    has_body = BODY in marked
    return MainContent(
        main,
        parts,
        articles,
        marked.get(_VALUE_MARK, ()),
        _weight(tree, marked.get(WEIGHT, ()), main),
        has_body,
        _IGNORED_PAGE in marked and not has_body,
    )


def _without_hidden(tree: PageTree[NodeT], marked: dict[str, list[NodeT]]) -> dict[str, list[NodeT]]:
    """Return what is marked for Pagefind without what is in elements that it does not see."""
    if _HIDDEN_MARK not in marked:
        return marked
    hidden = {id(inner) for node in outermost(tree, marked[_HIDDEN_MARK]) for inner, _, _ in tree.elements(node)}
    seen = {mark: [node for node in marked.get(mark, ()) if id(node) not in hidden] for mark in (BODY, _VALUE_MARK)}
    return {mark: nodes for mark, nodes in (marked | seen).items() if nodes}


def _weight(tree: PageTree[NodeT], weighted: Sequence[NodeT], nodes: Sequence[NodeT]) -> str:
    """Return the weight of the innermost element that has one and holds all of the article."""
    wanted = set(map(id, nodes))
    around = [node for node in weighted if wanted and wanted <= {id(inner) for inner, _, _ in tree.elements(node)}]
    return tree.attributes(around[-1])[WEIGHT] if around else ""


def _own_article(tree: PageTree[NodeT], articles: list[NodeT]) -> list[NodeT]:
    """Return the article that holds most of the text of all, or else all."""
    if len(articles) < 2:
        return articles
    lengths = [len(tree.text(node)) for node in articles]
    longest = max(lengths)
    return [articles[lengths.index(longest)]] if longest > MIN_ARTICLE_SHARE * sum(lengths) else articles


def _nodes(tree: PageTree[NodeT], marked: Mapping[str, list[NodeT]], parts: list[NodeT]) -> Sequence[NodeT]:
    if BODY in marked:
        return outermost(tree, marked[BODY])
    bodies = marked.get(_ARTICLE_BODY, [])
    if len(bodies) == 1:
        return bodies
    classed = [nodes[0] for mark in _CLASS_MARKS if len(nodes := marked.get(mark, [])) == 1]
    enough = MIN_SHARE * len(tree.text(parts[0])) if classed and parts else 0
    return next(([node] for node in classed if len(tree.text(node)) >= enough), parts[:1])


def outermost(tree: PageTree[NodeT], nodes: Iterable[NodeT]) -> list[NodeT]:
    """Return those of some elements, given in their order, that are in none of the others."""
    inner: set[int] = set()
    found = []
    for node in nodes:
        if id(node) not in inner:
            found.append(node)
            inner.update(id(each) for each, _, _ in tree.elements(node))
    return found


def _marked(tree: PageTree[NodeT]) -> dict[str, list[NodeT]]:
    """Return the elements that have each mark. Every element of every page comes by here, most of them without any."""
    marked: dict[str, list[NodeT]] = {}
    for element, tag, attributes in tree.elements(tree.root):
        if tag in _MAIN_TAGS:
            marked.setdefault(f"<{tag}>", []).append(element)
        if _MARKING_ATTRIBUTES.isdisjoint(attributes):
            continue
        for mark in _class_marks(attributes["class"]) if "class" in attributes else ():
            marked.setdefault(mark, []).append(element)
        if len(attributes) > 1 or "class" not in attributes:
            for mark in _attribute_marks(tag, attributes):
                marked.setdefault(mark, []).append(element)
    return marked


def _attribute_marks(tag: str, attributes: Attributes) -> Iterator[str]:
    if "id" in attributes:
        yield f"#{attributes['id']}"
    if "role" in attributes:
        yield f"role={attributes['role']}"
    if "itemprop" in attributes and "articleBody" in attributes["itemprop"].split():
        yield _ARTICLE_BODY
    if not ATTRIBUTES.isdisjoint(attributes):
        yield from _pagefind_marks(tag, attributes)


def _pagefind_marks(tag: str, attributes: Attributes) -> Iterator[str]:
    if BODY in attributes and tag not in NO_BODY_TAGS:
        yield BODY
    if WEIGHT in attributes:
        yield WEIGHT
    if any(name in attributes for name in VALUE_ATTRIBUTES):
        yield _VALUE_MARK
    if IGNORE in attributes and tag == "body":
        yield _IGNORED_PAGE
    if hides_all(attributes):
        yield _HIDDEN_MARK


@lru_cache(maxsize=4096)
def _class_marks(classes: str) -> tuple[str, ...]:
    return tuple(f".{name}" for name in classes.split() if name in _THEME_CLASSES)
