#!/usr/bin/env bash
# Pagefind glues the words of table headers and glossaries, and drops a page whose </head> is left out.
#
# Expected: cells, terms and definitions are words of their own, as browsers show them; HTML lets the end tags of <th>,
#   <td>, <dt>, <dd> and <head> be left out.
# Happens: nothing parts <th>, <dt> and <dd>, so that <th>Port<th>Protocol is one word, PortProtocol, and neither is
#   found; without end tags, so are <td>. A page without </head> is not in the index, and no message says so.
# Seen with: pagefind 1.6.0, by its Node API and by its command.
# So: minifiers that leave out end tags (html-minifier's removeOptionalTags) must be off, and headers need spaces.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm pkg set type=module
npm install --silent --no-audit --no-fund --ignore-scripts pagefind@1.6.0

mkdir site
page() { echo "<!doctype html><html lang=en><head><title>T</title>$2<body><main><h1>T</h1>$3</main></body></html>" > "site/$1.html"; }
page closed "</head>" "<table><tr><th>Port</th><th>Protocol</th></tr><tr><td>22</td><td>ssh</td></tr></table>"
page open "</head>" "<table><tr><th>Port<th>Protocol<tr><td>22<td>ssh</table>"
page glossary "</head>" "<dl><dt>Port</dt><dd>A number</dd><dt>Protocol</dt><dd>A language</dd></dl>"
page headless "" "<p>Port and protocol.</p>"
npx pagefind --site site | grep -i -E "indexed [0-9]+ page|headless" || true
cat > read.mjs <<'END'
import { readdir, readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

const folder = "site/pagefind/fragment";
const pages = [];
for (const name of await readdir(folder)) {
  const text = gunzipSync(await readFile(`${folder}/${name}`)).toString();
  pages.push(JSON.parse(text.slice(text.indexOf("{"))));
}
for (const page of pages.sort((a, b) => a.url.localeCompare(b.url))) console.log(`${page.url}: ${page.content}`);
END
cat > expected <<'END'
/closed.html: T. PortProtocol 22. ssh.
/glossary.html: T. PortA numberProtocolA language
/open.html: T. PortProtocol22ssh
END
node read.mjs > seen
cat seen
diff expected seen
