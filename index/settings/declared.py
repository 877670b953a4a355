"""The declarations as data: what messages, variables and the documentation are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from .declaration import Settings

ENV_PREFIX = "BACKMATTER_"


@dataclass(frozen=True, slots=True)
class Declared:
    """A setting as it is declared.

    Attributes:
        name: As it is written in a file, `server.port` for `port` in the table `[server]`.
        kind: The type of its values.
    """

    name: str
    kind: Any
    meta: Meta
    default: object

    @property
    def table(self) -> str:
        """The table that it is in, or ""."""
        return self.name.rpartition(".")[0]

    @property
    def key(self) -> str:
        """The name within its table."""
        return self.name.rpartition(".")[2]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENV_PREFIX + self.name.replace(".", "_").upper()

    @property
    def help(self) -> str:
        """What it is for."""
        return self.meta.description or ""

    @property
    def must(self) -> str:
        """What its values have to look like, in words."""
        return str((self.meta.extra or {})["must"])

    @property
    def is_secret(self) -> bool:
        """Whether no message may repeat its value."""
        return bool((self.meta.extra or {})["is_secret"])

    @property
    def is_list(self) -> bool:
        """Whether it takes several values."""
        return get_origin(self.kind) is tuple

    @property
    def is_path(self) -> bool:
        """Whether its values are files or directories."""
        return Path in (self.kind, *get_args(self.kind)) or bool((self.meta.extra or {})["is_path"])

    @property
    def choices(self) -> list[str]:
        """The values that it takes, where they are few."""
        kinds = (self.kind, *get_args(self.kind))
        return [choice for kind in kinds if get_origin(kind) is Literal for choice in get_args(kind)]


def _declared(struct: type[Struct], table: str = "") -> Iterator[Declared]:
    hints = get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        kind, meta = get_args(hints[field.name])
        if isinstance(field.default, Struct):
            yield from _declared(kind, f"{field.name}.")
        else:
            yield Declared(table + field.name, kind, meta, field.default)


JOURNAL = "journal"
"""The table that is there once for each journal, or not at all."""
EVERYWHERE = {declared.name: declared for declared in _declared(Settings)}
OF_JOURNALS = {name: declared for name, declared in EVERYWHERE.items() if declared.table == JOURNAL}
"""Settings that are only in a table `[[journal]]`."""
DECLARED = {name: declared for name, declared in EVERYWHERE.items() if name not in OF_JOURNALS}
TABLES = {
    name: get_args(kind)[1].description
    for name, kind in get_type_hints(Settings, include_extras=True).items()
    if any(declared.table == name for declared in DECLARED.values())
}
"""What each table is about."""


def without_secrets(settings: Settings) -> Settings:
    """Return settings of which anything may be shown or hashed."""
    for declared in DECLARED.values():
        if declared.is_secret:
            table = msgspec.structs.replace(getattr(settings, declared.table), **{declared.key: ""})
            settings = msgspec.structs.replace(settings, **{declared.table: table})
    return settings
