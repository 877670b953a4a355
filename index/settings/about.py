"""What a setting says of itself: its help, its examples, and what its values look like, as a pattern and in words."""

from typing import Any

from msgspec import Meta

PLACEHOLDERS = (
    "year",
    "month",
    "day",
    "slug",
    "path",
    "folder",
    "file",
    "page",
    "name",
    "title",
    "slug_or_title",
    "slug_or_dated",
    "category",
    "categories",
)


def about(
    description: str, *examples: object, must: str = "", is_secret: bool = False, is_path: bool = False, **limits: Any
) -> Meta:
    """Return the metadata of a setting.

    Args:
        description: Its help: a sentence, shown in the documentation.
        examples: Values that messages propose.
        must: The pattern in words, for whoever broke it.
        is_secret: Whether no message may repeat the value.
        is_path: Whether the value is a path, unless it is an address on the web.
        limits: What limits the value, as msgspec takes it.
    """
    extra = {"must": must, "is_secret": is_secret, "is_path": is_path}
    return Meta(description=description, examples=list(examples), extra=extra, **limits)


def is_web_address(text: str) -> bool:
    """Check whether a value that may be a path is an address."""
    return text.lower().startswith(("http://", "https://"))


ADDRESS = r"^(https?://[^\s]+)?$"
# What readers see must not hold a password.
PUBLIC_ADDRESS = r"^(https?://[^\s/@]+(/\S*)?)?$"
PUBLIC_ORIGIN = r"^(https?://[^\s/@]+/?)?$"
ORIGIN = r"^https?://[^\s/]+$"
NODE = r"^https?://[^\s/@]+$"
LANGUAGE_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$"
PERMALINK = rf"^([^{{}}]|\{{({'|'.join(PLACEHOLDERS)})\}})*$"
HOST = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)?$"
JOURNAL_NAME = r"^(?!all$)[a-z0-9][a-z0-9-]{0,31}$"
JOURNAL_PATH = r"^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$"
# Short secrets are guessed.
UNGUESSED = r"^(\S{16,})?$"

MUST_BE_ADDRESS = "must begin with http:// or https:// and hold no space"
MUST_BE_PUBLIC = "must begin with http:// or https:// and hold neither a space nor a password, which readers would see"
MUST_BE_ORIGIN = "must begin with http:// or https:// and end with the host's name or port"
MUST_HOLD = f"may hold of braces only {' '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"
MUST_BE_LONG = "must have 16 characters or more, and no space"
