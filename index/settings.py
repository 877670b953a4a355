"""The one place that reads configuration: a TOML file, then `BACKMATTER_...` variables, then the command line."""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from index.errors import SettingsError

CONFIG_NAME = "backmatter.toml"
ENV_PREFIX = "BACKMATTER_"

HoldBack = Literal["draft", "future", "expired", "unlisted"]
Rule = Literal[
    "alike",
    "code-language",
    "dead-anchor",
    "dead-image",
    "dead-link",
    "duplicate-address",
    "duplicate-id",
    "duplicate-title",
    "empty-section",
    "front-matter",
    "future-date",
    "held-back",
    "huge-section",
    "image-alt",
    "missing-date",
    "unreadable",
]
# Short ones are guessed.
UNGUESSED = r"^(\S{16,})?$"
SECRETS = {"author_token", "metrics_token", "hook_secret", "opensearch_password", "opensearch_token"}
HeadingIds = Literal["github", "kramdown", "python"]
Names = Literal["safe", "verbatim", "hugo", "jekyll", "pelican", "zola", "docusaurus", "github"]
PLACEHOLDERS = (
    "year",
    "month",
    "day",
    "slug",
    "path",
    "folder",
    "file",
    "name",
    "title",
    "slug_or_title",
    "slug_or_dated",
    "categories",
)
PATTERN = rf"^([^{{}}]|\{{({'|'.join(PLACEHOLDERS)})\}})*$"


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much some rules of `backmatter check` matter for some posts.

    Attributes:
        paths: Patterns of posts' paths below their content directory: `*` within a folder, `**` across folders.
    """

    paths: tuple[str, ...] = ("**",)
    off: tuple[Rule, ...] = ()
    warning: tuple[Rule, ...] = ()
    error: tuple[Rule, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default; the README's table is held to these lines by a test."""

    content: Annotated[
        tuple[Path, ...],
        Meta(min_length=1, description="Directories with posts, or exports of Ghost.", examples=[["posts", "notes"]]),
    ] = (Path("content"),)
    index: Annotated[Path, Meta(description="Directory that holds the index.")] = Path(".backmatter/index")
    engine: Annotated[
        Literal["whoosh", "opensearch"], Meta(description="What keeps the index: a directory, or a cluster.")
    ] = "whoosh"
    opensearch_hosts: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[^\s/@]+$")], ...],
        Meta(
            min_length=1,
            description="Nodes of the cluster.",
            examples=[["https://a.example.org:9200", "https://b.example.org:9200"]],
        ),
    ] = ("http://127.0.0.1:9200",)
    opensearch_index: Annotated[
        str, Meta(pattern=r"^[a-z0-9][a-z0-9_]*$", description="Name of the index there.", examples=["journal"])
    ] = "backmatter"
    opensearch_shards: Annotated[int, Meta(ge=1, le=100, description="Parts of the index; a rebuild changes them.")] = 1
    opensearch_replicas: Annotated[int, Meta(ge=0, le=10, description="Copies of each part; likewise.")] = 1
    opensearch_user: Annotated[str, Meta(description="Who signs in there.", examples=["backmatter"])] = ""
    opensearch_password: Annotated[str, Meta(description="The password.", examples=["…"])] = ""
    opensearch_token: Annotated[str, Meta(description="Bearer token, in place of user and password.")] = ""
    opensearch_ca: Annotated[
        Path | None, Meta(description="Certificate of the nodes' authority.", examples=["ca.pem"])
    ] = None
    opensearch_timeout: Annotated[int, Meta(ge=1, le=600, description="Seconds that a request may take.")] = 30
    title: Annotated[str, Meta(description="The journal's name.")] = "The Backend Engineer's Playbook"
    kind: Annotated[str, Meta(description="What stands before the name.")] = "Technical Journal"
    language: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$",
            description="Language of posts that name none and whose text does not tell.",
            examples=["en", "pt-BR"],
        ),
    ] = "en"
    base_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s]+)?$",
            description="Your own site; results then link there.",
            examples=["https://blog.example.org"],
        ),
    ] = ""
    permalink: Annotated[
        str,
        Meta(
            pattern=PATTERN,
            description="Pattern of an article's address: {year} {month} {day} {slug} {path} and more, see above.",
            examples=["/{year}/{month}/{slug}/"],
        ),
    ] = ""
    permalinks: Annotated[
        tuple[tuple[str, Annotated[str, Meta(pattern=PATTERN)]], ...],
        Meta(
            description="Patterns for some posts, each behind one of their paths; the first that fits counts.",
            examples=[[["notes/**", "/n/{slug}/"]]],
        ),
    ] = ()
    names: Annotated[
        Names,
        Meta(
            description="How names are written in addresses: safe, verbatim, github, "
            "or as hugo, jekyll, pelican, zola, docusaurus do."
        ),
    ] = "safe"
    heading_ids: Annotated[
        HeadingIds,
        Meta(description="How your generator makes heading ids: github (also Hugo), kramdown, python."),
    ] = "github"
    exclude: Annotated[
        tuple[str, ...],
        Meta(
            description="Paths below `content` that are no posts: `*` within a folder, `**` across folders.",
            examples=[["_layouts/**", "README.md"]],
        ),
    ] = ()
    hold_back: Annotated[tuple[HoldBack, ...], Meta(description="Which posts readers must not find.")] = (
        "draft",
        "future",
        "expired",
        "unlisted",
    )
    check: Annotated[
        tuple[Levels, ...],
        Meta(
            description="Which rules of `backmatter check` are off, a warning or an error, and for which posts.",
            examples=[[{"paths": ["blog/2014/**"], "off": ["image-alt"]}]],
        ),
    ] = ()
    max_post_bytes: Annotated[int, Meta(ge=1_000, description="A larger file is reported and not read.")] = 10_000_000
    site: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s]+)?$",
            description="Sitemap or feed of a running site, whose pages are posts.",
            examples=["http://localhost:1313/sitemap.xml"],
        ),
    ] = ""
    site_remote: Annotated[bool, Meta(description="Whether that site may be on another machine.")] = False
    synonyms: Annotated[
        Path | None, Meta(description="File with synonyms: lines like `k8s = kubernetes`.", examples=["synonyms.txt"])
    ] = None
    builtin_synonyms: Annotated[bool, Meta(description="Whether the list that comes along is used, too.")] = True
    pins: Annotated[
        tuple[tuple[str, str], ...],
        Meta(
            description="Queries, each with the path of the post that comes first.", examples=[[["go time", "time.md"]]]
        ),
    ] = ()
    per_page: Annotated[int, Meta(ge=1, le=100, description="Results on a page.")] = 10
    public_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s/]+/?)?$",
            description="Where readers reach this server; `http://host:port` where it is empty.",
            examples=["https://search.example.org"],
        ),
    ] = ""
    origins: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[^\s/]+$")], ...],
        Meta(
            description="Sites whose pages may search here by script.",
            examples=[["https://blog.example.org"]],
        ),
    ] = ()
    host: Annotated[str, Meta(description="Address that the server listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="Port that the server listens on.")] = 8000
    workers: Annotated[int, Meta(ge=1, le=64, description="Server processes.")] = 2

    count_searches: Annotated[
        bool, Meta(description="Whether searches and clicks are counted, without knowing whose.")
    ] = True
    author_token: Annotated[
        str,
        Meta(pattern=UNGUESSED, description="Password of `/author`, 16 characters or more; else it is not there."),
    ] = ""

    metrics_token: Annotated[
        str,
        Meta(pattern=UNGUESSED, description="Bearer token of `/metrics`, 16 characters or more; else there is none."),
    ] = ""
    log: Annotated[
        Literal["errors", "requests", "queries"],
        Meta(description="What is logged: errors; requests, too, without what is searched for; or with it."),
    ] = "errors"

    hook_secret: Annotated[
        str,
        Meta(pattern=UNGUESSED, description="Secret of deploy hooks, 16 characters or more; else there are none."),
    ] = ""
    hook_pull: Annotated[Path | None, Meta(description="Clone that a hook brings up to date with `git pull`.")] = None
    webhook: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s]+)?$",
            description="Where to tell that readers find something new.",
            examples=["https://example.org/purge"],
        ),
    ] = ""

    @property
    def jobs(self) -> Path:
        """The file with what hooks asked for: beside the index."""
        index = self.index.resolve()
        return index.with_name(f"{index.name}-jobs.sqlite")

    @property
    def mirror(self) -> Path:
        """The directory with the pages of the running site: beside the index."""
        index = self.index.resolve()
        return index.with_name(f"{index.name}-site")

    @property
    def insights(self) -> Path:
        """The file with what readers looked for: beside the index, as it cannot be built again."""
        index = self.index.resolve()
        return index.with_name(f"{index.name}-insights.sqlite")

    @property
    def listening(self) -> str:
        """Where the server listens, as `http://host:port`."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def home(self) -> str:
        """Where readers reach the server, without a slash at the end."""
        return self.public_url.rstrip("/") or self.listening

    @property
    def has_own_site(self) -> bool:
        """Whether articles are on the author's own site, and results link there."""
        return bool(self.base_url or self.permalink or self.permalinks)


