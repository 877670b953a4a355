#!/usr/bin/env bash
# The search of a Sphinx site finds "E1001" but not "404".
#
# Expected: a number in the text is a word like any other: a status, a port, a year, an RFC.
# Happens: numbers alone are left out of the index, and the page drops them from the query. "404" is answered by "did
#   not match any documents", with the advice to check the spelling, beside pages that are full of it; "RFC 2119" is
#   a search for "RFC". A number that has a letter in it is kept; 3.11 is two
#   numbers, and goes.
# Seen with: Sphinx 9.0.4, and Debian's Chromium for the page of the search.
# So: who replaces this search compares on numbers; who reads searchindex.js cannot get them back from it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sphinx==9.0.4

mkdir source
printf 'project = "Journal"\n' > source/conf.py
printf 'Journal\n=======\n\nStatus 404 on port 8080 is error E1001 of RFC 2119, with Python 3.11.\n' > source/index.rst
venv/bin/sphinx-build -q -b html source site
cat > expected <<'END'
404: nothing
8080: nothing
E1001: one page
port: one page
3.11: nothing
RFC%204711: one page
END
for query in 404 8080 E1001 port 3.11 RFC%204711; do
  page=$(chromium --headless --no-sandbox --disable-gpu --user-data-dir="$work/profile" --virtual-time-budget=5000 \
    --dump-dom "file://$work/site/search.html?q=$query" 2> /dev/null)
  case $page in
    *"found one page"*) echo "$query: one page" ;;
    *"did not match any documents"*) echo "$query: nothing" ;;
    *) echo "$query: no answer" ;;
  esac
done > seen
cat seen
diff expected seen
