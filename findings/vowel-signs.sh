#!/usr/bin/env bash
# Two tokenizers that "know Unicode" take Hindi's vowels for spaces.
#
# Expected: FTS5's unicode61 and the "\w" of bm25s keep Hindi words whole, as they keep German or Russian ones.
# Happens: the vowel signs are marks (Mc, Mn), not letters, and Python's \w leaves marks out, too. FTS5 cuts दिन ("day")
#   and दान ("gift") into the same two consonants, so that either finds the other, in quotes as well. bm25s wants
#   two letters in a row, and so loses nearly all words: no error, an empty index. So it is with other Indic scripts.
# Seen with: SQLite 3.54.1 (apsw 3.54.1.0), bm25s 0.3.16 on Python 3.11.
# So: name the marks, as in tokenize="unicode61 categories 'L* N* Co M*'", or the pattern [\w\u0900-\u0963]+; and test a
#   tokenizer with words that differ in their vowels only.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0 bm25s==0.3.16

cat > expected <<'END'
FTS5 unicode61 for "दिन": दिन दान
FTS5 with marks for "दिन": दिन
bm25s words of "हिन्दी में पूर्ण पाठ खोज": []
END
venv/bin/python - > seen <<'END'
import apsw
import bm25s

words = apsw.Connection(":memory:")
for name, tokenizer in (("FTS5 unicode61", "unicode61"), ("FTS5 with marks", "unicode61 categories ''L* N* Co M*''")):
    words.execute(f"CREATE VIRTUAL TABLE temp.word USING fts5(text, tokenize='{tokenizer}')")
    words.executemany("INSERT INTO word VALUES (?)", [("दिन",), ("दान",)])
    found = words.execute("SELECT text FROM word WHERE word MATCH ?", ('"दिन"',))
    print(f'{name} for "दिन":', *(text for (text,) in found))
    words.execute("DROP TABLE word")
text = "हिन्दी में पूर्ण पाठ खोज"
tokens = bm25s.tokenize(text, stopwords=None, return_ids=False, show_progress=False)[0]
print(f'bm25s words of "{text}": {tokens}')
END
cat seen
diff expected seen
