"""What is known of a site: its generator, and what its configuration says that Backmatter needs."""

from dataclasses import dataclass

from ...settings import CONVENTIONS, Conventions, Generator, HeadingIds, Names, Permalinks


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectedSite:
    """A site's generator and what it means for Backmatter.

    Attributes:
        generator: As the setting of this name has it.
        label: The generator's name as people write it.
        sign: The file or folder that it was recognized by.
        content: Directories of posts, relative to the site's directory.
        exclude: Patterns of paths below them that are not posts, such as templates.
        prefix: The path below which a site is served whose address is not known.
        output: The folder that the configuration has the site built into, "" for the generator's usual one.
        built: The folder with built pages that judge the sources, "" where there are none.
        permalink: Pattern of addresses where none of `permalinks` fits; None as the generator has it by default.
        permalinks: Pairs of a pattern of paths and one of addresses; None likewise.
        names: How names are written in addresses; None likewise.
        heading_ids: How heading ids are made; None likewise.
        notes: What could not be taken over, in sentences.
    """

    generator: Generator
    label: str
    sign: str
    content: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    base_url: str = ""
    prefix: str = ""
    output: str = ""
    built: str = ""
    permalink: str | None = None
    permalinks: Permalinks | None = None
    names: Names | None = None
    heading_ids: HeadingIds | None = None
    notes: tuple[str, ...] = ()

    @property
    def conventions(self) -> Conventions:
        """How the site writes names, heading ids and addresses."""
        theirs = CONVENTIONS[self.generator]
        return theirs._replace(
            names=self.names or theirs.names,
            heading_ids=self.heading_ids or theirs.heading_ids,
            permalink=theirs.permalink if self.permalink is None else self.permalink,
            permalinks=theirs.permalinks if self.permalinks is None else self.permalinks,
        )
