"""Backmatter on a site of MkDocs: put this file beside `mkdocs.yml`.

    hooks: [backmatter_hook.py]
    extra:
      backmatter: {src: "https://search.example.org"}

Each page gets a button that opens the search, at the beginning of its body or, if a template of your theme has a
`<backmatter-search>`, there. After each build, `backmatter index` is run, if `backmatter.toml` is beside `mkdocs.yml`.
"""

import re
import subprocess
from html import escape
from pathlib import Path
from typing import Any

SCRIPT = '<script type="module" src="{src}/backmatter-search.js"></script>'
SEARCH = '<backmatter-search mode="dialog" keys="/ ctrl+k" src="{src}"><a href="{src}/">Search</a></backmatter-search>'

# The commands of MkDocs that have been started; `serve` shows pages while they are written.
commands: list[str] = []


def on_startup(command: str, **_: Any) -> None:
    """Remember the command."""
    commands.append(command)


def on_post_page(output: str, config: Any, **_: Any) -> str:
    """Put the search into a page."""
    src = escape(config["extra"]["backmatter"]["src"].rstrip("/"))
    search = "" if "<backmatter-search" in output else SEARCH.format(src=src)
    output = output.replace("</head>", SCRIPT.format(src=src) + "</head>", 1)
    return re.sub(r"<body\b[^>]*>", lambda body: body[0] + search, output, count=1)


def on_post_build(config: Any, **_: Any) -> None:
    """Bring the index up to date."""
    folder = Path(config["config_file_path"]).parent
    if "serve" not in commands and (folder / "backmatter.toml").exists():
        subprocess.run(["backmatter", "index"], cwd=folder, check=True)  # noqa: S607 - the one that is installed
