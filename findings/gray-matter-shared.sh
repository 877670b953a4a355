#!/usr/bin/env bash
# gray-matter hands the same front matter to everybody who parses the same text.
#
# Expected: a parser is a function of its text; each call makes a new object.
# Happens: without options, results are cached by the text, and the cached `data` is handed out itself. A step of a
#   pipeline that adds a tag or a date to it changes what the next step reads "from the file", and two stubs with the
#   same text share their front matter. Any options, even {}, switch the cache off, so that adding one "fixes" it.
# Seen with: gray-matter 4.0.3 on Node 20.
# So: call it with {} where results are changed or a process reads files again (watch, tests).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts gray-matter@4.0.3

cat > expected <<'END'
without options: second read has tags go,draft
with {}: second read has tags go
END
cat > run.cjs <<'END'
const matter = require("gray-matter");

const text = "---\ntags: [go]\n---\nTo be written.\n";
matter(text).data.tags.push("draft");
console.log(`without options: second read has tags ${matter(text).data.tags}`);
matter(text, {}).data.tags.push("draft");
console.log(`with {}: second read has tags ${matter(text, {}).data.tags}`);
END
node run.cjs > seen
cat seen
diff expected seen
