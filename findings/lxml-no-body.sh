#!/usr/bin/env bash
# lxml reads a short HTML page as one that is all head.
#
# Expected: <html>, <head> and <body> may be left out; whatever cannot be in a head begins the body.
# Happens: libxml2 knows HTML 4. <section>, <main>, <article> or <header> right after <title> do not open a body: they
#   stay in <head> with all that is in them. The page has no body, and a reader that drops <head> has an empty
#   article. With <p> or <div> first, the body is there. html5lib reads both as browsers do.
# Seen with: lxml 6.1.3, beautifulsoup4 4.15.0 with "lxml", html5lib 1.1.
# So: parse pages by the rules of HTML 5, or look for text in <head> other than the title before calling a page empty.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check lxml==6.1.3 beautifulsoup4==4.15.0 html5lib==1.1

cat > expected <<'END'
<main> by lxml: body None, head 'TitleText.'
<main> by html5lib: body 'Text.', head 'Title'
<section> by lxml: body None, head 'TitleText.'
<section> by html5lib: body 'Text.', head 'Title'
<div> by lxml: body 'Text.', head 'Title'
<div> by html5lib: body 'Text.', head 'Title'
END
venv/bin/python - > seen <<'END'
from bs4 import BeautifulSoup

for tag in ("main", "section", "div"):
    for parser in ("lxml", "html5lib"):
        page = BeautifulSoup(f"<!doctype html><title>Title</title><{tag}><p>Text.</p></{tag}>", parser)
        body = page.body and page.body.get_text()
        print(f"<{tag}> by {parser}: body {body!r}, head {page.head.get_text()!r}")
END
cat seen
diff expected seen
