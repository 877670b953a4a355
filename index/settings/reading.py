"""The one place that reads configuration: a TOML file, then `BACKMATTER_...` variables, then the command line."""

import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from ..errors import SettingsError, next_step
from .about import is_web_address
from .declaration import Settings
from .declared import DECLARED, ENV_PREFIX, EVERYWHERE, JOURNAL, TABLES, Declared
from .journals import JournalTable, check_journals, journal_tables
from .renamed import RENAMED, line_to_write, variable_to_write
from .warnings import without_effect

CONFIG_NAME = "backmatter.toml"
_CONFIG_VARIABLE = ENV_PREFIX + "CONFIG"

_TYPE = re.compile("`([^`]+)`")
_TYPES = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "a text",
}
"""What types are called to who writes settings."""

Warn = Callable[[str], object]


def load(
    config: Path | None = None, overrides: Mapping[str, object] | None = None, warn: Warn = lambda _: None
) -> Settings:
    """Read the settings of one journal; see `load_journals`.

    Raises:
        SettingsError: A file or a value cannot be used, or there are several journals.
    """
    journals = load_journals(config, overrides, warn)
    if len(journals) > 1:
        names = ", ".join(settings.journal.name for settings in journals)
        raise SettingsError(f"{_settings_file(config)} has several journals; name one with --journal: {names}")
    return journals[0]


def load_journals(
    config: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    warn: Warn = lambda _: None,
    name: str = "",
) -> tuple[Settings, ...]:
    """Read the settings of every journal; later ones win: defaults, file, environment, overrides, `[[journal]]`.

    An empty variable counts as not set: a blank in a deployment's template must not publish what is held back.

    Args:
        config: The file; without one `BACKMATTER_CONFIG` or `backmatter.toml` in the current directory, if it exists.
            Its relative paths start at its own directory.
        overrides: Values from the command line by the settings' names; those that are None do not count.
        warn: Called with a sentence for each old name and each setting without effect.
        name: Of the only journal to return; the overrides are for it.

    Raises:
        SettingsError: A file or a value cannot be used; the message names the place and the values allowed.
    """
    variables = {name: text for name, text in os.environ.items() if name.startswith(ENV_PREFIX) and text}
    named = variables.pop(_CONFIG_VARIABLE, None)
    file = _settings_file(config)
    written = _parse(file) if config or named or file.is_file() else {}
    tables = journal_tables(written, file)
    own = {table.name: table.take_variables(variables) for table in tables}
    common = _from_file(written, str(file), file.parent, warn) | _from_environment(variables, warn)
    given = _from_options(overrides or {})
    common |= {} if name else given
    if tables or name:
        _check_choice(name, given, own, file)

    def read(table: JournalTable) -> Settings:
        values = _from_file(table.written, table.place, file.parent, warn)
        values |= _from_environment(own[table.name], warn, table.prefix)
        return _convert(table.completed(common, values) | (given if table.name == name else {}))

    journals = tuple(map(read, tables)) or (_convert(common),)
    check_journals(journals, file)
    return tuple(_told(settings, warn) for settings in journals if name in ("", settings.journal.name))


def _check_choice(name: str, given: Mapping[str, object], names: Collection[str], file: Path) -> None:
    """Refuse a journal that is not among several, and what is for one of them where none is chosen."""
    if not names:
        raise SettingsError(f"--journal {name}: {file} has no [[journal]] tables; leave the option out")
    if name and name not in names:
        raise SettingsError(f"--journal {name}: the journals of {file} are {', '.join(names)}")
    if "content" in given and not name:
        raise SettingsError("--content is for one of several journals; name it with --journal")


def _told(settings: Settings, warn: Warn) -> Settings:
    """Warn of the settings of a journal that do nothing."""
    name = settings.journal.name
    for sentence in without_effect(settings):
        warn(f"journal {name}: {sentence}" if name else sentence)
    return settings


def _settings_file(config: Path | None) -> Path:
    return config or Path(os.environ.get(_CONFIG_VARIABLE) or CONFIG_NAME)


def exposed_secrets(config: Path | None = None) -> Iterator[str]:
    """Yield a sentence for each file whose secrets every user of the machine can read.

    These are the file of settings, and one with variables beside it, which ends with `.env`.
    """
    file = _settings_file(config)
    for each, secrets in ((file, _secrets_in_file), (file.with_suffix(".env"), _secrets_in_variables)):
        if each.is_file() and each.stat().st_mode & stat.S_IROTH:
            named = ", ".join(secrets(each))
            if named:
                yield f"{each}: every user of this machine can read {named}; run: chmod o= {each}"


def _secrets_in_file(file: Path) -> Iterator[str]:
    parsed = _parse(file)
    parts = [parsed, *(table.written for table in journal_tables(parsed, file))]
    written = {name: value for part in parts for name, value in _without_tables(part, str(file))}
    return (name for name, value in written.items() if value and EVERYWHERE[RENAMED.get(name, name)].is_secret)


def _secrets_in_variables(file: Path) -> Iterator[str]:
    text = file.read_text("utf-8", "replace")
    variables = (declared.variable for declared in DECLARED.values() if declared.is_secret)
    return (name for name in variables if re.search(rf"^[ \t]*(export[ \t]+)?{name}=\S", text, re.MULTILINE))


