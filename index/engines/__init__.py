"""The engines, each in a folder of its own."""

from index.engine import Engine
from index.errors import SettingsError
from index.settings import Settings


def open_engine(settings: Settings) -> Engine:
    """Give the engine that the settings ask for; nothing is read or written yet."""
    if settings.engine == "opensearch":
        return _opensearch(settings)
    from index.engines.whoosh.engine import WhooshEngine

    return WhooshEngine(settings.index)


def _opensearch(settings: Settings) -> Engine:
    try:
        from index.engines.opensearch.cluster import Access
        from index.engines.opensearch.engine import OpenSearchEngine
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"engine = 'opensearch' needs {error.name}; run: pip install 'backmatter[opensearch]'"
        ) from None
    access = Access(
        settings.opensearch_hosts,
        settings.opensearch_user,
        settings.opensearch_password,
        settings.opensearch_token,
        settings.opensearch_ca,
        settings.opensearch_timeout,
    )
    shards, replicas = settings.opensearch_shards, settings.opensearch_replicas
    return OpenSearchEngine(access, settings.opensearch_index, shards=shards, replicas=replicas)
