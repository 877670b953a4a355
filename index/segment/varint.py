"""Numbers in groups of seven bits, the lowest first; the highest bit is set where another group follows (LEB128)."""


def write_varint(number: int) -> bytes:
    """Return a number, 0 or above, as bytes."""
    groups = bytearray()
    while number > 127:
        groups.append(number & 127 | 128)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number at an offset, and the offset after it."""
    value = data[at]
    if value < 128:
        return value, at + 1
    value, shift = value & 127, 7
    while data[at + 1] > 127:
        at += 1
        value |= (data[at] & 127) << shift
        shift += 7
    return value | data[at + 1] << shift, at + 2
