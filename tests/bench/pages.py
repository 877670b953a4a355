"""The posts of an index as plain pages, for what reads built sites."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from backmatter.index.model import Post


def write_pages(site: Path, posts: Iterable[Post]) -> None:
    """Write a page for each post."""
    for number, post in enumerate(posts):
        paragraphs = "".join(f"<p>{escape(line)}</p>" for line in post.text.split("\n"))
        page = site / str(number) / "index.html"
        page.parent.mkdir(parents=True)
        title = escape(post.title)
        body = f"<main data-pagefind-body><h1>{title}</h1>{paragraphs}</main>"
        page.write_text(f'<!doctype html><html lang="{post.language}"><title>{title}</title>{body}', "utf-8")
