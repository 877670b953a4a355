"""Search several journals together: what a list of hits says of each."""

from msgspec.structs import replace

from ..model import Hit, Results


def journals_named(results: Results) -> Results:
    """Return the results of a joint snapshot with the journal of each hit apart from its path."""
    return replace(results, hits=tuple(map(_with_journal, results.hits)))


def _with_journal(hit: Hit) -> Hit:
    journal, _, path = hit.path.partition(":")
    return replace(hit, path=path, journal=journal)
