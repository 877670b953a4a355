"""Numbers in groups of seven bits."""

from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.segment.varint import read_varint, write_varint


@given(st.binary(max_size=3), st.integers(0, 2**64))
def test_a_number_is_read_as_it_was_written_wherever_it_stands(before, number):
    written = before + write_varint(number)
    assert read_varint(written + b"\xff", len(before)) == (number, len(written))
