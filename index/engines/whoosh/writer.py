"""Posts into a Whoosh segment and its arrays: analysed once, handed to Whoosh's posting pool as finished postings."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex
from whoosh.reading import IndexReader, SegmentReader
from whoosh.writing import SegmentWriter

from index.engines.whoosh import arrays
from index.engines.whoosh.inverter import Inverter
from index.engines.whoosh.schema import exact_terms, read_post, seconds, stored
from index.engines.whoosh.tokens import FIELDS, PostTokens, post_tokens
from index.model import Post
from index.ranking import TEXT, WEIGHTS

# So many segments of about one size become one. More would be opened for every query, fewer rewritten more often.
FAN = 8


class PostWriter(SegmentWriter):  # type: ignore[misc] # Whoosh is not typed for those who build on it
    """Whoosh's writer, fed with posts instead of field values."""

    def __init__(self, index: FileIndex, directory: Path) -> None:
        super().__init__(index)
        self._directory = directory
        self._inverter = Inverter()

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


def merge_by_size(writer: PostWriter, segments: Sequence[Any]) -> list[Any]:
    """Merge what has become many or mostly deleted: segments of one size class, and those less than half alive.

    Logarithmic merging (Büttcher, Clarke, Cormack: Information Retrieval, 2010, chapter 7.1): a post is rewritten
    once for every size class that it passes through.
    """
    kept = []
    for _, group in groupby(sorted(segments, key=_size_class), key=_size_class):
        members = list(group)
        for segment in members:
            if len(members) < FAN and segment.deleted_count() * 2 <= segment.doc_count_all():
                kept.append(segment)
                continue
            reader = SegmentReader(writer.storage, writer.schema, segment)
            writer.add_reader(reader)
            reader.close()
    return kept


def _size_class(segment: Any) -> int:
    size, posts = 0, segment.doc_count_all()
    while posts >= FAN:
        size, posts = size + 1, posts // FAN
    return size
