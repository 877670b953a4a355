"""Rules about pictures."""

from collections.abc import Iterator

from ..finding import Fault
from ..site import Site
from .links import is_beside, is_there


def image_alt(site: Site) -> Iterator[Fault]:
    """Find pictures without a text; `alt=""` in HTML says on purpose that there is none to give."""
    for page in site.pages:
        for met in page.pictures:
            if met.line and (met.alt is None or (met.is_markdown and not met.alt.strip())):
                message = f"the picture {met.value} has no alternative text"
                yield Fault("image-alt", page.source, met.line, message, "say in its brackets what it shows")


def dead_image(site: Site) -> Iterator[Fault]:
    """Find pictures beside the posts that are not there; where none is, they are kept elsewhere."""
    beside = [(page, met) for page in site.pages for met in page.pictures if met.line and is_beside(met.value)]
    missing = [(page, met) for page, met in beside if not is_there(page, met.value)]
    if len(missing) < len(beside):
        for page, met in missing:
            message = f"there is no picture {met.value}"
            yield Fault("dead-image", page.source, met.line, message, "correct the path, or add the file")
