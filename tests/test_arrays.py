"""The files of arrays, and the derived arrays of a segment, which are built again whenever they cannot be read."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from whoosh import index as whoosh_index

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Post
from backmatter.index.query.parser import parse
from backmatter.index.segment import arrays
from backmatter.index.segment.arrays import ARRAYS_VERSION, MAGIC, PREFIX, Unusable
from backmatter.index.segment.offsets import BLOCK, pack, unpack
from tests.build import apply, day, post

TYPES = st.sampled_from(["u1", "<u2", "<u4", "<i8", "<f4"])
ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.builds(lambda values, kind: np.array(values).astype(kind), st.lists(st.integers(0, 255), max_size=40), TYPES),
    max_size=5,
)
SMALL = {
    "numbers": np.arange(5, dtype=np.uint32),
    "none": np.empty(0, np.uint8),
    "bytes": np.frombuffer(b"abc", np.uint8),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=ARRAYS)
def test_what_is_written_is_read(tmp_path: Path, written: dict[str, arrays.Array]):
    arrays.write_arrays(tmp_path / "file", "key", written)
    found = arrays.read_arrays(tmp_path / "file", "key")
    assert list(found.entries) == list(written)
    assert all(np.array_equal(found[name], written[name]) for name in written)
    assert all(found[name].dtype == written[name].dtype for name in written)
    found.release()
    assert all(np.array_equal(found[name], written[name]) for name in written)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(st.integers(0, 3), st.integers(250, 260), st.integers(0, 2**32 - 1)), max_size=60))
@example([0, 254, 509, 765, 65_534 + 765, 2**17])
@example([2**32 - 1, 0])
def test_offsets_are_read_as_they_were_written(tmp_path: Path, values: list[int]):
    for numbers in (np.array(values, np.uint32), np.cumsum(values, dtype=np.uint32)):
        arrays.write_arrays(tmp_path / "file", "key", {"posting_at": numbers, "block_end": numbers[:1]})
        found = arrays.read_arrays(tmp_path / "file", "key")
        found.verify()
        assert found["posting_at"].tolist() == numbers.tolist()
        assert found["block_end"].tolist() == numbers[:1].tolist()
        assert found["posting_at"].dtype == np.uint32


def test_offsets_take_a_byte_or_two_each(tmp_path: Path):
    for gap, most in ((200, 1), (300, 2)):
        arrays.write_arrays(tmp_path / "file", "key", {"text_at": np.arange(0, gap * 10_000, gap, np.uint32)})
        assert (tmp_path / "file").stat().st_size < most * 10_000 + 200


def test_a_file_is_replaced_as_a_whole(tmp_path: Path):
    arrays.write_arrays(tmp_path / "file", "key", SMALL)
    held = arrays.read_arrays(tmp_path / "file", "key")
    arrays.write_arrays(tmp_path / "file", "key", {"numbers": np.zeros(3, np.uint32)})
    assert held["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert arrays.read_arrays(tmp_path / "file", "key")["numbers"].tolist() == [0, 0, 0]


def test_a_file_that_is_missing_cannot_be_used(tmp_path: Path):
    with pytest.raises(Unusable):
        arrays.read_arrays(tmp_path / "file", "key")


def test_a_file_that_was_made_for_something_else_cannot_be_used(tmp_path: Path):
    arrays.write_arrays(tmp_path / "file", "key", SMALL)
    with pytest.raises(Unusable):
        arrays.read_arrays(tmp_path / "file", "other key")


def test_a_file_that_ends_early_or_late_cannot_be_used(tmp_path: Path):
    file = tmp_path / "file"
    arrays.write_arrays(file, "key", SMALL)
    whole = file.read_bytes()
    for data in [*(whole[:length] for length in range(len(whole))), whole + b"\0"]:
        file.write_bytes(data)
        with pytest.raises(Unusable):
            arrays.read_arrays(file, "key")


def test_a_file_with_a_damaged_head_cannot_be_used(tmp_path: Path):
    file = tmp_path / "file"
    arrays.write_arrays(file, "key", SMALL)
    whole = file.read_bytes()
    (length,) = struct.unpack_from("<I", whole, 8)
    for at in range(PREFIX.size + length):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(Unusable):
            arrays.read_arrays(file, "key")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), begins=st.sampled_from([b"", MAGIC, MAGIC + struct.pack("<I", ARRAYS_VERSION)]))
def test_random_bytes_cannot_be_used(tmp_path: Path, data: bytes, begins: bytes):
    (tmp_path / "file").write_bytes(begins + data)
    with pytest.raises(Unusable):
        arrays.read_arrays(tmp_path / "file", "key")


def test_a_file_of_another_version_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(arrays, "ARRAYS_VERSION", ARRAYS_VERSION - 1)
    arrays.write_arrays(tmp_path / "file", "key", SMALL)
    monkeypatch.undo()
    with pytest.raises(Unusable):
        arrays.read_arrays(tmp_path / "file", "key")


@given(
    posts=st.lists(
        st.lists(st.tuples(st.integers(-3, 300_000), st.integers(0, 255)), min_size=1, max_size=50), max_size=4
    ),
)
def test_offsets_are_unpacked_as_they_were_packed(posts: list[list[tuple[int, int]]]):
    starts, lengths, doc_at = [], [], [0]
    for tokens in posts:
        end, padding = 0, [0] * (-len(tokens) % BLOCK)
        for gap, length in tokens:
            starts.append(max(0, end + gap))
            lengths.append(length)
            end = starts[-1] + length if length else end
        starts, lengths = starts + padding, lengths + padding
        doc_at.append(len(starts))
    packed = pack(np.array(starts, np.uint32), np.array(lengths, np.uint8), np.array(doc_at, np.uint32))
    used = np.flatnonzero(lengths)
    unpacked = unpack(packed, used.astype(np.uint32))
    ends = np.array(starts, np.int64)[used] + np.array(lengths, np.int64)[used]
    assert [part.tolist() for part in unpacked] == [np.array(starts, np.int64)[used].tolist(), ends.tolist()]


WORDS = "cache line clock monotonic jumps never 生命周期 struct padding go café it's func return".split()


def random_posts(number: int, seed: int) -> list[Post]:
    """Return posts of random words in several languages, with code, tags, dates and sections."""
    pick = random.Random(seed)  # noqa: S311

    def text() -> str:
        return " ".join(pick.choices(WORDS, k=pick.randrange(1, 30)))

    return [
        post(
            f"{n}.md",
            text(),
            *((f"Part {part}", text()) for part in range(pick.randrange(3))),
            code=pick.choice(["", "x := sync.Pool{}"]),
            title=text()[:20],
            tags=tuple(pick.sample(["go", "time", "background workers"], k=pick.randrange(3))),
            date=pick.choice([None, day(f"20{pick.randrange(10, 26)}-03-0{pick.randrange(1, 9)}")]),
            language=pick.choice(["en", "de", "ja"]),
        )
        for n in range(number)
    ]


HISTORIES = {
    "one commit": [(random_posts(30, 1), [])],
    "updates and deletes": [
        (random_posts(30, 1), []),
        (random_posts(10, 2), []),
        ([], ["3.md", "12.md", "29.md"]),
    ],
    "merges": [([one], [f"{number - 3}.md"]) for number, one in enumerate(random_posts(40, 3))],
    "nothing": [([], [])],
    "all deleted": [(random_posts(3, 1), []), ([], ["0.md", "1.md", "2.md"])],
}


@pytest.fixture(params=HISTORIES)
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    for put, delete in HISTORIES[request.param]:
        apply(WhooshEngine(tmp_path), put, delete)
    return tmp_path


def test_arrays_that_are_made_again_are_those_of_the_commit(directory: Path):
    written = {file: file.read_bytes() for file in directory.glob("*.arrays")}
    for file in written:
        file.unlink()
    WhooshEngine(directory).snapshot()
    assert {file: file.read_bytes() for file in directory.glob("*.arrays")} == written


def answers(directory: Path) -> list[object]:
    """Return the answers of a newly opened engine."""
    snapshot = WhooshEngine(directory).snapshot()
    queries = ["", "cache", "cache clock", "jum*", '"cache line"', "生命", "tag:go -cache", "sync.pool in:code"]
    found = [snapshot.find(parse(query), limit=100) for query in queries]
    hits = [[(match.article, match.score, match.spans) for match in page.matches] for page in found]
    facets = [page.facets for page in found]
    return [hits, facets, snapshot.holdings(), snapshot.vocabulary("c"), snapshot.stats().words]


def delete(files: list[Path]) -> None:
    for file in files:
        file.unlink()


def truncate(files: list[Path]) -> None:
    for file in files:
        file.write_bytes(file.read_bytes()[:-64])


def empty(files: list[Path]) -> None:
    for file in files:
        file.write_bytes(b"")


def overwrite(files: list[Path]) -> None:
    for file in files:
        file.write_bytes(b"\xff" * file.stat().st_size)


def swap(files: list[Path]) -> None:
    data = [file.read_bytes() for file in files]
    for file, other in zip(files, [*data[1:], data[0]], strict=True):
        file.write_bytes(other)


@pytest.mark.parametrize("harm", [delete, truncate, empty, overwrite, swap])
def test_arrays_that_cannot_be_used_are_made_again(tmp_path: Path, harm: Callable[[list[Path]], None]):
    for put, gone in [*HISTORIES["updates and deletes"], *HISTORIES["merges"][:5]]:
        apply(WhooshEngine(tmp_path), put, gone)
    before = answers(tmp_path)
    files = sorted(tmp_path.glob("*.arrays"))
    assert len(files) > 1
    contents = [file.read_bytes() for file in files]
    harm(files)
    assert answers(tmp_path) == before
    assert [file.read_bytes() for file in files] == contents


def test_whooshs_own_searcher_reads_the_index(tmp_path: Path):
    apply(WhooshEngine(tmp_path), random_posts(20, 1), ["3.md"])
    with whoosh_index.open_dir(tmp_path).searcher() as searcher:
        assert searcher.doc_count() == 19
        assert b"cache" in set(searcher.reader().lexicon("prose"))
