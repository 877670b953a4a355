"""What the script on the nodes returns of the postings of a post, and what it is asked for."""

from collections.abc import Iterable, Sequence
from typing import Any

from ... import analysis
from ...query.tree import Leaf, Prefix, Term
from .postings import ENDINGS, FOLLOWS, MORE, OTHER
from .records import encoded

# What ENDINGS are, for the script.
SURPLUS = ", ".join(str(surplus) for surplus, _ in ENDINGS)
BEHIND = ", ".join(f'"{end.decode()}"' for _, end in ENDINGS)

# Returns the entries of the terms that are asked for, in base64, as they are in blocks: those of stems; or, where not
# all is a matter of stems, also those that begin with something, or that the post has more than once. What is the same
# for all queries is compiled once.
SELECT = f"""
long varint(byte[] b, int at) {{
  long value = 0; int shift = 0; int part = 0;
  do {{ part = b[at]; at += 1; value |= ((long) (part & 127)) << shift; shift += 7; }} while (part < 0);
  return (value << 32) | at;
}}
int fixed(byte[] b, int at, int width) {{
  int value = (b[at] & 255) | (b[at + 1] & 255) << 8;
  return width == 2 ? value : value | (b[at + 2] & 255) << 16 | (b[at + 3] & 255) << 24;
}}
long half(byte[] b, int at, int value) {{
  return value == {FOLLOWS} ? varint(b, at) : ((long) value) << 32 | at;
}}
int agreeing(byte[] b, int at, int end, byte[] with, int from) {{
  int i = from;
  while (at < end && i < with.length && b[at] == with[i]) {{ at += 1; i += 1; }}
  return i;
}}
boolean precedes(byte[] b, int at, byte[] sought) {{
  long size = half(b, at + 1, b[at] & 15);
  int first = (int) size;
  int end = first + (int) (size >>> 32);
  int same = agreeing(b, first, end, sought, 0);
  return first + same == end || same < sought.length && (b[first + same] & 255) < (sought[same] & 255);
}}
int ending(byte[] b, int at) {{
  if ((b[at] >> 3 & 15) != {OTHER}) {{ return at + 1; }}
  long behind = varint(b, (int) varint(b, at + 1));
  return (int) behind + (int) (behind >>> 32);
}}
int next(byte[] b, int at) {{
  long size = (b[at] & 7) == 0 ? varint(b, ending(b, at)) : ((long) (b[at] & 7)) << 32 | ending(b, at);
  return (int) size + (int) (size >>> 32);
}}
int behind(byte[] b, int at) {{
  while (b[at] < 0) {{ at = next(b, at); }}
  return next(b, at);
}}
int number(byte[] found, int at, int value) {{
  while (value > 127) {{ found[at] = (byte) (value & 127 | 128); at += 1; value >>= 7; }}
  found[at] = (byte) value;
  return at + 1;
}}
int put(byte[] found, int at, byte[] own, int shared, int length) {{
  int rest = length - shared;
  found[at] = (byte) ((shared < {FOLLOWS} ? shared : {FOLLOWS}) << 4 | (rest < {FOLLOWS} ? rest : {FOLLOWS}));
  at += 1;
  if (shared >= {FOLLOWS}) {{ at = number(found, at, shared); }}
  if (rest >= {FOLLOWS}) {{ at = number(found, at, rest); }}
  System.arraycopy(own, shared, found, at, rest);
  return at + rest;
}}
boolean begins(byte[] b, int at, byte[] own, int length, byte[] with, int[] surplus, String[] endings) {{
  int kind = b[at] >> 3 & 15;
  int kept = 0; int first = 0; int size = 0;
  if (kind == {OTHER}) {{
    long left = varint(b, at + 1);
    long added = varint(b, (int) left);
    kept = length - (int) (left >>> 32);
    first = (int) added;
    size = (int) (added >>> 32);
  }} else {{
    kept = length - surplus[kind];
    size = endings[kind].length();
  }}
  if (with.length > kept + size) {{ return false; }}
  for (int i = 0; i < with.length; i++) {{
    int letter = i < kept ? own[i] : kind == {OTHER} ? b[first + i - kept] : (int) endings[kind].charAt(i - kept);
    if (letter != with[i]) {{ return false; }}
  }}
  return true;
}}
int find(byte[] b, int ends, int width, int blocks, byte[] sought) {{
  int first = ends + width * blocks;
  int low = 0;
  int high = blocks - 1;
  while (low < high) {{
    int middle = (low + high + 1) >>> 1;
    if (precedes(b, first + fixed(b, ends + width * (middle - 1), width), sought)) {{ low = middle; }}
    else {{ high = middle - 1; }}
  }}
  int at = low == 0 ? first : first + fixed(b, ends + width * (low - 1), width);
  int stop = first + fixed(b, ends + width * low, width);
  int same = 0;
  while (at < stop) {{
    long shared = half(b, at + 1, b[at] >> 4 & 15);
    long size = half(b, (int) shared, b[at] & 15);
    int rest = (int) size;
    int from = (int) (shared >>> 32);
    at = rest + (int) (size >>> 32);
    if (from <= same) {{
      same = agreeing(b, rest, at, sought, from);
      int differs = rest + same - from;
      if (differs == at) {{
        if (same == sought.length) {{ return at; }}
      }} else if (same == sought.length || (b[differs] & 255) > (sought[same] & 255)) {{ return -1; }}
    }}
    at = behind(b, at);
  }}
  return -1;
}}
if (doc['postings'].size() == 0) {{ return ''; }}
def stored = doc['postings'].value;
byte[] b = stored.bytes;
int width = b[stored.offset];
int ends = stored.offset + 5;
int blocks = fixed(b, stored.offset + 1, 4);
int end = stored.offset + stored.length;
int size = 0;
int room = stored.length;
List stems = new ArrayList();
for (def each : params.stems) {{
  byte[] own = Base64.getDecoder().decode((String) each);
  stems.add(own);
  room += own.length + {FOLLOWS};
}}
List prefixes = new ArrayList();
for (def each : params.prefixes) {{ prefixes.add(Base64.getDecoder().decode((String) each)); }}
boolean repeated = params.repeated;
byte[] found = new byte[room];
if (blocks > 0 && !repeated && prefixes.isEmpty()) {{
  for (def each : stems) {{
    byte[] own = (byte[]) each;
    int at = find(b, ends, width, blocks, own);
    if (at >= 0) {{
      int stop = behind(b, at);
      size = put(found, size, own, 0, own.length);
      System.arraycopy(b, at, found, size, stop - at);
      size += stop - at;
    }}
  }}
}} else {{
  int[] surplus = new int[] {{{SURPLUS}}};
  String[] endings = new String[] {{{BEHIND}}};
  byte[] own = new byte[stored.length];
  int at = ends + width * blocks;
  int kept = 0;
  while (at < end) {{
    long shared = half(b, at + 1, b[at] >> 4 & 15);
    long rest = half(b, (int) shared, b[at] & 15);
    int from = (int) (shared >>> 32);
    int length = from + (int) (rest >>> 32);
    System.arraycopy(b, (int) rest, own, from, length - from);
    at = (int) rest + length - from;
    if (from < kept) {{ kept = from; }}
    boolean wanted = false;
    for (def each : stems) {{
      byte[] sought = (byte[]) each;
      wanted = wanted || sought.length == length && agreeing(own, 0, length, sought, 0) == length;
    }}
    int last = -1;
    boolean more = true;
    while (more) {{
      more = b[at] < 0;
      int stop = next(b, at);
      int positions = ending(b, at);
      if ((b[at] & 7) == 0) {{ positions = (int) varint(b, positions); }}
      boolean taken = wanted || repeated && (int) varint(b, positions) < stop;
      for (int i = 0; i < prefixes.size() && !taken; i++) {{
        taken = begins(b, at, own, length, (byte[]) prefixes.get(i), surplus, endings);
      }}
      if (taken) {{
        if (last < 0) {{ size = put(found, size, own, kept, length); kept = length; }}
        else {{ found[last] = (byte) (found[last] | {MORE}); }}
        last = size;
        System.arraycopy(b, at, found, size, stop - at);
        found[last] = (byte) (found[last] & {MORE - 1});
        size += stop - at;
      }}
      at = stop;
    }}
  }}
}}
byte[] selected = new byte[size];
System.arraycopy(found, 0, selected, 0, size);
return Base64.getEncoder().encodeToString(selected);
"""

# What asks the script for the terms that a post has more than once.
REPEATED: dict[str, Any] = {"stems": [], "prefixes": [], "repeated": True}


def script(params: dict[str, Any]) -> dict[str, Any]:
    """Return the field of a search that the script makes."""
    return {"script": {"source": SELECT, "params": params}}


def selection(words: Iterable[Leaf], languages: Sequence[str]) -> dict[str, Any]:
    """Return what the script is asked for: the stems of all terms, and the beginnings of terms."""
    stems, prefixes = set[str](), set[str]()
    for leaf in words:
        terms = [leaf.text] if isinstance(leaf, Term) else analysis.terms(leaf.text)
        if isinstance(leaf, Prefix):
            prefixes.update(terms[-1:])
            terms = terms[:-1]
        stems |= {analysis.stem(term, language) for term in terms for language in languages}
    return {
        "stems": [encoded(stem.encode()) for stem in sorted(stems)],
        "prefixes": [encoded(prefix.encode()) for prefix in sorted(prefixes)],
        "repeated": False,
    }
