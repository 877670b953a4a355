"""The engines, each in a package of its own."""

from ..errors import SettingsError
from ..semantic.model import find_model
from ..settings import Settings
from .base import Engine


def open_engine(settings: Settings) -> Engine:
    """Return the engine that the settings name, without reading or writing anything."""
    if settings.engine == "opensearch":
        return _opensearch(settings)
    from .whoosh.engine import WhooshEngine

    return WhooshEngine(settings.index, find_model(settings))


def _opensearch(settings: Settings) -> Engine:
    try:
        from .opensearch.cluster import Access
        from .opensearch.engine import OpenSearchEngine
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"engine = 'opensearch' needs {error.name}; install it from a clone: './backmatter[opensearch]'"
        ) from None
    cluster = settings.opensearch
    access = Access(cluster.hosts, cluster.user, cluster.password, cluster.token, cluster.ca, cluster.timeout)
    return OpenSearchEngine(
        access,
        cluster.index,
        shards=cluster.shards,
        replicas=cluster.replicas,
        model=find_model(settings),
        directory=settings.index,
    )
