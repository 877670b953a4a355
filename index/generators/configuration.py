"""The `backmatter.toml` that `backmatter init` writes."""

import json
from collections.abc import Iterator
from pathlib import Path

from index.errors import SettingsError
from index.generators.found import Found
from index.settings import CONFIG_NAME, load


def write(root: Path, found: Found, *, force: bool) -> Path:
    """Write the file, and read it as any command will.

    Raises:
        SettingsError: There is one already, or it could not be used.
    """
    file = root / CONFIG_NAME
    if file.exists() and not force:
        raise SettingsError(f"{file}: exists already; --force replaces it")
    file.write_text("\n".join(lines(found)) + "\n", "utf-8")
    load(file)
    return file


def lines(found: Found) -> Iterator[str]:
    """Give the lines of the file."""
    yield f"# Backmatter's settings, made of what {found.sign} of {found.generator} says. The README explains them all."
    yield ""
    yield "# Directories with posts, from this file's own."
    yield _line("content", list(found.content))
    if found.exclude:
        yield "# Templates, what is built, and other files that the generator makes no pages of."
        yield _line("exclude", list(found.exclude))
    yield ""
    yield "# The journal's name, and the language of posts that name none."
    yield _line("title", found.title or "Journal")
    yield _line("kind", "Search")
    yield _line("language", found.language or "en")
    yield ""
    yield f"# How the generator makes the ids of headings: {found.heading_ids}."
    yield _line("heading_ids", found.heading_ids)
    yield ""
    yield from (f"# {note}" for note in found.notes)
    if found.base_url:
        yield "# Results link to your own site, at the addresses that the generator makes."
    else:
        yield "# Backmatter shows the articles itself. With these lines, results link to your own site instead."
    sign = "" if found.base_url else "# "
    yield sign + _line("base_url", found.base_url or f"https://blog.example.org/{found.prefix}".rstrip("/"))
    yield sign + _line("permalink", found.permalink)
    yield sign + "permalinks = ["
    yield from (f"{sign}    {json.dumps(pair, ensure_ascii=False)}," for pair in found.permalinks)
    yield sign + "]"
    yield sign + _line("names", found.names)


def _line(name: str, value: object) -> str:
    """Write a setting; strings and lists of them are written in TOML as in JSON."""
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
