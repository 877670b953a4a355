"""Attributes that are computed when they are first asked for."""

from backmatter.index.lazy import lazy


class Sums:
    def __init__(self):
        self.asked = 0

    @lazy
    def total(self):
        self.asked += 1
        return 41 + self.asked


def test_an_attribute_is_computed_when_it_is_first_asked_for_and_each_object_has_its_own():
    one, other = Sums(), Sums()
    assert one.asked == 0
    assert (one.total, one.total, one.asked) == (42, 42, 1)
    assert other.asked == 0
