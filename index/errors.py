"""The exceptions that Backmatter raises.

BackmatterError             the base class; every message says what to do next
├── SettingsError           a setting, a file or a value that cannot be used
├── InputError              a line of a file given to a command cannot be used
├── PostError               one post cannot be read; the others are indexed
│   └── FolderError         a folder cannot be listed; what is below it stays as it was
├── IndexMissing            there is no index yet
├── IndexDamaged            the index cannot be read
│   └── IndexOutdated       another version of Backmatter wrote it; the next run rebuilds it
├── IndexLocked             another process is writing
├── IndexUnavailable        the cluster or the files cannot be reached, or are refused
├── DatabaseUnusable        the counts or the jobs cannot be read or written
└── DiskFull                there is no room for another generation; the last one stays readable

Errors of the system become messages in `describe_error`.
"""

import errno

# What a person can do about an error of the system.
_STEPS_BY_ERRNO = {
    errno.EIO: "look into the system's log, and copy what can still be read: the disk fails, or the way to it",
    errno.ENOSPC: "free some space, then try again",
    errno.EDQUOT: "free some space, then try again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), then try again",
    errno.EROFS: "mount it for writing, or name another place",
    errno.EACCES: "give the user who runs this access to it",
    errno.EPERM: "give the user who runs this access to it",
    errno.EISDIR: "name a file in place of the directory",
    errno.ENOTDIR: "name a directory, or move away the file in its place",
    errno.EEXIST: "name a directory, or move away the file in its place",
    errno.ELOOP: "remove the link, which leads to itself",
    errno.EMFILE: "raise the limit on open files (ulimit -n)",
    errno.ENFILE: "raise the limit on open files (sysctl fs.file-max)",
}
_OTHERWISE = "see that it is there and can be read and written"


def describe_error(error: Exception) -> str:
    """Return an error as a sentence: what it is about, what is wrong, and what to do next."""
    if not isinstance(error, OSError):
        return str(error)
    files = " to ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    return f"{files}{': ' if files else ''}{error.strerror or error}; {next_step(error)}"


def next_step(error: OSError, missing: str = _OTHERWISE) -> str:
    """Return what to do about an error of the system; `missing` is the step where there is no such file."""
    return missing if error.errno == errno.ENOENT else _STEPS_BY_ERRNO.get(error.errno or 0, _OTHERWISE)


class BackmatterError(Exception):
    """Base class. The message tells a person what happened, where, and what to do next."""


class SettingsError(BackmatterError):
    """A setting is unknown, misspelt or out of range."""


class InputError(BackmatterError):
    """A line of a file of queries or judgements cannot be used; the message names the file and the line."""


class PostError(BackmatterError):
    """One post cannot be read.

    Attributes:
        path: The post's id, relative to its content directory.
        line: The line in the file, counted from 1, if known.
        reason: What is wrong and what to do about it.
    """

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")

    def __reduce__(self) -> tuple[type["PostError"], tuple[str, str, int | None]]:
        return PostError, (self.path, self.reason, self.line)


class FolderError(PostError):
    """A folder of posts cannot be listed, so that nobody knows which posts are below it.

    Attributes:
        path: The folder's, relative to its content directory.
        root: The content directory.
    """

    def __init__(self, root: str, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.root = root


class IndexMissing(BackmatterError):
    """There is no index at the place that the settings name."""


class IndexDamaged(BackmatterError):
    """The index exists but cannot be read.

    Attributes:
        fault: What is wrong; the message also says what to do.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.fault}; run: backmatter index"


class IndexOutdated(IndexDamaged):
    """The index has a format that this version does not read."""


class IndexLocked(BackmatterError):
    """Another process is writing the index."""


class IndexUnavailable(BackmatterError):
    """The cluster does not answer or refuses a request, or the files may not be read by who runs this."""


class DatabaseUnusable(BackmatterError):
    """The database of counts or of jobs is damaged, is locked, or cannot be read or written."""


class DiskFull(BackmatterError):
    """The index cannot be written: the disk is full, or a quota or a limit is reached."""