def share_metrics(folder: str) -> None:
    """Tell this process and those that it starts where to share their figures: Prometheus' library reads a variable."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


FIELDS = get_type_hints(Settings, include_extras=True)


def load(config: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; later ones win: defaults, file, environment, overrides.

    An empty variable counts as not set: a blank in a deployment's template must not publish what is held back.

    Args:
        config: The file; without one `BACKMATTER_CONFIG` or `backmatter.toml` in the current directory, if it exists.
            Its relative paths start at its own directory.
        overrides: Values from the command line; those that are None do not count.

    Raises:
        SettingsError: A file or a value cannot be used; the message names the place and the values allowed.
    """
    variables = {name: text for name, text in os.environ.items() if name.startswith(ENV_PREFIX) and text}
    named = variables.pop(ENV_PREFIX + "CONFIG", None)
    file = config or Path(named or CONFIG_NAME)
    values: dict[str, object] = {}
    if config or named or file.is_file():
        values = _from_file(file)
        _check(values, str(file))
        values = _anchor(values, file.parent)
    for variable, text in variables.items():
        name = variable.removeprefix(ENV_PREFIX).lower()
        value = _split(name, text)
        _check({name: value}, variable)
        values[name] = value
    for name, value in (overrides or {}).items():
        if value is not None:
            _check({name: value}, f"--{name.replace('_', '-')}")
            values[name] = value
    return _convert(values)


