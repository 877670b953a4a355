#!/usr/bin/env bash
# Orama ranks by BM25, in which no word occurs more than once.
#
# Expected: of two articles with the same different words, the one that says "cache" twenty times ranks first.
# Happens: the default tokenizer drops repeated words before they are counted, so the frequency of each is one and the
#   length of an article is the number of its different words. An article that mentions a word in passing ties with one
#   about it. `allowDuplicates` in the tokenizer's options is no way out: document frequencies then count occurrences,
#   so that a word which occurs more often than there are articles has a negative idf, and scores fall below zero.
# Seen with: @orama/orama 3.1.18 on Node 20.
# So: the order of Orama's results says which words an article has and in which field, not what it is about.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @orama/orama@3.1.18

cat > expected <<'END'
default: passing 1.19, about 1.19
allowDuplicates: passing -0.70, about -0.32
END
cat > run.mjs <<'END'
import { create, insert, search } from "@orama/orama";

for (const [name, options] of [["default", {}], ["allowDuplicates", { language: "english", allowDuplicates: true }]]) {
  const index = create({ schema: { text: "string" }, components: { tokenizer: options } });
  await insert(index, { id: "about", text: "cache ".repeat(20) + "plans slowly" });
  await insert(index, { id: "passing", text: "cache plans slowly" });
  for (let i = 0; i < 8; i++) await insert(index, { id: `other${i}`, text: "something else entirely" });
  const { hits } = await search(index, { term: "cache" });
  const scores = hits.sort((a, b) => b.id.localeCompare(a.id)).map((hit) => `${hit.id} ${hit.score.toFixed(2)}`);
  console.log(`${name}: ${scores.join(", ")}`);
}
END
node run.mjs > seen
cat seen
diff expected seen
