"""The author's own look: templates, a style sheet and pictures in a folder, a logo, and a line at the foot of pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, cast

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, PrefixLoader, TemplateSyntaxError, nodes
from markupsafe import Markup

from ...index.errors import SettingsError, next_step
from ...index.settings import Settings, ThemeSettings
from .pictures import is_picture
from .static_files import ASSET_TYPES, Asset, make_asset

STYLE = "style.css"
# What our own templates are called in those that have their names.
OURS = "backmatter"
TEMPLATE_SUFFIXES = {".html", ".txt", ".xml"}
# Bytes of a file. Every worker keeps them all in memory; a logo has some ten thousand.
MAX_THEME_FILE = 2_000_000

_TEMPLATES = Path(__file__).parents[1] / "templates"
_OUR_STYLE = Path(__file__).parents[1] / "static" / STYLE
# What ends no declaration: colours, lengths and lists of typefaces.
_VALUE = re.compile(r"[\w#%(),./'\" +*-]+")
_REFERENCES = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
_ADDRESS = re.compile(r"""url\((['"]?)([^'"()\s]+)\1\)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What the author's settings and folder say of the look, as it was when the server started.

    Attributes:
        templates: Sources by name.
        assets: Style sheet, scripts and pictures by file name, with their hashed addresses.
    """

    templates: Mapping[str, str]
    assets: Mapping[str, Asset]
    style: Asset | None
    logo: Asset | None
    footer: Markup

    def loader(self, ours: BaseLoader) -> BaseLoader:
        """Return what loads the author's templates before ours of the same name, which are in `backmatter/`, too."""
        return ChoiceLoader([DictLoader(self.templates), ours, PrefixLoader({OURS: ours})])


def load_theme(settings: Settings, root: str | None = None) -> Theme:
    """Read a journal's theme.

    Args:
        settings: Those of the journal.
        root: Where the addresses of its files begin; by default with the journal's path.

    Raises:
        SettingsError: A file cannot be used; the message names it, and the line of a template.
    """
    folder, logo = settings.theme.folder, settings.theme.logo
    files = dict(_read(folder)) if folder else {}
    templates = {file.name: _decode(file, content) for file, content in files.items() if _is_template(file)}
    for file in filter(_is_template, files):
        _check_template(file, templates)
    assets = _assets(
        settings.root if root is None else root,
        _with_properties(
            settings.theme.properties, {file: content for file, content in files.items() if not _is_template(file)}
        ),
    )
    if logo and not (logo in assets and is_picture(Path(logo))):
        raise SettingsError(
            f"theme.logo: {logo!r} is no picture in theme.folder{f', {folder}' if folder else ''}; put one there"
        )
    return Theme(
        templates=templates,
        assets=assets,
        style=assets.get(STYLE),
        logo=assets[logo] if logo else None,
        footer=_footer(settings.theme.footer),
    )


def _with_properties(properties: Sequence[tuple[str, str]], files: Mapping[Path, bytes]) -> Mapping[Path, bytes]:
    """Write custom properties behind the author's style sheet, whose beginning may name others, or into a new one."""
    if not properties:
        return files
    known = re.findall(r"^  --backmatter-([\w-]+):", _OUR_STYLE.read_text("utf-8"), re.MULTILINE)
    for name, value in properties:
        if name not in known:
            raise SettingsError(f"theme.properties: the pages have no property {name!r}; they have {', '.join(known)}")
        if not _VALUE.fullmatch(value):
            raise SettingsError(
                f"theme.properties: {value!r}, of {name}, is no value of a property; write one as in CSS"
            )
    lines = " ".join(f"--backmatter-{name}: {value};" for name, value in properties)
    style = next((file for file in files if file.name == STYLE), Path(STYLE))
    return {**files, style: files.get(style, b"") + f"\n:root {{ {lines} }}\n".encode()}


def _footer(text: str) -> Markup:
    if not text:
        return Markup()
    # What parses and cleans takes longer to load than the rest of a theme, and most journals have no line.
    from markdown_it import MarkdownIt

    from .article_html import sanitize

    return sanitize(MarkdownIt("commonmark", {"html": False}).render(text))


def check_theme(_: object, settings: Settings) -> Iterator[tuple[Literal["ok", "warning", "fault"], str]]:
    """Check a theme for `backmatter doctor`, where there is one.

    Raises:
        SettingsError: As `load_theme`.
    """
    if settings.theme != ThemeSettings():
        theme = load_theme(settings)
        yield "ok", f"templates: {len(theme.templates)}, other files: {len(theme.assets)}"


def _is_template(file: Path) -> bool:
    return file.suffix in TEMPLATE_SUFFIXES


def _read(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the files that a theme may have, with what is in them; nothing that a link has outside of the folder."""
    try:
        for file in sorted(folder.iterdir()):
            if file.name.startswith(".") or file.suffix not in (*TEMPLATE_SUFFIXES, *ASSET_TYPES):
                continue
            if not file.resolve(strict=True).is_relative_to(folder.resolve()):
                raise SettingsError(f"{file}: leads out of theme.folder; put a copy there")
            if file.stat().st_size > MAX_THEME_FILE:
                raise SettingsError(f"{file}: is larger than {MAX_THEME_FILE / 1e6:.0f} MB; make it smaller")
            yield file, file.read_bytes()
    except OSError as error:
        step = next_step(error, "name a folder in theme.folder, or leave it out")
        raise SettingsError(f"{error.filename or folder}: cannot be read ({error.strerror}); {step}") from None


def _decode(file: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: is not UTF-8; save it so") from None


def _check_template(file: Path, templates: Mapping[str, str]) -> None:
    """Compile a template, and look for those that it names, so that no reader is the first to see what is wrong."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    source, step = templates[file.name], "correct it, or take it out of theme.folder"
    try:
        environment.compile(source, file.name)
        parsed = environment.parse(source)
    except TemplateSyntaxError as error:
        raise SettingsError(f"{file}:{error.lineno}: {error.message}; {step}") from None
    ours = [path.name for path in _TEMPLATES.iterdir()]
    known = {*ours, *(f"{OURS}/{name}" for name in ours), *templates} - {file.name}
    for node in cast("Iterator[nodes.Extends]", parsed.find_all(_REFERENCES)):
        name = node.template
        if isinstance(name, nodes.Const) and isinstance(name.value, str) and name.value not in known:
            said = f"there is no other template {name.value!r}; ours have names like {OURS}/base.html"
            raise SettingsError(f"{file}:{node.lineno}: {said}; {step}")


def _assets(root: str, files: Mapping[Path, bytes]) -> dict[str, Asset]:
    """Give files their addresses; style sheets name the others, which lie beside them, by their new names."""
    others = {file.name: make_asset(root, file, content) for file, content in files.items() if file.suffix != ".css"}
    styles = {
        file.name: make_asset(root, file, _ADDRESS.sub(partial(_address, others), _decode(file, content)).encode())
        for file, content in files.items()
        if file.suffix == ".css"
    }
    return others | styles


def _address(assets: Mapping[str, Asset], found: re.Match[str]) -> str:
    """Name a file beside the style sheet."""
    return f'url("{assets[found[2]].url.rpartition("/")[2]}")' if found[2] in assets else found[0]
