"""The tables of the settings: what few need, one for each larger thing."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from ..ranking import REWARDS
from .about import (
    ADDRESS,
    HOST,
    JOURNAL_NAME,
    JOURNAL_PATH,
    MUST_BE_ADDRESS,
    MUST_BE_LONG,
    MUST_BE_ORIGIN,
    MUST_HOLD,
    NODE,
    ORIGIN,
    PERMALINK,
    PUBLIC_ADDRESS,
    PUBLIC_ORIGIN,
    UNGUESSED,
    about,
)
from .generators import HeadingIds, Names


class AddressSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[addresses]`."""

    permalink: Annotated[
        str,
        about(
            "Pattern of an article's address: {year} {month} {day} {slug} {path} and more.",
            "/{year}/{month}/{slug}/",
            must=MUST_HOLD,
            pattern=PERMALINK,
        ),
    ] = ""
    permalinks: Annotated[
        tuple[tuple[str, Annotated[str, Meta(pattern=PERMALINK)]], ...],
        about(
            "Patterns for some posts, each behind one of their paths; the first that fits counts.",
            [["notes/**", "/n/{slug}/"]],
            must=MUST_HOLD,
        ),
    ] = ()
    names: Annotated[
        Names | None,
        about(
            "How names are written in addresses: safe, verbatim, github, "
            "or as hugo, jekyll, pelican, zola, docusaurus do."
        ),
    ] = None
    heading_ids: Annotated[
        HeadingIds | None,
        about(
            "How heading ids are made: github, python, or as jekyll, kramdown, hugo, hugo-ascii, blackfriday, hexo, "
            "zola do."
        ),
    ] = None


def _reward(description: str) -> Meta:
    return about(description, ge=0, le=1)


class RankingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[ranking]`."""

    titles: Annotated[float, _reward("A title that is the query.")] = REWARDS["title"]
    headings: Annotated[float, _reward("A heading that is the query.")] = REWARDS["heading"]
    code: Annotated[float, _reward("Code that has the words of the query.")] = REWARDS["code"]
    tags: Annotated[float, _reward("A tag that is the query.")] = REWARDS["tags"]
    dates: Annotated[float, _reward("The date that a query asks for, by a year or by `latest`.")] = REWARDS["date"]


class MirrorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[mirror]`."""

    site: Annotated[
        str,
        about(
            "Sitemap or feed of a running site, whose pages are posts.",
            "http://localhost:1313/sitemap.xml",
            must=MUST_BE_ADDRESS,
            pattern=ADDRESS,
        ),
    ] = ""
    remote: Annotated[bool, about("Whether that site may be on another machine.")] = False


class ThemeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[theme]`."""

    folder: Annotated[
        Path | None,
        about("Folder with templates, style.css and pictures of your own, which upgrades leave alone.", "theme"),
    ] = None
    properties: Annotated[
        tuple[tuple[str, str], ...],
        about(
            "Custom properties of the pages, such as colours, without `--backmatter-`, each with its value.",
            [["accent", "light-dark(#00539c, #8ec5ff)"]],
        ),
    ] = ()
    logo: Annotated[str, about("Picture in that folder, shown before the name.", "logo.svg")] = ""
    footer: Annotated[
        str,
        about("Line at the foot of every page, in Markdown.", "© Ada Example. [Imprint](https://example.org/imprint)"),
    ] = ""


class ServerSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[server]`."""

    host: Annotated[str, about("Address that the server listens on.")] = "127.0.0.1"
    port: Annotated[int, about("Port that the server listens on.", ge=1, le=65535)] = 8000
    workers: Annotated[int, about("Server processes.", ge=1, le=64)] = 2
    public_url: Annotated[
        str,
        about(
            "Where readers reach this server; `http://host:port` where it is empty.",
            "https://search.example.org",
            must=f"{MUST_BE_ORIGIN}, without a password",
            pattern=PUBLIC_ORIGIN,
        ),
    ] = ""
    origins: Annotated[
        tuple[Annotated[str, Meta(pattern=ORIGIN)], ...],
        about("Sites whose pages may search here by script.", ["https://blog.example.org"], must=MUST_BE_ORIGIN),
    ] = ()
    rate_limit: Annotated[
        int,
        about("Searches and suggestions a minute that a public address may ask for; 0 for any number.", ge=0),
    ] = 600
    proxies: Annotated[
        int,
        about(
            "Proxies before the server, each of which adds the client to X-Forwarded-For; 0 trusts none.", ge=0, le=8
        ),
    ] = 0
    log: Annotated[
        Literal["errors", "requests", "queries"],
        about("What is logged: errors; requests, too, without what is searched for; or with it."),
    ] = "errors"
    metrics_token: Annotated[
        str,
        about(
            "Bearer token of `/metrics`, 16 characters or more; without it there is no `/metrics`.",
            is_secret=True,
            must=MUST_BE_LONG,
            pattern=UNGUESSED,
        ),
    ] = ""


class InsightsSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[insights]`."""

    count: Annotated[bool, about("Whether searches and clicks are counted, without knowing whose.")] = True
    min_days: Annotated[
        int,
        about("Days that have to see a query before it is named to the author; 1 where readers are few.", ge=1, le=90),
    ] = 3
    token: Annotated[
        str,
        about(
            "Password of `/author`, 16 characters or more; without it there is no `/author`.",
            is_secret=True,
            must=MUST_BE_LONG,
            pattern=UNGUESSED,
        ),
    ] = ""


class HookSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[hooks]`."""

    secret: Annotated[
        str,
        about(
            "Secret of deploy hooks, 16 characters or more; without it none is accepted.",
            is_secret=True,
            must=MUST_BE_LONG,
            pattern=UNGUESSED,
        ),
    ] = ""
    pull: Annotated[Path | None, about("Clone that a hook brings up to date with `git pull`.", "/srv/blog")] = None
    webhook: Annotated[
        str,
        about(
            "Address to notify when readers find something new.",
            "https://example.org/purge",
            must=f"{MUST_BE_ADDRESS}, and no password, which messages would repeat",
            pattern=PUBLIC_ADDRESS,
        ),
    ] = ""


class McpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[mcp]`."""

    token: Annotated[
        str,
        about(
            "Bearer token of the agents that may ask over HTTP, 16 characters or more.",
            is_secret=True,
            must=MUST_BE_LONG,
            pattern=UNGUESSED,
        ),
    ] = ""
    public: Annotated[bool, about("Whether any agent may ask over HTTP, without a token.")] = False
    port: Annotated[int, about("Port of `backmatter mcp --http`, beside that of the server.", ge=1, le=65535)] = 8001


class JournalSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a table `[[journal]]` has beside all other settings: one of several journals that a server has."""

    name: Annotated[
        str,
        about(
            "Its name in commands, logs and addresses of the API.",
            "go",
            must='must be of a to z, 0 to 9 and -, at most 32, and not "all"',
            pattern=JOURNAL_NAME,
        ),
    ] = ""
    host: Annotated[
        str,
        about(
            "Name by which readers reach it; without one, by any.",
            "go.example.org",
            must="must be a host's name in lower case, without a port",
            pattern=HOST,
        ),
    ] = ""
    path: Annotated[
        str,
        about(
            "Where its addresses begin.",
            "/go",
            must="must begin with a slash and not end with one; its parts are of letters, digits, ., _, ~ and -",
            pattern=JOURNAL_PATH,
        ),
    ] = ""
    together: Annotated[
        bool,
        about("Whether it is searched in one list with the others that say so; without it, no other names it."),
    ] = False


class OpenSearchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[opensearch]`."""

    hosts: Annotated[
        tuple[Annotated[str, Meta(pattern=NODE)], ...],
        about(
            "Nodes of the cluster.",
            ["https://a.example.org:9200", "https://b.example.org:9200"],
            must=f"{MUST_BE_ORIGIN}, without a password",
            min_length=1,
        ),
    ] = ("http://127.0.0.1:9200",)
    index: Annotated[
        str,
        about(
            "Name of the index there.",
            "journal",
            must="must begin with a letter or digit and hold only a to z, 0 to 9 and _",
            pattern=r"^[a-z0-9][a-z0-9_]*$",
        ),
    ] = "backmatter"
    shards: Annotated[int, about("Parts of the index; a rebuild changes them.", ge=1, le=100)] = 1
    replicas: Annotated[int, about("Copies of each part; likewise.", ge=0, le=10)] = 1
    user: Annotated[str, about("Who signs in there.", "backmatter")] = ""
    password: Annotated[str, about("The password.", "…", is_secret=True)] = ""
    token: Annotated[str, about("Bearer token, in place of user and password.", is_secret=True)] = ""
    ca: Annotated[Path | None, about("Certificate of the nodes' authority.", "ca.pem")] = None
    timeout: Annotated[int, about("Seconds that a request may take.", ge=1, le=600)] = 30
