#!/usr/bin/env bash
# MkDocs drops the first lines of a page that has no front matter, where they look like "Word: text".
#
# Expected: a page without "---" has no metadata; all its text is on the page.
# Happens: without YAML, MkDocs still reads MultiMarkdown's metadata: lines of the form "Word: text" up to the first
#   that has another form. "Warning: never run this twice." is a key then, and on neither the page nor in the index
#   of the search. A key has no space, so that "See also: ..." stays. Zensical, for the same project file, keeps both.
# Seen with: mkdocs 1.6.1, zensical 0.0.31.
# So: a reader of sources has to do the same to show what the site shows, or report such lines to the author.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mkdocs==1.6.1 zensical==0.0.31

mkdir docs
printf 'site_name: Journal\n' > mkdocs.yml
printf '# Home\n' > docs/index.md
printf 'Warning: never run this twice.\n\nIt deletes rows.\n' > docs/one.md
printf 'See also: the guide.\n\nIt deletes rows.\n' > docs/two.md
cat > expected <<'END'
mkdocs, one: <p>It deletes rows.</p>
mkdocs, two: <p>See also: the guide.</p> <p>It deletes rows.</p>
zensical, one: <p>Warning: never run this twice.</p> <p>It deletes rows.</p>
zensical, two: <p>See also: the guide.</p> <p>It deletes rows.</p>
END
venv/bin/mkdocs build --quiet --site-dir mkdocs
venv/bin/zensical build > /dev/null
mv site zensical
for generator in mkdocs zensical; do
  for page in one two; do
    echo "$generator, $page:" $(grep -oE '<p>(Warning|See|It)[^<]*</p>' "$generator/$page/index.html")
  done
done > seen
cat seen
diff expected seen
