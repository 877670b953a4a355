#!/usr/bin/env bash
# What "draft" means to a generator's output: Pelican writes the page, Nikola writes its source, MkDocs publishes it.
#
# Expected: what is marked as a draft is not in the built site.
# Happens: Pelican writes drafts to output/drafts/, without noindex, so that a search over the output finds them. Nikola
#   marks the draft's page noindex, but copies its source beside it. MkDocs does not know "draft: true": the page is in
#   the site, in its search and in its sitemap (Material's blog plugin alone knows drafts).
# Seen with: pelican 4.11.0 and Markdown 3.8, nikola 8.3.3, mkdocs 1.6.1.
# So: a search over built pages has to leave out drafts/ and sources beside pages, and cannot rely on noindex.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
install() { python3 -m venv "$1" && "$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"; }

install pelican pelican==4.11.0 Markdown==3.8
mkdir posts
printf 'Title: Secret\nDate: 2026-01-02\nStatus: draft\n\nA walrus.\n' > posts/secret.md
pelican/bin/pelican --quiet posts --output pelican-site > /dev/null 2>&1

install nikola nikola==8.3.3 jinja2==3.1.6
nikola/bin/nikola init --quiet nikola-site > /dev/null 2>&1
mkdir -p nikola-site/posts
printf '.. title: Secret\n.. slug: secret\n.. date: 2026-01-02 00:00:00 UTC\n.. status: draft\n\nA walrus.\n' \
  > nikola-site/posts/secret.rst
(cd nikola-site && ../nikola/bin/nikola build > /dev/null 2>&1)

install mkdocs mkdocs==1.6.1
mkdir docs
printf 'site_name: Journal\nsite_url: https://journal.example/\n' > mkdocs.yml
printf '# Home\n' > docs/index.md
printf -- '---\ndraft: true\n---\n# Secret\n\nA walrus.\n' > docs/secret.md
mkdocs/bin/mkdocs build --quiet --site-dir mkdocs-site

indexed() { grep -qi 'noindex' "$1" && echo noindex || echo indexed; }
cat > expected <<'END'
pelican: drafts/secret.html indexed
nikola: index.html noindex, index.rst
mkdocs: secret/index.html indexed, in the search 1, in the sitemap 1
END
{
  echo "pelican: drafts/secret.html $(indexed pelican-site/drafts/secret.html)"
  folder=$(dirname "$(find nikola-site/output -path '*secret/index.html')")
  echo "nikola: index.html $(indexed "$folder/index.html"), $(basename "$(find "$folder" -name 'index.rst')")"
  search=$(grep -c 'walrus' mkdocs-site/search/search_index.json)
  echo "mkdocs: secret/index.html $(indexed mkdocs-site/secret/index.html), in the search $search, in the sitemap" \
    "$(grep -c 'secret' mkdocs-site/sitemap.xml)"
} > seen
cat seen
diff expected seen
