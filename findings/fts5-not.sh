#!/usr/bin/env bash
# In SQLite's FTS5, NOT takes away less than it seems to.
#
# Expected: `python NOT django tutorial` asks for python and tutorial, without django, as a minus does elsewhere.
# Happens: words side by side bind more tightly than NOT, so it asks for python without (django and tutorial). Articles
#   about Django come back, and so do articles without "tutorial". A written AND in the same place means the opposite.
# Seen with: SQLite 3.54.1 as apsw 3.54.1.0 bundles it.
# So: who hands the query of a reader to FTS5 puts AND between the words, or builds the expression with brackets.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check apsw==3.54.1.0

cat > expected <<'END'
python NOT django tutorial: django essay, flask essay, flask tutorial
python NOT django AND tutorial: flask tutorial
(python tutorial) NOT django: flask tutorial
END
venv/bin/python - > seen <<'END'
import apsw

articles = apsw.Connection(":memory:")
articles.execute("CREATE VIRTUAL TABLE article USING fts5(text)")
for text in ("django essay", "django tutorial", "flask essay", "flask tutorial"):
    articles.execute("INSERT INTO article VALUES (?)", (f"python {text}",))
for query in ("python NOT django tutorial", "python NOT django AND tutorial", "(python tutorial) NOT django"):
    found = articles.execute("SELECT text FROM article WHERE article MATCH ?", (query,))
    print(f"{query}: " + ", ".join(text.removeprefix("python ") for (text,) in found))
END
cat seen
diff expected seen
