"""Everything that can go wrong, as one small tree.

BackmatterError             what to do next is part of every message
├── SettingsError           a setting, a file or a value that cannot be used
├── InputError              a file given to a command has a line that cannot be used
├── PostError               one post cannot be read; the others go on
├── IndexMissing            there is no index yet
├── IndexDamaged            the index cannot be read
│   └── IndexOutdated       another version of Backmatter wrote it; the next run builds it anew
├── IndexLocked             another process is writing
├── IndexUnavailable        the cluster that keeps the index cannot be reached, or does not do what it is asked
└── DiskFull                there is no room for another generation; the last one is whole
"""


class BackmatterError(Exception):
    """The root: a message for a person, saying what happened, where, and what to do next."""


class SettingsError(BackmatterError):
    """A setting is unknown, misspelt or out of range."""


class InputError(BackmatterError):
    """A file of queries or judgements cannot be used; the message names the file and the line."""


class PostError(BackmatterError):
    """One post cannot be read.

    Attributes:
        path: The post's id, relative to its content directory.
        line: The line in the file, counted from 1, where one is known.
        reason: What is wrong and what to do about it.
    """

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")

    def __reduce__(self) -> tuple[type["PostError"], tuple[str, str, int | None]]:
        return PostError, (self.path, self.reason, self.line)


class IndexMissing(BackmatterError):
    """No index has been built where one is expected."""


class IndexDamaged(BackmatterError):
    """The index exists but cannot be read."""


class IndexOutdated(IndexDamaged):
    """The index is whole, and of a format that this version does not read."""


class IndexLocked(BackmatterError):
    """Another process is writing the index."""


class IndexUnavailable(BackmatterError):
    """The cluster that keeps the index does not answer, or refuses."""


class DiskFull(BackmatterError):
    """The index cannot be written for want of room: the disk is full, or a quota or a limit is reached."""
