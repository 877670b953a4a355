"""Settings: their declaration, reading them, and warnings about those without effect."""

from .about import PLACEHOLDERS, is_web_address
from .declaration import HoldBack, Settings
from .declared import DECLARED, ENV_PREFIX, OF_JOURNALS, TABLES, Declared, without_secrets
from .generators import CONVENTIONS, Conventions, Generator, HeadingIds, Markdown, Names, Permalinks
from .journals import PAGES, SHARED
from .levels import Levels, Rule
from .reading import CONFIG_NAME, exposed_secrets, load, load_journals, share_metrics
from .tables import (
    AddressSettings,
    HookSettings,
    InsightsSettings,
    JournalSettings,
    MirrorSettings,
    OpenSearchSettings,
    RankingSettings,
    ServerSettings,
    ThemeSettings,
)
from .warnings import without_effect

__all__ = [
    "CONFIG_NAME",
    "CONVENTIONS",
    "DECLARED",
    "ENV_PREFIX",
    "OF_JOURNALS",
    "PAGES",
    "PLACEHOLDERS",
    "SHARED",
    "TABLES",
    "AddressSettings",
    "Conventions",
    "Declared",
    "Generator",
    "HeadingIds",
    "HoldBack",
    "HookSettings",
    "InsightsSettings",
    "JournalSettings",
    "Levels",
    "Markdown",
    "MirrorSettings",
    "Names",
    "OpenSearchSettings",
    "Permalinks",
    "RankingSettings",
    "Rule",
    "ServerSettings",
    "Settings",
    "ThemeSettings",
    "exposed_secrets",
    "is_web_address",
    "load",
    "load_journals",
    "share_metrics",
    "without_effect",
    "without_secrets",
]
