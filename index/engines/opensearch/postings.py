"""The postings of one post as bytes, of which a script on the node selects those of a query's terms.

Terms are grouped by the checksum of their stem in the language of the post. With G groups, little-endian:

    width        1 byte; the bytes of an end, 2 or 4
    G            4 bytes
    checksums    2 G bytes, ascending; the lower half of the stem's CRC-32
    ends         G ends; where each group ends, counted from the first
    groups       each its entries: length, term in UTF-8, length, positions

Numbers in an entry are varints, the lowest seven bits first. Positions are ascending, each as the distance from the one
before. Stems that share a checksum do no harm: a term that is selected in vain is no match.
"""

import struct
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from ...analysis import stem
from ...segment.arrays import Array
from ...segment.fields import PostTokens
from ...segment.varint import read_varint, write_varint

# A term, and its positions as they are stored.
TermPositions = tuple[bytes, bytes]

HEAD = struct.Struct("<BI")
ENDS = {2: "<u2", 4: "<u4"}
CHECKSUMS = "<u2"
# The bytes of a varint after which it goes on.
CONTINUED = bytes(range(128, 256))

# Lengths of terms and of positions: few are not the same as many others.
_varint = lru_cache(maxsize=1 << 10)(write_varint)

# The smallest numbers that take two bytes, three, and so on.
LONGER = np.array([1 << 7, 1 << 14, 1 << 21, 1 << 28])
PLACES = np.arange(len(LONGER) + 1)

# Returns the entries of the terms that are asked for, in base64: by their stems, by how they begin, or those that the
# post has more than once. What is the same for all queries is compiled once.
SELECT = """
long varint(byte[] b, int at) {
  long value = 0; int shift = 0; int part = 0;
  do { part = b[at]; at += 1; value |= ((long) (part & 127)) << shift; shift += 7; } while (part < 0);
  return (value << 32) | at;
}
int fixed(byte[] b, int at, int width) {
  int value = (b[at] & 255) | (b[at + 1] & 255) << 8;
  return width == 2 ? value : value | (b[at + 2] & 255) << 16 | (b[at + 3] & 255) << 24;
}
boolean begins(byte[] b, int at, int end, byte[] with) {
  if (end - at < with.length) { return false; }
  for (int i = 0; i < with.length; i++) { if (b[at + i] != with[i]) { return false; } }
  return true;
}
if (doc['postings'].size() == 0) { return ''; }
int[] stems = new int[params.stems.length];
for (int i = 0; i < stems.length; i++) { stems[i] = (int) params.stems[i]; }
List prefixes = new ArrayList();
for (def prefix : params.prefixes) { prefixes.add(Base64.getDecoder().decode((String) prefix)); }
def stored = doc['postings'].value;
byte[] b = stored.bytes;
int width = b[stored.offset];
int groups = fixed(b, stored.offset + 1, 4);
int checksum = stored.offset + 5;
int end = checksum + 2 * groups;
int first = end + width * groups;
byte[] found = new byte[stored.length];
int size = 0;
int begin = first;
for (int group = 0; group < groups; group++) {
  int stem = fixed(b, checksum, 2);
  int stop = first + fixed(b, end, width);
  boolean wanted = false;
  for (int i = 0; i < stems.length; i++) { if (stems[i] == stem) { wanted = true; break; } }
  if (wanted) {
    System.arraycopy(b, begin, found, size, stop - begin);
    size += stop - begin;
  } else if (params.repeated || !prefixes.isEmpty()) {
    int at = begin;
    while (at < stop) {
      long term = varint(b, at);
      int last = (int) term + (int) (term >>> 32);
      long positions = varint(b, last);
      int next = (int) positions + (int) (positions >>> 32);
      boolean taken = params.repeated && (int) varint(b, (int) positions) < next;
      for (int i = 0; i < prefixes.size() && !taken; i++) {
        taken = begins(b, (int) term, last, (byte[]) prefixes.get(i));
      }
      if (taken) {
        System.arraycopy(b, at, found, size, next - at);
        size += next - at;
      }
      at = next;
    }
  }
  begin = stop;
  checksum += 2;
  end += width;
}
byte[] selected = new byte[size];
System.arraycopy(found, 0, selected, 0, size);
return Base64.getEncoder().encodeToString(selected);
"""


class Positions(NamedTuple):
    """The positions of some entries, one after the other, and how many each has."""

    values: Array
    counts: Array


