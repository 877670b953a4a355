#!/usr/bin/env bash
# In SQLite's FTS5, a search of the titles ranks by the length of the texts.
#
# Expected: `title: cache`, or bm25() with weight 0 for the text, ranks by the titles alone; two articles with the same
#   title rank the same.
# Happens: BM25 takes the length of the whole row whatever column was asked for. The weight of a column changes what
#   its matches count, and not what its words do to the length. A thorough article falls behind a note with that title,
#   and even behind a note whose title is far longer.
# Seen with: SQLite 3.54.1 as apsw 3.54.1.0 bundles it.
# So: titles that have to be ranked as titles want a table of their own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0

cat > expected <<'END'
title: cache
  1 -2.02 Why a cache of query plans is slow on the first day
  2 -0.28 Cache
title: cache, weight of the text 0
  1 -2.02 Why a cache of query plans is slow on the first day
  2 -0.28 Cache
END
venv/bin/python - > seen <<'END'
import apsw

articles = apsw.Connection(":memory:")
articles.execute("CREATE VIRTUAL TABLE article USING fts5(title, text)")
rows = [("Cache", "word " * 500), ("Why a cache of query plans is slow on the first day", "Short.")]
rows += [("Other", "Text.")] * 10
articles.executemany("INSERT INTO article VALUES (?, ?)", rows)
for caption, rank in (("title: cache", "bm25(article)"), ("title: cache, weight of the text 0", "bm25(article, 1, 0)")):
    print(caption)
    query = f"SELECT title, {rank} AS score FROM article WHERE article MATCH 'title: cache' ORDER BY score"
    for place, (title, score) in enumerate(articles.execute(query), 1):
        print(f"  {place} {score:.2f} {title}")
END
cat seen
diff expected seen
