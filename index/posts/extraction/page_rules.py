"""What built pages are made of: the tags, classes and attributes that generators, themes and highlighters use.

One place for all of them: search and the article's own page read the same content by these rules.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

NodeT = TypeVar("NodeT")
Attributes = Mapping[str, str]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# fmt: off
CONTENT_CLASSES = (
    "post-content", "entry-content", "e-content",              # Hugo, Jekyll, Pelican, Nikola; microformats
    "article-entry", "article-body", "post-body",              # Hexo
    "sl-markdown-content", "theme-doc-markdown", "vp-doc",     # Starlight, Docusaurus, VitePress
    "gh-content", "available-content",                         # Ghost, Substack
    "markdown-section", "col-content",                         # HonKit and docsify, TypeDoc
    "article-content",                                         # Stack and Blowfish for Hugo
    "markdown-body", "markdown", "prose",                      # GitHub's styles, Tailwind
)
"""Classes of the element that holds an article's text and nothing else; the first that occurs exactly once counts."""

ENTRY_CLASSES = ("h-entry", "hentry")
"""Classes of an article with its by-line: microformats."""

MAIN_MARKS = (
    *("<article>", *(f".{name}" for name in ENTRY_CLASSES), "<main>", "role=main"),
    *("#content", "#main-content", "#page-content", "#main", "#doc-content"),
)
"""Marks of a page's main part: a tag, a class, a role or an id; the first that occurs exactly once counts."""

SURROUNDING_TAGS = frozenset(("nav", "header", "footer", "aside"))
"""Tags around the text in a page that does not mark its main content."""

PERMALINK_CLASSES = _words(
    "headerlink header-anchor hash-link heading-anchor",       # Sphinx, VitePress, Docusaurus
    "sl-anchor-link anchor-link anchorjs-link direct-link",    # Starlight, Jupyter, AnchorJS, Eleventy
)
"""Classes of the link in a heading that leads to the heading itself."""

LINE_NUMBER_CLASSES = _words(
    "gutter linenos lineno linenodiv",                         # Hexo, Pygments, Rouge
    "lnt ln lnlinks giallo-ln linenr",                         # Chroma; Zola; Org
    "conum",                                                   # Asciidoctor's numbers of notes on lines
    "line-numbers-wrapper line-numbers-rows",                  # VitePress, Prism
)

BYLINE_CLASSES = _words(
    "post-meta post-metadata post-info post-tags article-meta entry-meta metadata byline dateline",
    "reading-time md-tags article-tag-list tags-list tags tag-list article-tags entry-tags quarto-categories",
    "tag-cloud last-updated last-updated-on",
)
"""Classes of what stands around a text about it: its date, author and tags."""

_AROUND_TEXT_CLASSES = _words(
    "sr-only visually-hidden screen-reader-text skip-link skip-to-content",     # for screen readers alone
    "toc toctree-wrapper table-of-contents theme-doc-toc-mobile mobile-toc",    # tables of contents
    "breadcrumb breadcrumbs theme-doc-breadcrumbs nextra-breadcrumb",
    "links-nextprev prev-next-area prev-next-footer pagination pagination-nav", # previous and next
    "neighbors pager post-nav post-navigation paginav prev-next section-nav postpromonav ablog__prev-next",
    "share share-buttons article-share-link",
    "edit-link edit-this-page theme-edit-this-page md-content__button VPDocFooter",
    "comments related related-posts related-pages giscus utterances",
    "post-footer article-footer post-tail-wrapper page__share",                 # LoveIt, Stack, Chirpy, MM for Jekyll
    "quarto-appendix-bibtex quarto-appendix-citeas quarto-appendix-secondary-label",
    "comments-area comment-list commentlist comment-respond sharedaddy jp-relatedposts",  # WordPress
    "d-print-none print:hidden noprint no-print",              # not printed: Bootstrap, Tailwind, MediaWiki
    "subscription-widget-wrap td-page-meta__lastmod",          # Substack, Docsy
    "mw-editsection",                                          # MediaWiki, in headings
    "copy copybtn copy-code lang",                                              # beside a code block
)
# fmt: on

SITE_NAME_CLASSES = _words("menu-title site-title site-name navbar-brand blog-title")
"""Classes of a heading that is the site's name: mdBook, Jekyll, Docusaurus."""

TITLE_CLASSES = _words("entry-title p-name post-title graf--title")
"""Classes of a heading of any level that is the title of a page: microformats, Blogger, Medium."""

