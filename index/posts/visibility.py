"""Decide which posts readers may find; nothing else decides it."""

import re
from collections.abc import Collection
from datetime import UTC, datetime

from ..model import Post, Source
from ..settings import HoldBack
from .front_matter.dates import latest_of, parse_date

# A head is longer than this only in a post that is none.
HEAD_BYTES = 8_192
_HIDING_LINE = re.compile(
    rb"""(?: ^ | [{,] ) [ \t]* ["']? (?:
        (?: draft | hidden | unlisted | private | headless | noindex | nosearch | isdraft | wip ) KEY
          (?:true|yes|on|1) \b
      | (?: published | publish | render | list | permalink | searchable | in_search_index ) KEY
          (?:false|never|no|off|0) \b
      | render KEY link \b
      | search KEY \{? \s* exclude KEY (?:true|yes|on|1) \b
      | status KEY (?:draft|hidden|skip|private|pending) \b
      | visibility KEY (?:members|paid|private|hidden|unlisted) \b
      | password KEY [^\s"'] )""".replace(b"KEY", rb"""["']? [ \t]* [:=] [ \t]* (?:\n[ \t]+)? ["']?"""),
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_HIDING_DATE = re.compile(
    rb"""(?: ^ | [{,] ) [ \t]* ["']? (?P<key> expiry[_-]?date | expires | unpublish[_-]?date | publish[_-]?date | date )
      ["']? [ \t]* [:=] [ \t]* ["']? (?P<date> [^"'\n,}]{4,40} )""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)


def hides_itself(source: Source) -> bool:
    """Check whether a line of a post's head says that it is not public now; for a post that cannot be read."""
    if source.given.doubt:
        return True
    try:
        with source.file.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return bool(_HIDING_LINE.search(head)) or any(map(_hides_now, _HIDING_DATE.finditer(head)))


def _hides_now(found: re.Match[bytes]) -> bool:
    """Check whether a date of expiry is past, or one of publishing to come; what is no date is told by its year."""
    text = found["date"].decode("utf-8", "replace").strip()
    try:
        moment = parse_date(text)
    except ValueError:
        moment = latest_of(text)
    is_expiry = found["key"].lower().startswith((b"exp", b"unp"))
    return moment is not None and (moment < datetime.now(UTC)) == is_expiry


def held_back(post: Post, now: datetime, hold_back: Collection[HoldBack]) -> str | None:
    """Return why readers must not find a post, or None if they may.

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
    if post.unbuilt and "unbuilt" in hold_back:
        return post.unbuilt
    if post.doubt and "doubtful" in hold_back:
        return post.doubt
    if post.no_article and "no-article" in hold_back:
        return post.no_article
    return None
