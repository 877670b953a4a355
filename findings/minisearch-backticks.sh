#!/usr/bin/env bash
# MiniSearch keeps Markdown's backticks as a part of the word, but not its asterisks.
#
# Expected: a tokenizer that parts at spaces and punctuation takes `retry` in backticks for the word retry.
# Happens: it parts at \p{P} and \p{Z}. Unicode counts the asterisk as punctuation, but the backtick and | ~ = + < > $
#   as symbols (\p{S}). Of Markdown that is indexed as written, bold words are found; words in code, cells of a table
#   without spaces, x=1 and $HOME are not. The same holds for whatever parts at \p{P}.
# Seen with: minisearch 7.2.0 on Node 20.
# So: index the text of the page rather than its Markdown, and let the tokenizer part at [\n\r\p{Z}\p{P}\p{S}]+ if C++
#   and C# are kept apart some other way.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts minisearch@7.2.0

cat > expected <<'END'
**bold** bold: 1
_italic_ italic: 1
`retry` retry: 0
|left|right| left: 0
limit=10 limit: 0
$HOME home: 0
END
cat > run.cjs <<'END'
const MiniSearch = require("minisearch");

for (const [text, query] of [
  ["**bold**", "bold"], ["_italic_", "italic"], ["`retry`", "retry"], ["|left|right|", "left"],
  ["limit=10", "limit"], ["$HOME", "home"],
]) {
  const index = new MiniSearch({ fields: ["text"] });
  index.add({ id: 1, text });
  console.log(`${text} ${query}: ${index.search(query).length}`);
}
END
node run.cjs > seen
cat seen
diff expected seen
