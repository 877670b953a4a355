"""Give each post an address of its own: of posts that ask for one slug, the first has it, and others a longer one."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from ..model import Source


def displaced(slugs: Mapping[str, str], wanted: Mapping[str, str], kept: Collection[str]) -> list[tuple[str, str]]:
    """Return each post that has to get another slug, with the post that is to have the slug which it asks for.

    Args:
        slugs: The slugs that posts have, by path.
        wanted: Those that they ask for.
        kept: Posts that cannot be read again, and come before others.
    """
    if slugs == wanted and len({*slugs.values()}) == len(slugs):
        return []  # as is nearly always so
    first: dict[str, str] = {}
    for path in sorted(wanted, key=lambda path: (path not in kept, path)):
        first.setdefault(wanted[path], path)
    holders = {path: first[slug] for path, slug in sorted(wanted.items())}
    return [(path, holder) for path, holder in holders.items() if (slugs[path] == wanted[path]) != (holder == path)]


def with_whole_slug(source: Source) -> Source:
    """Return a post's file as one whose slug is its whole path; its stamp tells the next run."""
    start, _, mark = source.stamp.rpartition(":")
    return replace(source, is_whole=True, stamp=f"{start}:whole:{mark}")
