"""What commands share: the options that name settings, the ends of a command, and JSON."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from .. import settings as configuration
from ..settings import Settings
from ..terminal import printable, printable_json, say

FOUND, NOTHING, ERROR = 0, 1, 2
FILE = click.Path(path_type=Path)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command has, and pass the settings to the command."""

    def run(config: Path | None, content: tuple[Path, ...], index: Path | None, **options: Any) -> Any:
        return command(load_settings(config, content, index, _warn), **options)

    return with_places(update_wrapper(run, command))


def with_places(run: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where settings, posts and index are."""
    path = click.Path(path_type=Path)
    run = click.option("--index", type=path, metavar="DIR", help="Directory that holds the index.")(run)
    run = click.option("--content", type=path, metavar="DIR", multiple=True, help="Directory with posts; repeatable.")(
        run
    )
    return click.option("--config", type=path, metavar="FILE", help="Settings; backmatter.toml is found by itself.")(
        run
    )


def load_settings(
    config: Path | None, content: tuple[Path, ...], index: Path | None, warn: Callable[[str], object]
) -> Settings:
    """Load the settings that a command's options name; warnings are passed on."""
    return configuration.load(config, {"content": content or None, "index": index}, warn)


def _warn(sentence: str) -> None:
    say(f"backmatter: warning: {printable(sentence)}", err=True)


def as_json_text(value: object) -> str:
    """Return a value as JSON for a person, without what a terminal would obey."""
    import msgspec

    return printable_json(msgspec.json.format(msgspec.json.encode(value)).decode())
