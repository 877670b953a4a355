#!/usr/bin/env bash
# kramdown, Jekyll's Markdown, gives two headings of a page the same id.
#
# Expected: as "## Step" twice becomes step and step-1, no id is given twice: that is what the counter is for.
# Happens: the counter looks at the headings' words and not at the ids it has made. "Step", "Step", "Step 1" become
#   step, step-1, step-1: every link to "Step 1" opens the second "Step". GFM, Jekyll's default, does the same.
# Seen with: kramdown 2.4.0 and kramdown-parser-gfm 1.1.0 of Debian (ruby-kramdown, ruby-kramdown-parser-gfm).
# So: a link to a section of Jekyll cannot be checked by its id alone; a page of its own needs ids that are counted.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '## Step\n\n## Step\n\n## Step 1\n' > page.md

for input in kramdown GFM; do
  ruby -e '
    require "kramdown"
    require "kramdown-parser-gfm"
    html = Kramdown::Document.new(File.read("page.md"), input: ARGV[0]).to_html
    puts "#{Kramdown::VERSION} #{ARGV[0]}: #{html.scan(/id="(.*?)"/).join(" ")}"' "$input"
done > seen
cat > expected <<'END'
2.4.0 kramdown: step step-1 step-1
2.4.0 GFM: step step-1 step-1
END
cat seen
diff expected seen
