"""What readers must not find is held back, and the reason is told."""

from datetime import UTC, datetime

import pytest

from index.posts import held_back
from index.settings import Settings
from tests.reading import post_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ALL = Settings().hold_back


@pytest.mark.parametrize(
    ("front", "kind", "reason"),
    [
        ("draft: true", "draft", "a draft"),
        ("date: 2026-06-01T12:01:00Z", "future", "dated 2026-06-01 12:01, in the future"),
        ("date: 2026-06-01T15:00:00+01:00", "future", "dated 2026-06-01 15:00, in the future"),
        ("expiryDate: 2026-06-01T12:00:00Z", "expired", "expired 2026-06-01 12:00"),
        ("unlisted: true", "unlisted", "unlisted"),
    ],
)
def test_a_post_is_held_back_for_a_reason_unless_that_is_switched_off(front, kind, reason):
    post = post_of(f"---\n{front}\n---\nText.")
    assert held_back(post, NOW, ALL) == held_back(post, NOW, [kind]) == reason
    assert held_back(post, NOW, [other for other in ALL if other != kind]) is None


@pytest.mark.parametrize(
    "front",
    ["title: A", "date: 2026-06-01T12:00:00Z", "date: 2026-06-01T14:00:00+02:00", "expiryDate: 2026-06-01T12:01:00Z"],
)
def test_other_posts_are_shown(front):
    assert held_back(post_of(f"---\n{front}\n---\nText."), NOW, ALL) is None


def test_a_draft_of_the_future_is_a_draft():
    assert held_back(post_of("---\ndraft: true\ndate: 2999-01-01\n---\nText."), NOW, ALL) == "a draft"