def share_metrics(folder: str) -> None:
    """Set the folder in which processes share their metrics: Prometheus' library reads it from a variable."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


def _from_file(parsed: Mapping[str, object], place: str, folder: Path, warn: Warn) -> dict[str, object]:
    written = dict(_without_tables(parsed, place))
    values: dict[str, object] = {}
    for name in sorted(written, key=lambda name: name not in RENAMED):
        value = written[name]
        if name in RENAMED:
            warn(f"{place}: {name} is an old name; write: {line_to_write(name, value)}")
        declared = EVERYWHERE.get(RENAMED.get(name, name))
        if not declared:
            raise SettingsError(f"{place}: unknown setting {name!r}; {_meant(name)}")
        _check(declared, value, place)
        values[declared.name] = _anchor(declared, value, folder)
    return values


def _parse(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        step = next_step(error, "give --config an existing file")
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); {step}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from None


def _without_tables(written: Mapping[str, object], place: str) -> Iterator[tuple[str, object]]:
    for name, value in written.items():
        if name not in (*TABLES, JOURNAL):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        else:
            raise SettingsError(f"{place}: {name} is a table; write [{name}], and its settings below")


def _from_environment(variables: Mapping[str, str], warn: Warn, prefix: str = ENV_PREFIX) -> dict[str, object]:
    known = {prefix + declared.variable.removeprefix(ENV_PREFIX): declared for declared in DECLARED.values()}
    values: dict[str, object] = {}
    for variable in sorted(variables, key=lambda variable: variable in known):
        text, old = variables[variable], variable.removeprefix(prefix).lower()
        declared = known.get(variable) or DECLARED.get(RENAMED.get(old, ""))
        if not declared:
            raise SettingsError(f"{variable}: unknown setting; {_variable_meant(variable, known)}")
        if variable not in known:
            warn(f"{variable} is an old name; write: {variable_to_write(old, text)}")
        value = _split(declared, text)
        _check(declared, value, variable)
        values[declared.name] = value
    return values


def _split(declared: Declared, text: str) -> object:
    """Read a variable's text: paths are separated as in PATH, other lists by commas."""
    if not declared.is_list:
        return text
    return [part.strip() for part in text.split(os.pathsep if declared.is_path else ",") if part.strip()]


def _from_options(overrides: Mapping[str, object]) -> dict[str, object]:
    given = {name: value for name, value in overrides.items() if value is not None}
    for name, value in given.items():
        _check(DECLARED[name], value, f"--{DECLARED[name].key.replace('_', '-')}")
    return given


def _anchor(declared: Declared, value: Any, folder: Path) -> object:
    """Make a relative path start at the directory of the file that names it."""
    if not declared.is_path:
        return value
    if declared.is_list:
        return [folder / str(part) for part in value]
    if declared.kind is not str:
        return folder / str(value)
    return str(folder / str(value)) if value and not is_web_address(str(value)) else value


def _convert(values: Mapping[str, object]) -> Settings:
    nested: dict[str, Any] = {}
    for name, value in values.items():
        declared = EVERYWHERE[name]
        (nested.setdefault(declared.table, {}) if declared.table else nested)[declared.key] = value
    settings = msgspec.convert(nested, Settings, strict=False, dec_hook=_path)
    if not settings.mirror.site:
        return settings
    content = settings.content if "content" in values else ()
    return msgspec.structs.replace(settings, content=(*content, settings.mirror_folder))


def _path(wanted: type, value: object) -> Any:
    if wanted is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"Expected a path, got `{type(value).__name__}`")


def _check(declared: Declared, value: object, place: str) -> None:
    """Try a value by itself, so that the message can name it."""
    try:
        _convert({declared.name: value})
    except msgspec.ValidationError as error:
        reason = str(error).partition(" - at ")[0]
        reason = declared.must if "matching regex" in reason else _TYPE.sub(_type_in_words, reason)
        # Somebody may have written a password into an address.
        shown = "…" if declared.is_secret or "@" in str(value) else repr(value)
        raise SettingsError(f"{place}: {declared.name} = {shown}: {reason}; {_allowed(declared)}") from None


def _type_in_words(found: re.Match[str]) -> str:
    return " or ".join(_TYPES.get(name, name) for name in found[1].split(" | "))


def _allowed(declared: Declared) -> str:
    """Return what a setting can be: its choices, its bounds, an example or, without any of these, its help."""
    meta = declared.meta
    bounds = [f"{word} {bound}" for word, bound in (("at least", meta.ge), ("at most", meta.le)) if bound is not None]
    if declared.choices:
        return f"allowed: {'a list of ' if declared.is_list else ''}{', '.join(declared.choices)}"
    if bounds:
        return f"allowed: {' and '.join(bounds)}"
    return f"for example {json.dumps(meta.examples[0])}" if meta.examples else declared.help


def _meant(name: str) -> str:
    """Suggest the setting that an unknown name probably means, or list all of them."""
    near = _nearest(name)
    top = [name for name, declared in DECLARED.items() if not declared.table]
    if not near:
        return f"the settings are {', '.join([*top, *(f'[{table}]' for table in TABLES)])}"
    return f"did you mean {near}?{' It belongs above the first [table]' if '.' in name and near in top else ''}"


def _nearest(name: str) -> str:
    """Return the setting or table with the same key, or with a similar name or key, or ""."""
    key = name.rpartition(".")[2]
    known = {**{declared.key: declared.name for declared in reversed(DECLARED.values())}, **RENAMED}
    known |= {full: full for full in DECLARED} | {table: f"[{table}]" for table in TABLES}
    similar = [*get_close_matches(name, known, 1), *get_close_matches(key, known, 1)]
    return next((known[each] for each in (key, *similar) if each in known), "")


def _variable_meant(variable: str, known: Mapping[str, Declared]) -> str:
    near = get_close_matches(variable.removeprefix(ENV_PREFIX), [name.removeprefix(ENV_PREFIX) for name in known], 1)
    return f"did you mean {ENV_PREFIX}{near[0]}?" if near else f"the variables are {', '.join(known)}"
