#!/usr/bin/env bash
# In a change log by Sphinx, #id1 is always the newest release.
#
# Expected: the section "1.1.0" has an id made of its title, or at least one that stays.
# Happens: an id has to begin with a letter a to z, and all before the first one is dropped. Of "1.1.0" nothing is
#   left, so that sections are called id1, id2, ... from the top. A new release at the top, as change logs have it,
#   shifts them: an old link to 1.0.0 opens 1.1.0, and no link is broken that a checker would find. Titles in Chinese
#   or Russian are counted likewise. "3.12 and threads" is and-threads, and "3.11 and threads" below it is a number.
# Seen with: Sphinx 9.0.4 with docutils 0.22.4.
# So: an index that keeps anchors has to read the whole page again when one section is added, and an id is not the
#   identity of a section.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sphinx==9.0.4 docutils==0.22.4

ids() {
  rm -rf source site
  mkdir source
  printf 'project = "Journal"\n' > source/conf.py
  printf 'Changes\n=======\n\nText.\n\n' > source/index.rst
  printf '%s\n--------------------\n\nText.\n\n' "$@" >> source/index.rst
  venv/bin/sphinx-build -q -b html source site
  sed -nE 's/.*<h2>([^<]*)<a class="headerlink" href="([^"]*)".*/\1 \2,/p' site/index.html | xargs
}
cat > expected <<'END'
May: 1.1.0 #id1, 1.0.0 #id2, Größe #grosze, 日本語 #id3,
June: 1.2.0 #id1, 1.1.0 #id2, 1.0.0 #id3, Größe #grosze, 日本語 #id4,
3.12 and threads #and-threads, 3.11 and threads #id1,
END
{
  echo "May: $(ids 1.1.0 1.0.0 Größe 日本語)"
  echo "June: $(ids 1.2.0 1.1.0 1.0.0 Größe 日本語)"
  ids "3.12 and threads" "3.11 and threads"
} > seen
cat seen
diff expected seen
