"""Give each post an address of its own: of posts that ask for one slug, the first has it, and others a longer one."""

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from ..model import Source


def holders(wanted: Mapping[str, str], kept: Collection[str]) -> dict[str, str]:
    """Return, by path, the post that has the slug which a post asks for: the first by path.

    Args:
        wanted: The slugs by path.
        kept: Posts that cannot be read again, and come before others.
    """
    first: dict[str, str] = {}
    for path in sorted(wanted, key=lambda path: (path not in kept, path)):
        first.setdefault(wanted[path], path)
    return {path: first[slug] for path, slug in wanted.items()}


def with_whole_slug(source: Source) -> Source:
    """Return a post's file as one whose slug is its whole path; its stamp tells the next run."""
    start, _, mark = source.stamp.rpartition(":")
    return replace(source, is_whole=True, stamp=f"{start}:whole:{mark}")
