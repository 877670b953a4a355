#!/usr/bin/env bash
# Looking one number up in a sorted NumPy array can copy the whole array.
#
# Expected: `searchsorted` bisects: some twenty comparisons, no memory, whatever kind of integer is asked for.
# Happens: array and number are first brought to one type. A posting list of uint32 that is asked for an int64 or a
#   plain Python int is copied as int64, twice its own size, for each call. The answer is right, so no test fails. The
#   same holds for a memory-mapped file, which is then read whole. NumPy 2's rule that a Python int takes
#   the type of the array does not help: it does not hold here.
# Seen with: numpy 2.4.6.
# So: ask with the array's own type, `array.searchsorted(array.dtype.type(number))`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6

cat > expected <<'END'
array: 4 MB of uint32
uint32: answer 1234, 0 MB taken
int: answer 1234, 8 MB taken
int64: answer 1234, 8 MB taken
array + int: uint32
END
venv/bin/python - > seen <<'END'
import tracemalloc

import numpy as np

array = np.arange(1_000_000, dtype=np.uint32)
print(f"array: {array.nbytes // 10**6} MB of {array.dtype}")
for number in (np.uint32(1234), 1234, np.int64(1234)):
    tracemalloc.start()
    answer = array.searchsorted(number)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{type(number).__name__}: answer {answer}, {taken // 10**6} MB taken")
print("array + int:", (array + 1).dtype)
END
cat seen
diff expected seen
