#!/usr/bin/env bash
# Two ranges in one paragraph lose their tildes, and what is left are other numbers.
#
# Expected: strikethrough takes two tildes, so that "2~4 threads and 8~16 MB" is text.
# Happens: GitHub's extension allows one tilde as well. From the first range to the second all is struck out, the tildes
#   go, and the text of the page reads "24 threads and 816 MB". One range alone is left as it is. The tilde is
#   how Korean writes a range, and often Chinese. markdown-it wants two tildes: there the same file reads differently.
# Seen with: remark-gfm 4.0.1 (which Astro loads by default), marked 18.2.1, markdown-it 15.0.3.
# So: a search that reads the built page finds 24 and 816; set `singleTilde: false` in remark-gfm, or check sources for
#   <del> that begins within a word.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  marked@18.2.1 markdown-it@15.0.3 remark@15.0.1 remark-gfm@4.0.1 remark-html@16.0.1

cat > expected <<'END'
remark-gfm: 2<del>4 threads and 8</del>16 MB
remark-gfm, singleTilde false: 2~4 threads and 8~16 MB
marked: 2<del>4 threads and 8</del>16 MB
markdown-it: 2~4 threads and 8~16 MB
remark-gfm, one range: 2~4 threads
END
cat > run.mjs <<'END'
import MarkdownIt from "markdown-it";
import { marked } from "marked";
import { remark } from "remark";
import gfm from "remark-gfm";
import html from "remark-html";

const text = "2~4 threads and 8~16 MB";
const inline = (page) => String(page).replace(/<\/?p>|\n/g, "");
console.log("remark-gfm: " + inline(remark().use(gfm).use(html).processSync(text)));
const strict = remark().use(gfm, { singleTilde: false }).use(html);
console.log("remark-gfm, singleTilde false: " + inline(strict.processSync(text)));
console.log("marked: " + inline(marked.parse(text)));
console.log("markdown-it: " + inline(new MarkdownIt().render(text)));
console.log("remark-gfm, one range: " + inline(remark().use(gfm).use(html).processSync("2~4 threads")));
END
node run.mjs > seen
cat seen
diff expected seen
