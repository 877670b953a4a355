#!/usr/bin/env bash
# Pagefind parts a site by "en" and "en-US", and joins words by a dash.
#
# Expected: pages marked en and en-US are both English, and are found together; a dash without spaces, as English
#   books are set, parts two words.
# Happens: each exact value of <html lang> gets an index of its own, and a search asks that of the page it starts
#   from. An imported article that says en-US is found from its like only. And in "wait—writers" or "9–17" the dash
#   is dropped without parting: what stands behind it is not found, though a hyphen does part.
# Seen with: pagefind 1.6.0; its script runs in Node 20, with files for the server and a page's language for the page.
# So: write one language on all pages (or --force-language), and spaces around dashes in what is indexed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund --ignore-scripts pagefind@1.6.0

mkdir site
page() {
  echo "<!doctype html><html lang=\"$2\"><title>T</title><main><h1>T</h1><p>$3</p></main></html>" > "site/$1.html"
}
page one en "Cache eviction. Readers wait—writers proceed, pages 9–17. A well-known rule."
page two en-US "Cache eviction."
npx pagefind --site site > /dev/null
cat > ask.mjs <<'END'
import { readFile } from "node:fs/promises";

const language = process.argv[2];
globalThis.window = globalThis;
globalThis.location = new URL("http://localhost/");
globalThis.document = { querySelector: () => ({ getAttribute: () => language }) };
globalThis.fetch = async (url) => new Response(await readFile("site" + new URL(url, location).pathname));
const { options, search } = await import(`${process.cwd()}/site/pagefind/pagefind.js`);
await options({ basePath: "/pagefind/", baseUrl: "/", noWorker: true });
for (const query of ["eviction", "known", "proceed", "writers", "17"]) {
  const pages = await Promise.all((await search(query)).results.map((result) => result.data()));
  console.log(`from ${language}, ${query}: ${pages.map((page) => page.url).join(" ") || "nothing"}`);
}
END
cat > expected <<'END'
from en, eviction: /one.html
from en, known: /one.html
from en, proceed: /one.html
from en, writers: nothing
from en, 17: nothing
from en-US, eviction: /two.html
from en-US, known: nothing
from en-US, proceed: nothing
from en-US, writers: nothing
from en-US, 17: nothing
END
{ node ask.mjs en; node ask.mjs en-US; } > seen
cat seen
diff expected seen