def term_positions(tokens: PostTokens) -> dict[str, list[int]]:
    """Return the ascending positions of each term of a post, the terms in their order."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, term in enumerate(tokens.terms):
        positions[term].append(position)
    for position, term in tokens.extras:
        positions[term].append(position)
    for _, term in tokens.extras:
        positions[term].sort()
    # A free position has no term.
    positions.pop("", None)
    return {term: positions[term] for term in sorted(positions)}


def pack_postings(positions: Mapping[str, Sequence[int]], language: str) -> bytes:
    """Return the postings of a post in a language."""
    groups: defaultdict[int, bytes] = defaultdict(bytes)
    for term, stored in zip(positions, _packed(positions.values()), strict=True):
        checksum, head = _head(term, language)
        groups[checksum] += head + _varint(len(stored)) + stored
    checksums = sorted(groups)
    parts = [groups[checksum] for checksum in checksums]
    ends = np.cumsum(list(map(len, parts)), dtype=np.int64)
    width = 2 if ends.max(initial=0) < 1 << 16 else 4
    table = np.array(checksums, CHECKSUMS).tobytes() + ends.astype(ENDS[width]).tobytes()
    return HEAD.pack(width, len(parts)) + table + b"".join(parts)


def checksum_of(own: str) -> int:
    """Return the checksum by which a stem is looked up."""
    return zlib.crc32(own.encode()) & 0xFFFF


def all_entries(packed: bytes) -> list[TermPositions]:
    """Return all entries of a post."""
    width, groups = HEAD.unpack_from(packed)
    return entries_of(packed[HEAD.size + (2 + width) * groups :])


def entries_of(selected: bytes) -> list[TermPositions]:
    """Return the entries in what the script returned."""
    found, at, end = [], 0, len(selected)
    while at < end:
        size, first = selected[at], at + 1
        if size > 127:
            size, first = read_varint(selected, at)
        term = selected[first : first + size]
        at = first + size
        size, first = selected[at], at + 1
        if size > 127:
            size, first = read_varint(selected, at)
        at = first + size
        found.append((term, selected[first:at]))
    return found


def count_positions(stored: bytes) -> int:
    """Return how many positions an entry has: each has one byte without the highest bit."""
    return len(stored.translate(None, CONTINUED))


def unpack_positions(stored: Sequence[bytes]) -> Positions:
    """Return the positions of entries, from the beginning of the post."""
    data = np.frombuffer(b"".join(stored), np.uint8)
    if not len(data):
        return Positions(np.empty(0, np.int64), np.zeros(len(stored), np.int64))
    is_last = data < 128
    first = np.concatenate([[0], np.flatnonzero(is_last)[:-1] + 1])
    shift = 7 * (np.arange(len(data)) - np.repeat(first, np.diff(first, append=len(data))))
    gaps = np.add.reduceat((data & 127).astype(np.int64) << shift, first)
    begins = np.cumsum([0, *map(len, stored)])[:-1]
    counts = np.add.reduceat(is_last, begins, dtype=np.int64)
    total = gaps.cumsum()
    start = np.cumsum(counts) - counts
    return Positions(total - np.repeat(total[start] - gaps[start], counts), counts)


@lru_cache(maxsize=1 << 15)
def _head(term: str, language: str) -> tuple[int, bytes]:
    """Return the checksum of a term's stem, and how its entry begins."""
    text = term.encode()
    return checksum_of(stem(term, language)), write_varint(len(text)) + text


def _packed(positions: Collection[Sequence[int]]) -> Iterator[bytes]:
    """Yield the positions of each term as they are stored."""
    counts = np.fromiter(map(len, positions), np.int64, len(positions))
    ends = counts.cumsum()
    flat = np.fromiter(chain.from_iterable(positions), np.int64, counts.sum())
    gaps = np.diff(flat, prepend=0)
    gaps[ends - counts] = flat[ends - counts]
    sizes = 1 + LONGER.searchsorted(gaps, "right")
    last = sizes[:, None] - 1
    parts = gaps[:, None] >> 7 * PLACES & 127 | np.where(last > PLACES, 128, 0)
    data = parts.astype(np.uint8)[last >= PLACES].tobytes()
    stops = sizes.cumsum()[ends - 1].tolist()
    return (data[start:stop] for start, stop in pairwise([0, *stops]))
