"""What commands share: the options that name settings, which journal they are for, and the ends of a command."""

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from pathlib import Path
from typing import Any

import click

from .. import settings as configuration
from ..errors import BackmatterError, SettingsError, describe_error
from ..settings import Settings
from ..terminal import printable, say

FOUND, NOTHING, ERROR = 0, 1, 2
PATH = click.Path(path_type=Path)

Command = Callable[..., Any]


def with_settings(command: Command) -> Command:
    """Add the options that every command has, and pass the settings of one journal to the command."""

    def run(journals: tuple[Settings, ...], **options: Any) -> Any:
        if len(journals) > 1:
            raise SettingsError(f"there are several journals; name one with --journal: {journal_names(journals)}")
        return command(journals[0], **options)

    return with_journals(update_wrapper(run, command))


def for_each_journal(command: Command) -> Command:
    """Add the same options, and run the command for one journal after the other; the worst end counts."""

    def run(journals: tuple[Settings, ...], **options: Any) -> int:
        return run_for_each(partial(command, **options), journals)

    return with_journals(update_wrapper(run, command))


def run_for_each(command: Callable[[Settings], int], journals: Sequence[Settings]) -> int:
    """Run a command for some journals; return the worst end. Where it fails for one, it is run for the others."""
    return command(journals[0]) if len(journals) == 1 else max(_end_of(command, settings) for settings in journals)


def _end_of(command: Callable[[Settings], int], settings: Settings) -> int:
    say(f"{settings.journal.name}:", err=True)
    try:
        return command(settings)
    except (BackmatterError, OSError) as error:
        say(f"backmatter: {printable(describe_error(error))}", err=True)
        return ERROR


def with_journals(command: Command) -> Command:
    """Add the same options, and pass the settings of all journals, or of the one that is named."""

    def run(
        config: Path | None, content: tuple[Path, ...], index: Path | None, journal: str | None, **options: Any
    ) -> Any:
        return command(chosen_journals(config, content, index, journal, _warn), **options)

    return with_places(update_wrapper(run, command))


def with_places(run: Command) -> Command:
    """Add the options that say where settings, posts and index are."""
    options = (
        click.option("--config", type=PATH, metavar="FILE", help="Settings; backmatter.toml is found by itself."),
        click.option("--content", type=PATH, metavar="DIR", multiple=True, help="Directory with posts; repeatable."),
        click.option("--index", type=PATH, metavar="DIR", help="Directory that holds the index."),
        click.option("--journal", metavar="NAME", help="One of several journals that the settings have."),
    )
    for option in reversed(options):
        run = option(run)
    return run


def chosen_journals(
    config: Path | None,
    content: tuple[Path, ...],
    index: Path | None,
    journal: str | None,
    warn: Callable[[str], object],
) -> tuple[Settings, ...]:
    """Load the settings of the journals that a command's options name; warnings are passed on."""
    return configuration.load_journals(config, {"content": content or None, "index": index}, warn, journal or "")


def journal_names(journals: Sequence[Settings]) -> str:
    """Return the names of several journals, as they are listed."""
    return ", ".join(settings.journal.name for settings in journals)


def _warn(sentence: str) -> None:
    say(f"backmatter: warning: {printable(sentence)}", err=True)
