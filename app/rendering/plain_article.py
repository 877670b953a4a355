"""An article as the index has it: its headings, paragraphs and code, without links, pictures and tables."""

from collections.abc import Iterator

from markupsafe import Markup

from ...index.model import Post

_LISTING = Markup('<div class="listing"><pre tabindex="0"><code>{}</code></pre></div>')
_PARAGRAPH = Markup("<p>{}</p>")


def text_as_html(post: Post) -> Markup:
    """Return the text of a post as HTML; links to its sections lead to the same headings."""
    return Markup("\n").join(_parts(post))


def _parts(post: Post) -> Iterator[Markup]:
    listings = iter(post.code)
    listing = next(listings, None)
    for section in post.sections:
        if section.level:
            # The title of the page is its only heading of the first level.
            tag = f"h{max(2, section.level)}"
            yield Markup('<{0} id="{1}">{2}</{0}>').format(tag, section.anchor, section.title)
        position = section.start
        while listing and listing.end <= section.end:
            yield from _paragraphs(post.text[position : listing.start])
            yield _LISTING.format(post.text[listing.start : listing.end])
            position = listing.end
            listing = next(listings, None)
        yield from _paragraphs(post.text[position : section.end])


def _paragraphs(text: str) -> Iterator[Markup]:
    return (_PARAGRAPH.format(line) for line in text.split("\n") if line.strip())
