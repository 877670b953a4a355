"""What commands share: the options that name settings, and the ends of a command."""

from collections.abc import Callable
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click

from .. import settings as configuration
from ..settings import Settings
from ..terminal import printable, say

FOUND, NOTHING, ERROR = 0, 1, 2
PATH = click.Path(path_type=Path)


def with_settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command has, and pass the settings to the command."""

    def run(config: Path | None, content: tuple[Path, ...], index: Path | None, **options: Any) -> Any:
        return command(load_settings(config, content, index, _warn), **options)

    return with_places(update_wrapper(run, command))


def with_places(run: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where settings, posts and index are."""
    options = (
        click.option("--config", type=PATH, metavar="FILE", help="Settings; backmatter.toml is found by itself."),
        click.option("--content", type=PATH, metavar="DIR", multiple=True, help="Directory with posts; repeatable."),
        click.option("--index", type=PATH, metavar="DIR", help="Directory that holds the index."),
    )
    for option in reversed(options):
        run = option(run)
    return run


def load_settings(
    config: Path | None, content: tuple[Path, ...], index: Path | None, warn: Callable[[str], object]
) -> Settings:
    """Load the settings that a command's options name; warnings are passed on."""
    return configuration.load(config, {"content": content or None, "index": index}, warn)


def _warn(sentence: str) -> None:
    say(f"backmatter: warning: {printable(sentence)}", err=True)
