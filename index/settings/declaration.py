"""All settings, each declared once: its type, default and help. The order is that of the documentation."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from .about import LANGUAGE_TAG, MUST_BE_PUBLIC, PUBLIC_ADDRESS, about, is_web_address
from .generators import CONVENTIONS, Conventions, Generator, Markdown
from .levels import Levels
from .tables import (
    AddressSettings,
    HookSettings,
    InsightsSettings,
    JournalSettings,
    McpSettings,
    MirrorSettings,
    OpenSearchSettings,
    RankingSettings,
    ServerSettings,
    ThemeSettings,
)

# Names that mean something else in a query or an address.
TAKEN_FILTERS = "tags?|years?|languages?|path|slug|title|in|after|before|from|to"
TAKEN_NAMES = f"{TAKEN_FILTERS}|q|page|per_page|sort|exact|explain|relevance|newest|oldest"
FacetName = Annotated[str, Meta(pattern=f"^(?!({TAKEN_NAMES})$)[a-z][a-z0-9_-]{{0,31}}$")]

HoldBack = Literal["draft", "future", "expired", "unlisted", "no-article", "unbuilt", "doubtful"]


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting with its default: what every author meets first, then a table for each larger thing."""

    content: Annotated[
        tuple[Path, ...],
        about("Directories with posts, or exports of Ghost.", ["posts", "notes"], min_length=1),
    ] = (Path("content"),)
    title: Annotated[str, about("The journal's name.")] = "The Backend Engineer's Playbook"
    kind: Annotated[str, about("What stands before the name, such as a kind of journal.", "Technical Journal")] = ""
    language: Annotated[
        str,
        about(
            "Language of posts that name none and whose text does not tell.",
            "en",
            "pt-BR",
            must="must be a language's code of two or three letters, with a region where it matters",
            pattern=LANGUAGE_TAG,
        ),
    ] = "en"
    generator: Annotated[
        Generator, about("What makes your site; sets its addresses and heading ids, which `[addresses]` overrides.")
    ] = "none"
    base_url: Annotated[
        str,
        about(
            "Your own site; results then link there.",
            "https://blog.example.org",
            must=MUST_BE_PUBLIC,
            pattern=PUBLIC_ADDRESS,
        ),
    ] = ""
    built: Annotated[
        str,
        about(
            "Folder or address of what your generator built of `content`; it decides what is published, and where.",
            "public",
            "https://blog.example.org",
            is_path=True,
        ),
    ] = ""
    exclude: Annotated[
        tuple[str, ...],
        about(
            "Paths below `content` that are not posts: `*` within a folder, `**` across folders.",
            ["_layouts/**", "README.md"],
        ),
    ] = ()
    hold_back: Annotated[tuple[HoldBack, ...], about("Which posts readers must not find.")] = (
        "draft",
        "future",
        "expired",
        "unlisted",
        "no-article",
        "unbuilt",
        "doubtful",
    )
    markdown: Annotated[
        Markdown | None,
        about(
            "Dialect of the posts, where it is not the generator's: any, commonmark, kramdown, mdx, "
            "python (Python-Markdown)."
        ),
    ] = None
    facets: Annotated[
        tuple[FacetName, ...],
        about(
            "Keys of front matter by which readers can narrow a search, beside tags, year and language.",
            ["series"],
            must="must begin with a letter, hold only a to z, 0 to 9, _ and -, and be no word of the query language, "
            "no parameter and no order",
        ),
    ] = ()
    shown: Annotated[
        tuple[FacetName, ...],
        about(
            "Keys of front matter whose values results show, beside date, author and tags.",
            ["series", "level"],
            must="must begin with a letter, and hold only a to z, 0 to 9, _ and -",
        ),
    ] = ()
    thumbnail: Annotated[
        str, about("Key of front matter that names a picture, which results show.", "cover", "heroImage")
    ] = ""
    synonyms: Annotated[Path | None, about("File with synonyms: lines like `k8s = kubernetes`.", "synonyms.txt")] = None
    builtin_synonyms: Annotated[bool, about("Whether the list that comes along is used, too.")] = True
    learned_words: Annotated[
        bool, about("Whether words that posts use for each other are searched as well where a query finds little.")
    ] = True
    semantic: Annotated[
        bool, about("Whether posts are also found by what they mean, by a model on this machine; needs an extra.")
    ] = False
    semantic_model: Annotated[
        Path | None,
        about(
            "Folder with a model of model2vec or an ONNX sentence model; without it, the extra's own.",
            "models/potion-base-8M",
        ),
    ] = None
    pins: Annotated[
        tuple[tuple[str, str], ...],
        about("Queries, each with the path of the post that comes first.", [["go time", "time.md"]]),
    ] = ()
    per_page: Annotated[int, about("Results on a page.", ge=1, le=100)] = 10
    max_post_bytes: Annotated[int, about("A larger file is reported and not read.", ge=1_000)] = 10_000_000
    index: Annotated[Path, about("Directory that holds the index.")] = Path(".backmatter/index")
    engine: Annotated[Literal["whoosh", "opensearch"], about("What keeps the index: a directory, or a cluster.")] = (
        "whoosh"
    )
    check: Annotated[
        tuple[Levels, ...],
        about(
            "Which rules of `backmatter check` are off, a warning or an error, and for which posts.",
            [{"paths": ["blog/2014/**"], "off": ["image-alt"]}],
        ),
    ] = ()
    addresses: Annotated[AddressSettings, about("The addresses of your site, where they are not the generator's.")] = (
        AddressSettings()
    )
    ranking: Annotated[
        RankingSettings,
        about(
            "What a match is worth beside its words, as a part of the highest score that words can give, from 0 to 1. "
            "`backmatter evaluate` measures what a change does to your own queries."
        ),
    ] = RankingSettings()
    mirror: Annotated[MirrorSettings, about("Posts that are read from a running site.")] = MirrorSettings()
    theme: Annotated[ThemeSettings, about("The look of the pages.")] = ThemeSettings()
    server: Annotated[ServerSettings, about("The server of `backmatter serve`.")] = ServerSettings()
    insights: Annotated[InsightsSettings, about("What readers look for.")] = InsightsSettings()
    hooks: Annotated[HookSettings, about("Who tells the server to index, and whom it tells.")] = HookSettings()
    mcp: Annotated[McpSettings, about("Agents that ask by the Model Context Protocol.")] = McpSettings()
    opensearch: Annotated[OpenSearchSettings, about('The cluster, with `engine = "opensearch"`.')] = (
        OpenSearchSettings()
    )
    journal: Annotated[JournalSettings, about("Several journals in one server, each in a table of its own.")] = (
        JournalSettings()
    )

    @property
    def jobs_file(self) -> Path:
        """The file with what hooks asked for: beside the index."""
        return self._beside_index("jobs.sqlite")

    @property
    def mirror_folder(self) -> Path:
        """The directory with the pages of the running site: beside the index."""
        return self._beside_index("site")

    @property
    def built_folders(self) -> tuple[Path, ...]:
        """The directory with the built pages, where there are some: those of a running site are beside the index."""
        if not self.built:
            return ()
        return (self._beside_index("built") if is_web_address(self.built) else Path(self.built),)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The directories that posts may be in."""
        return (*self.content, *self.built_folders)

    @property
    def insights_file(self) -> Path:
        """The file with what readers looked for: beside the index, as it cannot be built again."""
        return self._beside_index("insights.sqlite")

    @property
    def drafts_index(self) -> Path:
        """The directory with the index of posts that are held back: beside the readers' own."""
        return self._beside_index("drafts")

    def _beside_index(self, name: str) -> Path:
        index = self.index.resolve()
        return index.with_name(f"{index.name}-{name}")

    @property
    def listening(self) -> str:
        """The address that the server listens on, as `http://host:port`."""
        host, port = self.server.host, self.server.port
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def root(self) -> str:
        """Where the addresses of the journal's pages begin on its host: its path, "" where it has the whole host."""
        return self.journal.path

    @property
    def home(self) -> str:
        """The address at which readers reach the journal, without a slash at the end."""
        public = self.server.public_url.rstrip("/") or self.listening
        if self.journal.host:
            parts = urlsplit(public)
            public = f"{parts.scheme}://{self.journal.host}{f':{parts.port}' if parts.port else ''}"
        return public + self.root

    @property
    def fetches_pages(self) -> bool:
        """Whether pages of running sites are fetched before each run."""
        return bool(self.mirror.site) or is_web_address(self.built)

    @property
    def has_own_site(self) -> bool:
        """Whether articles are on the author's own site, and results link there."""
        return bool(self.base_url) or self._has_permalinks

    @property
    def _has_permalinks(self) -> bool:
        return bool(self.addresses.permalink or self.addresses.permalinks)

    @property
    def conventions(self) -> Conventions:
        """How names, heading ids and addresses are written: as `[addresses]` says, else as the generator does.

        `permalink` and `permalinks` replace the generator's patterns together: one of its own for some posts would
        otherwise hide the author's for all.
        """
        own, theirs = self.addresses, CONVENTIONS[self.generator]
        patterns = (own.permalink, own.permalinks) if self._has_permalinks else (theirs.permalink, theirs.permalinks)
        markdown = self.markdown or theirs.markdown
        return Conventions(own.names or theirs.names, own.heading_ids or theirs.heading_ids, *patterns, markdown)
