#!/usr/bin/env bash
# A script that wraps a block once the page is parsed takes Firefox to the block's top instead of the quoted text in it.
#
# Expected: a link to quoted text, #:~:text=, lands on the text, whether or not a script puts an element around the
#   block that holds it (a frame with a "copy" button, a box that scrolls), as scripts for code do on most blogs.
# Happens: Firefox keeps the element that it was going to, and not the place of the text: where the block was taken out
#   and put back in DOMContentLoaded or load, its top is scrolled to, however tall it is. Moved sooner, while the page is
#   parsed, or later, the text is landed on. Chromium lands in all four cases.
# Seen with: Firefox 153.8 ESR and Chromium 156, both of Debian; Selenium 4.38.0, geckodriver 0.37.1.
# So: add buttons beside or inside a block, and leave the block itself where it is; or wrap it on the server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet selenium==4.38.0
cat > land.py <<'END'
import functools, http.server, pathlib, shutil, threading, time
from selenium import webdriver

WRAP = "const frame = document.createElement('div'); block.replaceWith(frame); frame.append(block)"
PAGES = {
    "moved while parsing": WRAP,
    "moved in DOMContentLoaded": f"document.addEventListener('DOMContentLoaded', () => {{ {WRAP} }})",
    "moved in load": f"addEventListener('load', () => {{ {WRAP} }})",
    "button added in load": "addEventListener('load', () => block.append(document.createElement('button')))",
}
SEEN = """const text = document.querySelector("code").firstChild, range = document.createRange()
    range.setStart(text, text.length - 5); range.setEnd(text, text.length)
    return range.getBoundingClientRect().top >= 0 && range.getBoundingClientRect().bottom <= innerHeight"""
CODE = "first" + 200 * "\n" + "needle of the code"
for name, script in PAGES.items():
    pathlib.Path(f"{name}.html").write_text(f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>T</title>
<pre><code>{CODE}</code></pre><div style="height: 5000px"></div>
<script>const block = document.querySelector("pre"); {script}</script></html>""")
http.server.SimpleHTTPRequestHandler.log_message = lambda *_: None
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
firefox, chromium = webdriver.FirefoxOptions(), webdriver.ChromeOptions()
firefox.add_argument("-headless"), chromium.add_argument("--headless=new"), chromium.add_argument("--no-sandbox")
firefox.binary_location, chromium.binary_location = shutil.which("firefox-esr"), shutil.which("chromium")
for start in (lambda: webdriver.Firefox(firefox, webdriver.FirefoxService(shutil.which("geckodriver"))),
              lambda: webdriver.Chrome(chromium, webdriver.ChromeService(shutil.which("chromedriver")))):
    browser = start()
    for name in PAGES:
        browser.get(f"http://127.0.0.1:{server.server_port}/{name}.html#:~:text=needle%20of")
        time.sleep(2)
        print(f"{browser.name}, {name}: {'lands' if browser.execute_script(SEEN) else 'does not'}", flush=True)
    browser.quit()
END
env/bin/python land.py | tee seen
test "$(grep -c ': lands' seen)" = 6
test "$(grep ': does not' seen)" = $'firefox, moved in DOMContentLoaded: does not\nfirefox, moved in load: does not'
