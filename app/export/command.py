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
from ..routes.component import SCRIPT, box_script

EXPORTED_SCRIPTS = Path(__file__).with_name("static")
BOX = "box.js"


@click.command()
@click.argument("directory", type=PATH)
@with_settings
def export(settings: Settings, directory: Path) -> int:
    """Write a search of static files into DIRECTORY, for a site without a server."""
    if not settings.has_own_site:
        raise SettingsError("an export links to the pages of your own site; set base_url, or permalink in [addresses]")
    written = write_index(open_engine(settings).snapshot(), settings.title, directory)
    scripts = {file.name: file.read_bytes() for file in EXPORTED_SCRIPTS.iterdir() if file.name != BOX}
    scripts[SCRIPT] = box_script(load_assets()[SCRIPT].content, "./") + (EXPORTED_SCRIPTS / BOX).read_bytes()
    for name, content in scripts.items():
        with atomic_write(directory / name) as temporary:
            temporary.write_bytes(content)
    size = (written.size + sum(map(len, scripts.values()))) / 1_000_000
    say(f"wrote {written.posts} posts, {written.files + len(scripts)} files, {size:.1f} MB into {directory}")
    return FOUND
