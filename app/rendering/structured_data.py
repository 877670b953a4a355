"""Describe an article for programs that show a preview of it, in the terms of https://schema.org/Article."""

from textwrap import shorten

from ...index.model import Post

# What search engines and social sites show of a description.
MAX_DESCRIPTION = 160
# Reading more of a text than this makes its description no other.
_DESCRIBED_LENGTH = 1_000


def description(post: Post) -> str:
    """Return the author's summary, or the beginning of the text."""
    return post.summary or shorten(post.text[:_DESCRIBED_LENGTH], MAX_DESCRIPTION, placeholder="…")


def linked_data(post: Post, url: str, publisher: str) -> dict[str, object]:
    """Describe an article as JSON-LD; what is not known is left out.

    Args:
        post: The article.
        url: Its full address.
        publisher: The journal's name.
    """
    known = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title,
        "description": description(post),
        "url": url,
        "inLanguage": post.language,
        "datePublished": post.date and post.date.isoformat(),
        "dateModified": post.updated and post.updated.isoformat(),
        "author": post.author and {"@type": "Person", "name": post.author},
        "keywords": post.tags,
        "publisher": {"@type": "Organization", "name": publisher},
    }
    return {name: value for name, value in known.items() if value}