LIST_CLASSES = _words("h-feed post-list posts-list postlist ablog__collection")
"""Classes of a list of posts: microformats, Jekyll, Eleventy, ABlog."""

LEFT_OUT_CLASSES = PERMALINK_CLASSES | BYLINE_CLASSES | _AROUND_TEXT_CLASSES
"""Classes of elements in an article that are not part of its text."""
BYLINE_TAGS = frozenset(("div", "header", "section", "article", "main", "a"))
"""Elements in which a time is a by-line's; in a paragraph or an item of a list it is part of a sentence."""
TITLE_PARTS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "p"))
"""What is read of an article's own header, the one with its `h1`: the rest is a by-line."""
MIN_SUBTITLE_WORDS = 4
"""Words of a paragraph there; with fewer it is a category or an author."""

COMPANION_CLASSES = {
    "hljs": "",  # highlight.js: <code class="hljs python">
    "sourceCode": "",  # Pandoc: <pre class="sourceCode python">
    "literal-block": "",  # docutils: <pre class="code python literal-block">
    "highlight": "figure",  # Hexo: <figure class="highlight rust">
}
"""Classes beside which a class is the language of the code, and the one tag that they count on, "" for any."""

UNNAMED_LANGUAGES = _words(
    "text plain plaintext txt none default nohighlight fallback",  # what highlighters write where none is named
    "wrapper container block lines box table",  # classes such as `highlight-wrapper`
)
"""Languages of code in a built page that say that none is named."""
_NOT_A_LANGUAGE = _words("code notranslate chroma numberSource code-with-copy literal-block wrap line-numbers")

_TERM_PAGE = re.compile(r"(?:^|/)(?:tags?|categor(?:y|ies)|authors?)/[^/]")
"""The address of a page of a tag, a category or an author."""
_LANGUAGE_ATTRIBUTES = ("data-lang", "data-language")
_LANGUAGE_CLASS = re.compile(r"(?:^|\s)(?:(?:language|lang|highlight-source|highlight|src)-|brush:\s*)([\w+#.-]+)")


@lru_cache(maxsize=4096)
def has_class(classes: str, wanted: frozenset[str]) -> bool:
    """Check whether an element's classes have one of some; a page has few different ones, on thousands of elements."""
    return not wanted.isdisjoint(classes.split())


def is_left_out(tag: str, attributes: Attributes, parent: str) -> bool:
    """Check whether an element in the main content of a page is no part of the article.

    Args:
        tag: Its tag.
        attributes: Its attributes.
        parent: The tag of the element that it is in: the footer of a quotation names who is quoted.
    """
    if (tag == "footer" and parent != "blockquote") or (tag == "time" and parent in BYLINE_TAGS):
        return True
    if not attributes:
        return False
    # What is not to be quoted by a search: for Pagefind, and for Google.
    if "data-pagefind-ignore" in attributes or "data-nosnippet" in attributes:
        return True
    if "role" in attributes and attributes["role"] == "doc-toc":  # Org's table of contents
        return True
    return "class" in attributes and has_class(attributes["class"], LEFT_OUT_CLASSES)


def is_around(tag: str, attributes: Attributes, parent: str) -> bool:
    """Check the same of an element in a page that does not mark its main content."""
    return tag in SURROUNDING_TAGS or is_left_out(tag, attributes, parent)


def is_subtitle(text: str, links: Iterable[Attributes], *, has_time: bool) -> bool:
    """Check whether a paragraph in the header of an article is part of it, and not of its by-line."""
    names_terms = any(_TERM_PAGE.search(link.get("href", "")) for link in links)
    return not has_time and not names_terms and len(text.split()) >= MIN_SUBTITLE_WORDS


def declared_language(tag: str, attributes: Attributes) -> str:
    """Read a code block's language from `data-lang`, or from a class such as `language-go` or `hljs go`; else ""."""
    name = next((attributes[key] for key in _LANGUAGE_ATTRIBUTES if attributes.get(key)), "")
    if not name and "class" in attributes:
        found = _LANGUAGE_CLASS.search(attributes["class"])
        name = found[1] if found else _companion_language(tag, attributes["class"].split())
    return name


def _companion_language(tag: str, classes: Iterable[str]) -> str:
    companions = [name for name in classes if COMPANION_CLASSES.get(name) in ("", tag)]
    others = (name for name in classes if name not in COMPANION_CLASSES and name not in _NOT_A_LANGUAGE)
    return next(others, "") if companions else ""
