"""Make documents of posts and send them, before the commit that makes them visible."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from statistics import fmean
from typing import NamedTuple

from ...model import Holding, Post
from ...segment.fields import post_tokens
from ...segment.vectors import Embedder
from .cluster import Access, Action, Cluster
from .documents import document_of, key, length

# The average length of posts is estimated from this many if it is not known; their tokens are held meanwhile.
LENGTH_SAMPLE = 50

# Documents that are not sent before the commit: together with what it removes, they take one request.
FEW = 20


class StagedPosts(NamedTuple):
    """Posts that are part of a commit.

    Attributes:
        holdings: What the index then holds of each, by path.
        unsent: Those of their documents that are still to be sent, by path.
        kept: The paths of those that an unfinished index had already, and none of which was sent.
    """

    holdings: dict[str, Holding]
    unsent: dict[str, Action]
    kept: set[str]


def stage_documents(
    access: Access,
    index: str,
    generation: int,
    average: float,
    held: Mapping[str, tuple[Holding, int]] | None,
    embedder: Embedder | None,
    posts: Iterable[Post],
) -> StagedPosts:
    """Send posts unless they are few; of those with the same path the last one counts.

    A new index may have posts of a build that was broken off, which are not sent again; `held` is None of another one.
    An average length of 0 is not known: it is estimated from the first posts.
    """
    staged = StagedPosts({}, {}, set())
    remaining = ((post, post_tokens(post)) for post in posts if _is_new(post, held or {}, staged))
    first = list(islice(remaining, LENGTH_SAMPLE if not average else FEW + 1))
    average = average or max(1.0, fmean([length(tokens) for _, tokens in first] or [1]))

    def actions() -> Iterator[Action]:
        for post, tokens in chain(first, remaining):
            source = document_of(post, tokens, generation, average, embedder)
            yield {"_index": index, "_id": key(post.path, generation), "_source": source}

    if len(first) <= FEW and held is None:
        staged.unsent.update(zip([post.path for post, _ in first], actions(), strict=True))
    else:
        Cluster(access).bulk(actions(), require_alias=held is not None)
    return staged


def _is_new(post: Post, held: Mapping[str, tuple[Holding, int]], staged: StagedPosts) -> bool:
    """Note what is held of a post, and return whether it has to be sent."""
    holding = Holding(post.fingerprint, post.stamp, post.slug, post.expires)
    is_kept = post.path not in staged.holdings and post.path in held and held[post.path][0] == holding
    staged.holdings[post.path] = holding
    (staged.kept.add if is_kept else staged.kept.discard)(post.path)
    return not is_kept
