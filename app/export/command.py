"""The command that exports a search without a server."""

from pathlib import Path

import click

from ...index.cli.options import FOUND, PATH, with_settings
from ...index.engines import open_engine
from ...index.errors import SettingsError
from ...index.files import atomic_write
from ...index.settings import Settings
from ...index.terminal import say
from ...index.tools.export.static_index import write_index
from ..rendering.static_files import load_assets
from ..routes.component import DIALOG, SCRIPT, component_file, component_files

EXPORTED_SCRIPTS = Path(__file__).with_name("static")
# What scripts of the component have at their end, to ask files instead of a server.
EXPORT_ENDS = {SCRIPT: "box.js", DIALOG: "dialog.js"}


@click.command()
@click.argument("directory", type=PATH)
@with_settings
def export(settings: Settings, directory: Path) -> int:
    """Write a search of static files into DIRECTORY, for a site without a server."""
    if not settings.has_own_site:
        raise SettingsError("an export links to the pages of your own site; set base_url, or permalink in [addresses]")
    written = write_index(open_engine(settings).snapshot(), settings.title, directory)
    scripts = _scripts()
    for name, content in scripts.items():
        with atomic_write(directory / name) as temporary:
            temporary.write_bytes(content)
    size = (written.size + sum(map(len, scripts.values()))) / 1_000_000
    say(f"wrote {written.posts} posts, {written.files + len(scripts)} files, {size:.1f} MB into {directory}")
    return FOUND


def _scripts() -> dict[str, bytes]:
    """Return the files of the page and those of the component, by name."""
    own = {file.name: file.read_bytes() for file in EXPORTED_SCRIPTS.iterdir()}
    ends = {name: own.pop(end) for name, end in EXPORT_ENDS.items()}
    assets = load_assets()
    shared = {name: component_file(name, assets, "./") + ends.get(name, b"") for name in component_files()}
    return {**own, **shared}
