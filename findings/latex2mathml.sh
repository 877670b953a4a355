#!/usr/bin/env bash
# What latex2mathml does not know is no error, and stands in the formula as it was typed.
#
# Expected: an unknown command or environment is an error, so that the source can be shown instead; what is a sign of
#   TeX's own, as & between columns, is never shown.
# Happens: an unknown command becomes a name in italics, with its backslash. So does \label, which only names a formula.
#   The columns of `aligned`, which other renderers of TeX know, become ampersands in a row, though those of `align*` are
#   columns.
# Seen with: latex2mathml 3.81.1.
# So: look for backslashes and ampersands in what was made, and show the source where there are any.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check latex2mathml==3.81.1

cat > expected <<'END'
\nosuch x: 0 columns, \nosuch x
x \label{eq}: 0 columns, x \label e q
\begin{aligned} a &= b \end{aligned}: 0 columns, a & &#x0003D; b
\begin{align*} a &= b \end{align*}: 2 columns, a &#x0003D; b
END
venv/bin/python - > seen <<'END'
from latex2mathml.converter import convert_to_element

for source in (r"\nosuch x", r"x \label{eq}", r"\begin{aligned} a &= b \end{aligned}", r"\begin{align*} a &= b \end{align*}"):
    formula = convert_to_element(source)
    print(f"{source}: {len(list(formula.iter('mtd')))} columns, {' '.join(formula.itertext())}")
END
cat seen
diff expected seen
