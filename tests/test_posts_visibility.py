"""What readers must not find is held back, and the reason is told."""

from datetime import UTC, datetime

import pytest

from backmatter.index.model import Source
from backmatter.index.posts import held_back, hides_itself
from backmatter.index.settings import Settings
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


@pytest.mark.parametrize(
    ("head", "is_hidden"),
    [
        ("title: {a\nexpiryDate: 2020-01-01", True),
        ("title: {a\nexpiryDate: 2999-01-01", False),
        ("title: {a\nexpires: 2020-13-45", True),
        ("title: {a\ndate: 2999-01-01", True),
        ("title: {a\ndate: 2020-01-01", False),
        ("title: {a\nsearch:\n  exclude: true", True),
        ("title: {a\nsearch: {exclude: true}", True),
        ("title: {a\nbuild: {render: never}", True),
        ("title: {a\nbuild:\n  list: never", True),
        ("title: {a\npassword: secret", True),
        ("title: {a\nvisibility: members", True),
        ("title: {a\nwip: yes", True),
        ("title: {a\npublish: false", True),
        ("title: {a\ndraft: false", False),
    ],
)
def test_a_post_whose_head_is_broken_hides_itself_by_any_line_that_would(tmp_path, head, is_hidden):
    (tmp_path / "post.md").write_text(f"---\n{head}\n---\nText.")
    assert hides_itself(Source(tmp_path, "post.md", "")) == is_hidden
