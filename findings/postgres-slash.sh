#!/usr/bin/env bash
# PostgreSQL's full-text search takes "TCP/IP" for a file and the hyphen of "python-3.11" for a minus.
#
# Expected: words joined by a slash or a hyphen are found by each of them, as "state-of-the-art" is.
# Happens: what has a slash and no space is one token of the kind "file", and a hyphen before a digit makes a signed
#   number. "tcp" does not find TCP/IP, "server" not client/server, "python 3.11" not python-3.11, "19" not covid-19.
# Seen with: PostgreSQL 18.7 as @electric-sql/pglite 0.5.17 bundles it, configuration "english".
# So: part words at slashes and hyphens before to_tsvector and before the query, or index both spellings.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @electric-sql/pglite@0.5.17

cat > expected <<'END'
state-of-the-art    art          found
TCP/IP              tcp          -
client/server       server       -
read/write locks    write        -
python-3.11         python 3.11  -
covid-19            19           -
terms: '-3.11':3 'client/server':1 'python':2
END
cat > run.mjs <<'END'
import { PGlite } from "@electric-sql/pglite";

const database = new PGlite();
const value = async (sql, parameters) => Object.values((await database.query(sql, parameters)).rows[0])[0];
for (const [text, query] of [
  ["state-of-the-art", "art"], ["TCP/IP", "tcp"], ["client/server", "server"], ["read/write locks", "write"],
  ["python-3.11", "python 3.11"], ["covid-19", "19"],
]) {
  const found = await value("SELECT to_tsvector('english', $1) @@ websearch_to_tsquery('english', $2)", [text, query]);
  console.log(text.padEnd(20) + query.padEnd(13) + (found ? "found" : "-"));
}
const terms = await value("SELECT to_tsvector('english', 'client/server python-3.11')::text", []);
console.log("terms: " + terms);
END
node run.mjs > seen
cat seen
diff expected seen
