"""The command that exports a search without a server."""

from collections.abc import Iterable
from pathlib import Path

import click
from jinja2 import Environment

from ...index.cli.options import FOUND, PATH, with_settings
from ...index.engines import open_engine
from ...index.errors import SettingsError
from ...index.files import atomic_write
from ...index.settings import Settings
from ...index.terminal import say
from ...index.tools.export.static_index import write_index
from ..rendering.static_files import Asset, load_assets
from ..rendering.theme import Theme, load_theme
from ..routes.component import DIALOG, SCRIPT, component_file, component_files

EXPORTED_SCRIPTS = Path(__file__).with_name("static")
# What scripts of the component have at their end, to ask files instead of a server.
EXPORT_ENDS = {SCRIPT: "box.js", DIALOG: "dialog.js"}
PAGE = "index.html"


@click.command()
@click.argument("directory", type=PATH)
@with_settings
def export(settings: Settings, directory: Path) -> int:
    """Write a search of static files into DIRECTORY, for a site without a server."""
    if not settings.has_own_site:
        raise SettingsError("an export links to the pages of your own site; set base_url, or permalink in [addresses]")
    theme = load_theme(settings, ".")
    written = write_index(open_engine(settings).snapshot(), settings.title, directory)
    files = {asset.url: asset.content for asset in theme.assets.values()} | _files(theme)
    for name, content in files.items():
        with atomic_write(_in_folder(directory / name)) as temporary:
            temporary.write_bytes(content)
    _remove_old(directory, theme.assets.values())
    size = (written.size + sum(map(len, files.values()))) / 1_000_000
    say(f"wrote {written.posts} posts, {written.files + len(files)} files, {size:.1f} MB into {directory}")
    return FOUND


def _in_folder(file: Path) -> Path:
    """Return a file after making its folder."""
    file.parent.mkdir(exist_ok=True)
    return file


def _remove_old(directory: Path, assets: Iterable[Asset]) -> None:
    """Remove the files of an earlier theme, once no page names them."""
    kept = {directory / asset.url for asset in assets}
    for file in (directory / "assets").glob("*"):
        if file not in kept:
            file.unlink()


def _files(theme: Theme) -> dict[str, bytes]:
    """Return the files of the page and those of the component, by name."""
    own = {file.name: file.read_bytes() for file in EXPORTED_SCRIPTS.iterdir()}
    page = Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True).from_string(own[PAGE].decode())
    own[PAGE] = page.render(theme=theme).encode()
    ends = {name: own.pop(end) for name, end in EXPORT_ENDS.items()}
    assets = load_assets()
    shared = {name: component_file(name, assets, "./") + ends.get(name, b"") for name in component_files()}
    return {**own, **shared}
