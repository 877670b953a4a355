#!/usr/bin/env bash
# What latex2mathml makes of a formula is not safe to put into a page, and not always a formula.
#
# Expected: markup in a formula's text is text; what the package does not know is an error.
# Happens: `\text{<b>}` is written out as a tag, and `\text{<script>…}` as a script; `\href` keeps any address, and
#   `\style` any style. An unknown command becomes a name in italics with its backslash, and the columns of `aligned`,
#   which every other renderer of TeX knows, ampersands in a row; neither is an error.
# Seen with: latex2mathml 3.81.1.
# So: take the tree (`convert_to_element`) rather than the text, keep known elements and attributes, write it out with a
#   serializer that escapes, and look for backslashes and ampersands in it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet latex2mathml==3.81.1
"$work/venv/bin/python" - <<'END'
from latex2mathml.converter import convert

made = {
    source: convert(source)
    for source in (
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\nosuch x",
        r"\begin{aligned} a &= b \end{aligned}",
    )
}
for source, mathml in made.items():
    print(f"{source}\n  {mathml.partition('<mrow>')[2].removesuffix('</mrow></math>')}")
script, link, unknown, aligned = made.values()
assert "<script>alert(1)</script>" in script
assert 'href="javascript:alert(1)"' in link
assert r"<mi>\nosuch</mi>" in unknown
assert "<mi>&</mi>" in aligned
END
