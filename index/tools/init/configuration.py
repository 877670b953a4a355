"""The `backmatter.toml` that `backmatter init` writes."""

import json
from collections.abc import Iterator
from pathlib import Path

from ...errors import SettingsError
from ...files import atomic_write
from ...settings import CONFIG_NAME, CONVENTIONS, load
from .detected_site import DetectedSite


def write_settings(root: Path, site: DetectedSite, *, force: bool) -> Path:
    """Write the file, and read it as any command will.

    Raises:
        SettingsError: There is one already, or it could not be used.
    """
    file = root / CONFIG_NAME
    if file.exists() and not force:
        raise SettingsError(f"{file}: exists already; --force replaces it")
    with atomic_write(file) as temporary:
        temporary.write_text("\n".join(settings_lines(site)) + "\n", "utf-8")
    load(file)
    return file


def settings_lines(site: DetectedSite) -> Iterator[str]:
    """Yield the lines of the file: what every author meets, and addresses that are not the generator's usual ones."""
    yield f"# Settings of Backmatter, made from {site.sign} of {site.label}; docs/settings.md explains them all."
    yield ""
    yield "# Directories with posts, relative to this file."
    yield _line("content", list(site.content))
    if site.built:
        yield "# The built pages, which decide what of it is published, and where. A post that is not built yet waits."
        yield _line("built", site.built)
    if site.exclude:
        yield "# Templates, output, sources beside built pages, and other files that are no pages of their own."
        yield _line("exclude", list(site.exclude))
    yield ""
    yield "# The journal's name, and the language of posts that name none."
    yield _line("title", site.title or "Journal")
    yield _line("kind", "Search")
    yield _line("language", site.language or "en")
    yield ""
    yield "# Sets how names, heading ids and addresses are written."
    yield _line("generator", site.generator)
    yield from (f"# {note}" for note in site.notes)
    if site.base_url:
        yield "# Results link to your own site, at the addresses that the generator makes."
    else:
        yield "# Backmatter shows the articles itself. With what follows, results link to your own site instead."
    # What is not known is proposed as a comment.
    sign = "" if site.base_url else "# "
    yield sign + _line("base_url", site.base_url or f"https://blog.example.org/{site.prefix}".rstrip("/"))
    yield from (sign + line for line in _addresses(site))


def _addresses(site: DetectedSite) -> Iterator[str]:
    actual, usual = site.conventions, CONVENTIONS[site.generator]
    if actual != usual:
        yield "[addresses]"
    if (actual.permalink, actual.permalinks) != (usual.permalink, usual.permalinks):
        yield _line("permalink", actual.permalink)
        yield "permalinks = ["
        yield from (f"    {json.dumps(pair, ensure_ascii=False)}," for pair in actual.permalinks)
        yield "]"
    if actual.names != usual.names:
        yield _line("names", actual.names)
    if actual.heading_ids != usual.heading_ids:
        yield _line("heading_ids", actual.heading_ids)


def _line(name: str, value: object) -> str:
    """Write a setting; strings and lists of them are written in TOML as in JSON."""
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
