#!/usr/bin/env bash
# Tantivy's default tokenizer drops whole sentences of Japanese, and long words of Russian.
#
# Expected: the limit of 40 that keeps data out of the index is in letters, and no word of a language is so long.
# Happens: it is in bytes of UTF-8. A Cyrillic letter takes two, so that the Russian word for "place of interest", with
#   its 21 letters, is not indexed; a Japanese or Chinese character takes three, and a clause without a space is one
#   token, which goes when it has 14 of them. The query loses the word likewise, and finds nothing without an error.
# Seen with: tantivy 0.27.0 from PyPI, tokenizer "default".
# So: register an analyzer without that filter, or one that parts such scripts first; count tokens after indexing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tantivy==0.27.0

cat > expected <<'END'
20 letters, 20 bytes, uncharacteristically: found
21 letters, 42 bytes, достопримечательность: not found
13 letters, 39 bytes, 日本語の全文検索は便利だよ: found
14 letters, 42 bytes, 日本語の全文検索は便利ですよ: not found
END
venv/bin/python - > seen <<'END'
import tantivy

builder = tantivy.SchemaBuilder()
builder.add_text_field("text", stored=True)
index = tantivy.Index(builder.build())
words = ["uncharacteristically", "достопримечательность", "日本語の全文検索は便利だよ", "日本語の全文検索は便利ですよ"]
writer = index.writer()
for word in words:
    writer.add_document(tantivy.Document(text=word))
writer.commit()
index.reload()
for word in words:
    found = index.searcher().search(index.parse_query(word, ["text"])).count
    print(f"{len(word)} letters, {len(word.encode())} bytes, {word}: {'found' if found else 'not found'}")
END
cat seen
diff expected seen
