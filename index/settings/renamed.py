"""Settings that have another name since version 0.2; the old one is read until 0.3, with a warning."""

import json
from collections.abc import Mapping

from .declared import DECLARED

RENAMED: Mapping[str, str] = {
    **{
        f"opensearch_{key}": f"opensearch.{key}"
        for key in ("hosts", "index", "shards", "replicas", "user", "password", "token", "ca", "timeout")
    },
    **{key: f"addresses.{key}" for key in ("permalink", "permalinks", "names", "heading_ids")},
    "site": "mirror.site",
    "site_remote": "mirror.remote",
    **{key: f"server.{key}" for key in ("host", "port", "workers", "public_url", "origins", "log", "metrics_token")},
    "count_searches": "insights.count",
    "author_token": "insights.token",
    "hook_secret": "hooks.secret",
    "hook_pull": "hooks.pull",
    "webhook": "hooks.webhook",
}


def line_to_write(old: str, value: object) -> str:
    """Return the line of a file that takes the place of an old one."""
    declared = DECLARED[RENAMED[old]]
    shown = "…" if declared.is_secret else json.dumps(value, ensure_ascii=False)
    return f"{declared.name} = {shown}"


def variable_to_write(old: str, text: str) -> str:
    """Return the environment variable that takes the place of an old one."""
    declared = DECLARED[RENAMED[old]]
    return f"{declared.variable}={'…' if declared.is_secret else text}"
