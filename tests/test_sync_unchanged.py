"""The posts that stay as they are, counted by those that do not, against a plain set."""

from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.model import Holding
from backmatter.index.sync.unchanged import UnchangedPosts

PATHS = st.sets(st.sampled_from([f"{letter}.md" for letter in "abcdefgh"]))
STEPS = st.lists(st.tuples(st.sampled_from(["add", "discard"]), PATHS), max_size=4)


@given(held=PATHS, found=PATHS, changed=PATHS, steps=STEPS)
def test_posts_stay_as_in_a_set_of_them(held, found, changed, steps):
    unchanged = UnchangedPosts({path: Holding("f", "s", path, None) for path in held})
    unchanged.find(found, changed & found)
    expected = held & found - changed
    for step, paths in steps:
        for path in sorted(paths & held if step == "add" else paths - unchanged.vanished):
            getattr(unchanged, step)(path)
            getattr(expected, step)(path)
    assert {path for path in held if path in unchanged} == expected
    assert (len(unchanged), unchanged.others) == (len(expected), held - expected)
