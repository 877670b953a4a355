"""The one place where it is decided which posts readers may find."""

from collections.abc import Collection
from datetime import datetime

from index.model import Post
from index.settings import HoldBack


def held_back(post: Post, now: datetime, hold_back: Collection[HoldBack]) -> str | None:
    """Say why readers must not find a post, or give None.

    Args:
        post: The post.
        now: The moment to decide for; aware.
        hold_back: The kinds to hold back, from the settings.
    """
    if post.draft and "draft" in hold_back:
        return "a draft"
    if post.date and post.date > now and "future" in hold_back:
        return f"dated {post.date:%Y-%m-%d %H:%M}, in the future"
    if post.expires and post.expires <= now and "expired" in hold_back:
        return f"expired {post.expires:%Y-%m-%d %H:%M}"
    if post.unlisted and "unlisted" in hold_back:
        return "unlisted"
    return None
