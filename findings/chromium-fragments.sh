#!/usr/bin/env bash
# A link to quoted text, #:~:text=, lands by rules that cannot be told from the text.
#
# Expected: what a reader sees in one line can be quoted; space is space; what lies in the page's text is found.
# Happens: a <br>, or a new line in <pre>, is no space, so that a quotation over it never lands. A ruby annotation has
#   to be quoted with the word that it explains (漢かん字). A soft hyphen, straight quotation marks and accents do not
#   matter. Parts of words are no match, and what is a word of a text without spaces is decided by the browser's
#   dictionary: 検索 in 全文検索エンジン is one, 京都 in 東京都 is not.
# Seen with: Chromium 156 of Debian; the distance that the page scrolls tells whether the link landed.
# So: cut quotations at <br>, at new lines of code and around ruby, at the browser's words, and have a heading to go to.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

lands() {
  cat > page.html <<END
<!doctype html><html lang="en"><meta charset="utf-8"><p>Top.</p><div style="height: 5000px"></div>$1
<div style="height: 5000px"></div><pre id="answer"></pre>
<script>
  addEventListener("load", () => setTimeout(() => { answer.textContent = "scroll " + (scrollY > 1000) }, 1500))
</script></html>
END
  quoted=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$2")
  chromium --headless --no-sandbox --disable-gpu --user-data-dir=profile --virtual-time-budget=6000 \
    --dump-dom "file://$work/page.html#:~:text=$quoted" 2> /dev/null > dom
  grep -q 'scroll true' dom && echo "$1 | $2: lands" || echo "$1 | $2: does not"
}
cat > expected <<'END'
<p>alpha<br>beta</p> | alpha beta: does not
<pre>alpha&#10;beta</pre> | alpha beta: does not
<p>alpha&nbsp;beta</p> | alpha beta: lands
<p>data&shy;base</p> | database: lands
<p>“Café”</p> | "cafe": lands
<p><ruby>漢<rt>かん</rt></ruby>字</p> | 漢字: does not
<p><ruby>漢<rt>かん</rt></ruby>字</p> | 漢かん字: lands
<p>全文検索エンジン</p> | 検索: lands
<p>東京都に住む</p> | 京都: does not
END
while IFS='|' read -r html rest; do
  lands "${html% }" "$(sed -E 's/^ (.*): (lands|does not)$/\1/' <<< "$rest")"
done < expected > seen
cat seen
diff expected seen
