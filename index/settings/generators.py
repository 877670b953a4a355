"""What the `generator` setting stands for: how a site generator writes names, heading ids and addresses by default."""

from typing import Literal, NamedTuple

Generator = Literal[
    "none",
    "astro",
    "docusaurus",
    "eleventy",
    "ghost",
    "hexo",
    "html",
    "hugo",
    "jekyll",
    "mkdocs",
    "pelican",
    "zensical",
    "zola",
]
HeadingIds = Literal["github", "jekyll", "kramdown", "python", "hugo", "hugo-ascii", "blackfriday", "hexo", "zola"]
Markdown = Literal["any", "commonmark", "kramdown", "mdx", "python"]
Names = Literal["safe", "verbatim", "hugo", "jekyll", "pelican", "zola", "docusaurus", "github"]
Permalinks = tuple[tuple[str, str], ...]


class Conventions(NamedTuple):
    """The defaults of a generator.

    Attributes:
        permalink: Pattern of addresses where none of `permalinks` fits.
        permalinks: Pairs of a pattern of paths and one of addresses.
        markdown: The dialect of its posts; "any" is CommonMark with the marks of all others.
    """

    names: Names = "verbatim"
    heading_ids: HeadingIds = "github"
    permalink: str = "/{path}/"
    permalinks: Permalinks = ()
    markdown: Markdown = "commonmark"


_INDEXES: Permalinks = (("**/index.*", "/{folder}/"),)
_SECTIONS: Permalinks = (("**/_index.md", "/{folder}/"),)
_MANUAL = Conventions(
    heading_ids="python",
    markdown="python",
    permalink="/{folder}/{file}/",
    permalinks=(("**/index.md", "/{folder}/"), ("**/README.md", "/{folder}/")),
)
_DAYS = ("??-??", "?-??", "??-?", "?-?")
"""Months and days in a file's name, with one digit or two."""
_JEKYLL_POST = "/{categories}/{year}/{month}/{day}/{slug}.html"

CONVENTIONS: dict[Generator, Conventions] = {
    "none": Conventions(names="safe", markdown="any"),
    # Astro makes dashes before the ids, as Jekyll does.
    "astro": Conventions(names="github", heading_ids="jekyll"),
    "docusaurus": Conventions(
        names="docusaurus",
        markdown="mdx",
        permalink="/{path}",
        permalinks=(
            # Posts whose file or folder begins with the date of their address.
            *((f"blog/**/????-{day}-*", "/blog/{slug_or_dated}") for day in _DAYS),
            *((f"blog/**/????-{day}-*/index.*", "/blog/{slug_or_dated}") for day in _DAYS),
            ("**/index.*", "/{path}/"),
            ("**/README.*", "/{folder}/"),
        ),
    ),
    "eleventy": Conventions(permalink="/{folder}/{file}/", permalinks=_INDEXES),
    "ghost": Conventions(permalink="/{slug}/"),
    "hexo": Conventions(
        heading_ids="hexo",
        permalink="/{folder}/{file}.html",
        permalinks=(("_posts/**", "/{year}/{month}/{day}/{folder}/{file}/"), *_INDEXES),
    ),
    "html": Conventions(permalink="/{page}"),
    "hugo": Conventions(names="hugo", heading_ids="hugo", permalinks=_SECTIONS),
    "jekyll": Conventions(
        names="jekyll",
        heading_ids="jekyll",
        markdown="kramdown",
        permalink="/{folder}/{file}.html",
        permalinks=(("**/_posts/**", _JEKYLL_POST), ("**/_drafts/**", _JEKYLL_POST), *_INDEXES),
    ),
    "mkdocs": _MANUAL,
    "pelican": Conventions(
        names="pelican",
        heading_ids="python",
        markdown="python",
        permalink="/{slug_or_title}.html",
        permalinks=(("pages/**", "/pages/{slug_or_title}.html"),),
    ),
    "zensical": _MANUAL,
    "zola": Conventions(names="zola", heading_ids="zola", permalinks=_SECTIONS),
}
