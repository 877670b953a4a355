"""Posts into Whoosh segments and their arrays: analysed once, sorted once."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from index.engines.whoosh import arrays
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.postings import CompactCodec, write_postings
from index.engines.whoosh.schema import seconds, stored
from index.engines.whoosh.tokens import FIELDS, PostTokens, post_tokens
from index.model import Post
from index.ranking import TEXT, WEIGHTS


class OwnTemporaries(FileStorage):  # type: ignore[misc]
    """An index's directory, with temporary files of this process apart.

    Whoosh's writers all have the same temporary directory, and delete it with everything in it when they are done.
    """

    def temp_storage(self, name: str) -> FileStorage:
        """Give the directory of this name for this process."""
        return super().temp_storage(f"{os.getpid()}.{name}")


class PostWriter(SegmentWriter):  # type: ignore[misc] # Whoosh is not typed for those who build on it
    """Whoosh's writer of one segment, fed with posts instead of field values.

    It takes no lock and commits nothing: the segment is for whoever holds the lock to name in a generation.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(FileIndex(OwnTemporaries(directory)), _lk=False, codec=CompactCodec())
        self._directory = directory
        self._inverter = Inverter()

    @property
    def tokens(self) -> int:
        """How many tokens were added."""
        return self._inverter.doc_at[-1]

    def finish(self) -> Any:
        """Complete the segment, without a commit."""
        segment = self._finalize_segment()
        self._finish()
        return segment

    def add(self, post: Post) -> None:
        """Add a post to the segment that is being written."""
        tokens = post_tokens(post)
        self._inverter.add(post, tokens)
        self.perdocwriter.start_doc(self.docnum)
        for name, length in field_lengths(tokens).items():
            self.perdocwriter.add_field(name, self.schema[name], None, length)
        when = self.schema["when"]
        self.perdocwriter.add_column_value("when", when.column_type, when.to_column_value(seconds(post.date)))
        for name, value in stored(post).items():
            self.perdocwriter.add_field(name, self.schema[name], value, 0)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _flush_segment(self) -> None:
        """Write the postings from the arrays, instead of from Whoosh's pool."""
        self._arrays = self._inverter.arrays()
        self.perdocwriter.close()
        write_postings(self.fieldwriter, self.schema, self._arrays)
        self.fieldwriter.close()

    def _finalize_segment(self) -> Any:
        """Write the arrays beside the segment, before any generation names it."""
        segment = super()._finalize_segment()
        arrays.write(arrays_file(self._directory, segment), arrays_key(segment), self._arrays)
        return segment


def field_lengths(tokens: PostTokens) -> dict[str, int]:
    """Count the tokens in every field; after every run there is a free position."""
    lengths: Counter[str] = Counter()
    ends = [*(run.position for run in tokens.runs[1:]), len(tokens.terms)]
    for run, end in zip(tokens.runs, ends, strict=True):
        lengths[FIELDS[run.field]] += end - run.position - 1
    return lengths


def arrays_file(directory: Path, segment: Any) -> Path:
    """Name the file of a segment's arrays; Whoosh deletes it together with the segment's other files."""
    return directory / f"{segment.segment_id()}.arrays"


def arrays_key(segment: Any) -> str:
    """Say what a segment's arrays are derived from: the segment, and the weights that are baked into them."""
    return f"{segment.segment_id()} {segment.doc_count_all()} {sorted(WEIGHTS.items())} {TEXT}"
