"""Rules about ids."""

from collections.abc import Iterator

from ..finding import Fault
from ..site import Site


def duplicate_id(site: Site) -> Iterator[Fault]:
    """Find ids that a post has twice: a link leads to the first only."""
    for page in site.pages:
        seen: set[str] = set()
        for met in page.ids:
            if met.value in seen and met.line:
                yield Fault(
                    "duplicate-id", page.source, met.line, f"the id {met.value!r} is given twice", "rename one of them"
                )
            seen.add(met.value)
