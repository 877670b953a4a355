#!/usr/bin/env bash
# In SQLite's FTS5, the porter tokenizer stems the beginning of a word, too.
#
# Expected: `universi*` finds "university", and whatever `ties*` finds begins with "ties".
# Happens: the beginning is stemmed like a word and then compared with stems. "university" is kept as "univers", so a
#   reader who types it sees the article come at `univers*`, go at `universi*` and come back with the last letter.
#   `ties*` becomes `ti*` and finds "time", `uses*` becomes `us*` and finds "usual".
# Seen with: SQLite 3.54.1 as apsw 3.54.1.0 bundles it, tokenize='porter unicode61'.
# So: search as you type needs a second table without porter; a stemmed one answers whole words only.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0

cat > expected <<'END'
univers*: university
universi*: nothing
universit*: nothing
university*: university
ties*: ties, time
uses*: uses, usual
END
venv/bin/python - > seen <<'END'
import apsw

words = apsw.Connection(":memory:")
words.execute("CREATE VIRTUAL TABLE word USING fts5(text, tokenize='porter unicode61')")
words.executemany("INSERT INTO word VALUES (?)", [(w,) for w in ("university", "ties", "time", "uses", "usual")])
for query in ("univers*", "universi*", "universit*", "university*", "ties*", "uses*"):
    found = [text for (text,) in words.execute("SELECT text FROM word WHERE word MATCH ?", (query,))]
    print(f"{query}: {', '.join(found) or 'nothing'}")
END
cat seen
diff expected seen
