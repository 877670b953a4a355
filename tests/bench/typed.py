"""How often an article is among the suggestions for the beginning of its title.

    backmatter index --content DIR --index INDEX
    python -m tests.bench.typed INDEX

Titles that several articles have, and those without a word, are left out: nobody could tell which one is meant.
"""

import argparse
from collections import Counter
from pathlib import Path
from statistics import median
from time import perf_counter

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.suggest import suggest

SHOWN = 5


def beginning(title: str, share: float) -> str:
    """Give the first letters of a title, without a blank at the end."""
    return title[: max(1, round(len(title) * share))].rstrip()


def main() -> None:
    parser = argparse.ArgumentParser(description="Type the titles of an index and look at the suggestions.")
    parser.add_argument("index", type=Path)
    parser.add_argument("--share", type=float, default=0.6, help="of the letters of a title")
    parser.add_argument("--missed", action="store_true", help="print what was not suggested")
    options = parser.parse_args()
    snapshot = WhooshEngine(options.index).snapshot()
    posts = [post for holding in snapshot.holdings().values() if (post := snapshot.post(holding.slug))]
    shared = Counter(post.title.casefold() for post in posts)
    titles = {
        post.title: post.url
        for post in posts
        if shared[post.title.casefold()] == 1 and any(map(str.isalnum, post.title))
    }
    took, missed = [], []
    for title, url in titles.items():
        typed, started = beginning(title, options.share), perf_counter()
        found = suggest(snapshot, analyse(typed))
        took.append((perf_counter() - started) * 1000)
        if url not in {suggestion.url.partition("#")[0] for suggestion in found[:SHOWN]}:
            missed.append(f"{typed!r}: {title}")
    if options.missed:
        print("\n".join(missed))  # noqa: T201
    share = 1 - len(missed) / max(1, len(titles))
    print(f"{len(titles)} titles, {share:.1%} among {SHOWN}; median {median(took):.2f} ms, most {max(took):.1f} ms")  # noqa: T201


if __name__ == "__main__":
    main()
