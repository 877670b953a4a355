"""Posts into Whoosh segments and their arrays: analysed once, handed to Whoosh's pool as finished postings."""

import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import IndexReader
from whoosh.writing import SegmentWriter

from index.engines.whoosh import arrays
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import exact_terms, read_post, seconds, stored
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
        super().__init__(FileIndex(OwnTemporaries(directory)), _lk=False)
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
        for name, positions in positions_by_field(tokens).items():
            self._add_text(name, positions)
        for name, values in exact_terms(post).items():
            for value in set(values):
                self._add_posting(name, value.encode(), 1.0, b"")
        self._add_date(seconds(post.date))
        for name, value in stored(post).items():
            self.perdocwriter.add_field(name, self.schema[name], value, 0)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def _add_text(self, name: str, positions: dict[str, list[int]]) -> None:
        field = self.schema[name]
        encode = field.format.encode
        for term, stands in positions.items():
            self._add_posting(name, term.encode(), float(len(stands)), encode(stands))
        self.perdocwriter.add_field(name, field, None, sum(map(len, positions.values())))

    def _add_posting(self, name: str, term: bytes, weight: float, value: bytes) -> None:
        self.pool.add((name, term, self.docnum, weight, value))

    def _add_date(self, when: int) -> None:
        field = self.schema["when"]
        for term, _, weight, value in field.index(when):
            self._add_posting("when", term, weight, value)
        self.perdocwriter.add_column_value("when", field.column_type, field.to_column_value(when))

    def add_reader(self, reader: IndexReader) -> None:
        """Take over the posts of another segment, for merging."""
        for _, kept in reader.iter_docs():
            post = read_post(kept)
            self._inverter.add(post, post_tokens(post))
        super().add_reader(reader)

    def _finalize_segment(self) -> Any:
        """Write the arrays beside the segment, before any generation names it."""
        segment = super()._finalize_segment()
        arrays.write(arrays_file(self._directory, segment), arrays_key(segment), self._inverter.arrays())
        return segment


def positions_by_field(tokens: PostTokens) -> dict[str, dict[str, list[int]]]:
    """Give the positions of every term in every field."""
    found: dict[str, dict[str, list[int]]] = {name: defaultdict(list) for name in FIELDS}
    for run, end in zip(tokens.runs, [*(run.position for run in tokens.runs[1:]), len(tokens.terms)], strict=True):
        field = found[FIELDS[run.field]]
        for position, term in enumerate(tokens.terms[run.position : end], run.position):
            if term:
                field[term].append(position)
    return found


def arrays_file(directory: Path, segment: Any) -> Path:
    """Name the file of a segment's arrays; Whoosh deletes it together with the segment's other files."""
    return directory / f"{segment.segment_id()}.arrays"


def arrays_key(segment: Any) -> str:
    """Say what a segment's arrays are derived from: the segment, and the weights that are baked into them."""
    return f"{segment.segment_id()} {segment.doc_count_all()} {sorted(WEIGHTS.items())} {TEXT}"
