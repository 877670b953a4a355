#!/usr/bin/env bash
# Jekyll's `exclude: [draft]` also leaves out drafting.md and the folder drafthorse/.
#
# Expected: a name in `exclude` is that of a file or folder, as in .gitignore; `*` stays within a folder.
# Happens: whatever begins with it is left out, without a word, and `*.md` leaves out Markdown in all folders.
# Seen with: Jekyll 4.3.1 of Debian.
# So: write a slash behind the name of a folder, and the suffix of a file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p site/draft site/drafthorse site/notes
for page in draft/a drafting drafthorse/b notes/c; do
  printf -- '---\n---\nText\n' > "site/$page.html"
done
printf -- '---\n---\nText\n' > site/notes/d.md

built() {
  echo "exclude: $1" > site/_config.yml
  jekyll build --quiet --source site --destination "out" --disable-disk-cache
  echo "$1: $(cd out && find . -name '*.html' | LC_ALL=C sort | xargs)"
}
{ built '[draft]'; built '[draft/]'; built '["*.md"]'; } > seen
cat > expected <<'END'
[draft]: ./notes/c.html ./notes/d.html
[draft/]: ./drafthorse/b.html ./drafting.html ./notes/c.html ./notes/d.html
["*.md"]: ./draft/a.html ./drafthorse/b.html ./drafting.html ./notes/c.html
END
cat seen
diff expected seen