def _from_file(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); give --config an existing file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from None


def _split(name: str, text: str) -> object:
    """Read a variable's text: paths stand apart as in PATH, other lists by commas."""
    if not _is_list(name):
        return text
    return [part.strip() for part in text.split(os.pathsep if name == "content" else ",") if part.strip()]


def _is_list(name: str) -> bool:
    return name in FIELDS and get_origin(get_args(FIELDS[name])[0]) is tuple


def _anchor(values: dict[str, object], folder: Path) -> dict[str, object]:
    """Make the file's relative paths start at the file's own directory."""
    anchored = dict(values)
    if "content" in values:
        anchored["content"] = [folder / str(part) for part in values["content"]]  # type: ignore[attr-defined]
    for name in ("index", "synonyms", "hook_pull", "opensearch_ca"):
        if name in values:
            anchored[name] = folder / str(values[name])
    return anchored


def _convert(values: Mapping[str, object]) -> Settings:
    settings = msgspec.convert(values, Settings, strict=False, dec_hook=_path)
    if not settings.site:
        return settings
    written = settings.content if "content" in values else ()
    return msgspec.structs.replace(settings, content=(*written, settings.mirror))


def _path(wanted: type, value: object) -> Any:
    if wanted is Path and isinstance(value, str | Path):
        return Path(value)
    raise TypeError(f"Expected a path, got `{type(value).__name__}`")


def _check(values: Mapping[str, object], place: str) -> None:
    """Try each value by itself, so that the message can name it."""
    for name, value in values.items():
        if name not in FIELDS:
            raise SettingsError(f"{place}: unknown setting {name!r}; the settings are {', '.join(FIELDS)}")
        try:
            _convert({name: value})
        except msgspec.ValidationError as error:
            reason = str(error).partition(" - at ")[0]
            # Somebody may have written a password into an address.
            shown = "…" if name in SECRETS or "@" in str(value) else repr(value)
            raise SettingsError(f"{place}: {name} = {shown}: {reason}; {_allowed(name)}") from None


def _allowed(name: str) -> str:
    """Say what a setting can be: its choices, its bounds, an example or, where all else is missing, what it is for."""
    kind, meta = get_args(FIELDS[name])
    choices = [choice for part in (kind, *get_args(kind)) if get_origin(part) is Literal for choice in get_args(part)]
    bounds = [f"{word} {bound}" for word, bound in (("at least", meta.ge), ("at most", meta.le)) if bound is not None]
    if choices:
        return f"allowed: {'a list of ' if _is_list(name) else ''}{', '.join(choices)}"
    if bounds:
        return f"allowed: {' and '.join(bounds)}"
    return f"for example {json.dumps(meta.examples[0])}" if meta.examples else meta.description
