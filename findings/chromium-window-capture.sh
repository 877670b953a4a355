#!/usr/bin/env bash
# In Chromium, a capturing listener on the window does not come before the others there.
#
# Expected: of two listeners on the object that an event is sent to, the one with `capture: true` is called first, as DOM
#   has it (https://dom.spec.whatwg.org/#concept-event-dispatch) and Firefox and WebKit do, and Chromium does on elements.
# Happens: for `popstate`, `hashchange` and whatever else is sent to the window, Chromium calls both in the order in which
#   they were added. A component that goes along with the history cannot keep the popstate that it has dealt with from a
#   router whose script came first: Turbo 8.0.23 renders the page again under an open dialog.
# Seen with: Chromium 156; not with Firefox 153.8 and WebKitGTK 2.50.6.
# So: be added first, or bear that the page is replaced: state in the address, and opened from there again.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/page.html" <<'END'
<!doctype html><p></p><pre></pre>
<script>
const said = [];
for (const [name, target] of [["element", document.querySelector("p")], ["window", window]]) {
  target.addEventListener("sent", () => said.push(`${name}: bubbling`));
  target.addEventListener("sent", () => said.push(`${name}: capturing`), { capture: true });
  target.dispatchEvent(new Event("sent"));
}
document.querySelector("pre").textContent = said.join(", ");
</script>
END
said=$(chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$work/page.html" 2>/dev/null | grep -o '<pre>[^<]*')
echo "$(chromium --version 2>/dev/null) ${said#<pre>}"
[ "${said#<pre>}" = "element: capturing, element: bubbling, window: bubbling, window: capturing" ]
