"""Damage to a file of the index never changes an answer: it is named, and the next run repairs it."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import IndexDamaged, IndexMissing
from backmatter.index.query.analysed import analyse
from backmatter.index.query.parser import parse
from backmatter.index.search.search import search
from backmatter.index.segment.arrays import ALIGNMENT, PREFIX, Header, read_arrays, write_arrays
from backmatter.index.semantic.model import SemanticModel
from backmatter.index.sync.sync import sync
from tests.build import apply
from tests.build import post as made
from tests.conftest import Journal, make_journal
from tests.meaning import TOPICS, write_model
from tests.test_judge import judged, page, post
from tests.torture import THOROUGH

PAGE = 4096
# Damages of each kind.
SAMPLES = 2500 if THOROUGH else 20
QUERIES = ["", "word", "wor*", '"common word"', "tag:go -unique3", "unique1 OR unique2", "Mixed in:title"]


def flip(data: bytes, random: Random, _: bytes) -> bytes:
    offset = random.randrange(len(data))
    return data[:offset] + bytes([data[offset] ^ 1 << random.randrange(8)]) + data[offset + 1 :]


def zero(data: bytes, random: Random, _: bytes) -> bytes:
    offset = random.randrange(0, len(data), PAGE)
    end = min(len(data), offset + random.choice((16, 512, PAGE)))
    return data[:offset] + bytes(end - offset) + data[end:]


def truncate(data: bytes, random: Random, _: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def swap(_: bytes, __: Random, other: bytes) -> bytes:
    return other


DAMAGES: list[Callable[[bytes, Random, bytes], bytes]] = [flip, zero, truncate, swap]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """A journal of three segments, with posts that were deleted."""
    journal = make_journal(tmp_path_factory.mktemp("whole"), {})
    for number in range(3):
        for each in range(6):
            text = f"---\ntitle: Mixed {each}\ntags: [go, t{number}]\n---\nA common word, unique{number * 6 + each}.\n"
            journal.content.mkdir(exist_ok=True)
            (journal.content / f"{number}-{each}.md").write_text(text * (each + 1), "utf-8")
        journal.index()
    (journal.content / "0-2.md").unlink()
    journal.index()
    return journal


def answers(directory: Path) -> list[object]:
    """Return what a newly started reader answers."""
    snapshot = WhooshEngine(directory).snapshot()
    pages = [snapshot.find(parse(query), limit=20) for query in QUERIES]
    hits = [[(match.article, match.score, match.spans, match.cut(0, 99)) for match in page.matches] for page in pages]
    texts = sorted((post.path, post.text) for post in snapshot.posts())
    return [hits, [page.facets for page in pages], texts, dict(snapshot.vocabulary("")), dict(snapshot.holdings())]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_or_changes_nothing(whole: Journal, tmp_path: Path, damage: Callable[..., bytes]):
    expected = answers(whole.settings.index)
    random = Random(damage.__name__)  # noqa: S311
    state = tmp_path / "index"
    shutil.copytree(whole.settings.index, state)
    files = sorted(file for file in state.iterdir() if file.suffix in (".posts", ".arrays", ".toc"))
    contents = {file: file.read_bytes() for file in files}
    damaged = 0
    for number in range(SAMPLES):
        file = files[number % len(files)]
        other = random.choice([each for each in files if each != file])
        file.write_bytes(damage(contents[file], random, contents[other]))
        try:
            assert answers(state) == expected, f"case {number}: {file.name}"
        except (IndexDamaged, IndexMissing):
            damaged += 1
        for each in files:
            each.write_bytes(contents[each])
    assert damaged


@pytest.mark.parametrize("suffix", ["posts", "arrays", "toc"])
@pytest.mark.parametrize("damage", DAMAGES[:3])
def test_the_next_run_repairs_what_is_damaged(
    whole: Journal, tmp_path: Path, damage: Callable[..., bytes], suffix: str
):
    shutil.copytree(whole.content.parent, tmp_path, dirs_exist_ok=True)
    journal = make_journal(tmp_path, {})
    expected = {post.path: post.text for post in journal.engine.snapshot().posts()}
    file = min(journal.settings.index.glob(f"*.{suffix}"))
    random = Random(suffix)  # noqa: S311
    before = file.read_bytes()
    while (after := damage(before, random, b"")) == before:
        pass
    file.write_bytes(after)
    journal = make_journal(tmp_path, {})
    if suffix == "toc":
        with pytest.raises(IndexDamaged, match=file.name):
            journal.engine.inspect()
    else:
        assert list(journal.engine.inspect().damaged) == [file.name]
    journal.index()
    fresh = WhooshEngine(journal.settings.index)
    assert {post.path: post.text for post in fresh.snapshot().posts()} == expected
    assert not fresh.inspect().damaged


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_runs_remember_is_damaged_no_post_is_lost(tmp_path: Path, damage: Callable[..., bytes]):
    text = "{0} is a walrus that swims in cold water, dives for clams and rests on the ice of bay {0}."
    names = [f"post{number}" for number in range(6)]
    journal = judged(
        tmp_path,
        {f"{name}.md": post(name.title(), text.format(name)) for name in (*names, "unbuilt")},
        {f"{name}/index.html": page(name.title(), f"<p>{text.format(name)}</p>") for name in names},
    )
    journal.index()
    expected = answers(journal.settings.index)
    files = sorted(journal.settings.index.glob("*.msgpack"))
    assert {file.stem for file in files} == {"claims", "pages", "refused", "sources"}
    contents = {file: file.read_bytes() for file in files}
    random = Random(damage.__name__)  # noqa: S311
    for number in range(SAMPLES // 5):
        file = files[number % len(files)]
        other = contents[random.choice([each for each in files if each != file])]
        file.write_bytes(damage(contents[file], random, other))
        report = sync(journal.engine, journal.settings)
        assert (report.failed, report.deleted, len(report.held_back)) == ([], [], 1), f"case {number}: {file.name}"
        assert answers(journal.settings.index) == expected
        for each in files:
            each.write_bytes(contents[each])


def test_the_next_run_repairs_arrays_that_are_whole_and_lack_what_a_reader_needs(whole: Journal, tmp_path: Path):
    shutil.copytree(whole.content.parent, tmp_path, dirs_exist_ok=True)
    journal = make_journal(tmp_path, {})
    expected = answers(journal.settings.index)
    file = min(journal.settings.index.glob("*.arrays"))
    data = file.read_bytes()
    _, _, length, _ = PREFIX.unpack_from(data)
    header = msgspec.msgpack.decode(data[PREFIX.size : PREFIX.size + length], type=Header)
    arrays = read_arrays(file, header.key, header.maker).load_all()
    del arrays["doc_at"]
    write_arrays(file, header.key, arrays, header.maker)
    with pytest.raises(IndexDamaged):
        answers(journal.settings.index)
    assert list(journal.engine.inspect().damaged) == [file.name]
    journal.index()
    assert answers(journal.settings.index) == expected


@pytest.mark.parametrize("suffix", ["posts", "arrays"])
def test_every_byte_is_checked(whole: Journal, tmp_path: Path, suffix: str):
    shutil.copytree(whole.settings.index, tmp_path / "index")
    file = min((tmp_path / "index").glob(f"*.{suffix}"))
    before = file.read_bytes()
    for offset in range(0, len(before), 1 if THOROUGH else 31):
        file.write_bytes(before[:offset] + bytes([before[offset] ^ 0x10]) + before[offset + 1 :])
        assert list(WhooshEngine(tmp_path / "index").inspect().damaged) == [file.name], f"byte {offset}"


def test_a_running_server_finds_what_was_repaired(whole: Journal, tmp_path: Path):
    shutil.copytree(whole.content.parent, tmp_path, dirs_exist_ok=True)
    journal = make_journal(tmp_path, {})
    serving = WhooshEngine(journal.settings.index)
    expected = {post.path for post in serving.snapshot().posts()}
    for file in journal.settings.index.glob("*.arrays"):
        data = bytearray(file.read_bytes())
        data[-100] ^= 1
        file.write_bytes(data)
    journal.index()
    assert {post.path for post in serving.snapshot().posts()} == expected
    assert serving.snapshot().find(parse("word")).total == 17


@pytest.mark.parametrize("damage", DAMAGES[:2])
def test_damaged_vectors_are_named_and_made_again(tmp_path: Path, damage: Callable[..., bytes]):
    model = SemanticModel(write_model(tmp_path / "model"))
    words = " ".join(TOPICS).split()
    posts = [made(f"{word}.md", word, title=f"Number {number}") for number, word in enumerate(words)]
    engine = WhooshEngine(tmp_path / "index", model)
    apply(engine, posts[:8])
    apply(engine, posts[8:], [posts[0].path])
    random, named = Random(damage.__name__), 0  # noqa: S311

    def meant() -> list[object]:
        snapshot = WhooshEngine(tmp_path / "index", model).snapshot()
        found = [search(snapshot, analyse(f"{word} xyzzy", exact=True), per_page=20).hits for word in words]
        return [[(hit.path, hit.score, hit.passage.text) for hit in hits] for hits in found]

    expected = meant()
    for number in range(SAMPLES):
        file = sorted((tmp_path / "index").glob("*.arrays"))[number % 2]
        content, start, end = file.read_bytes(), *_vectors_in(file)
        file.write_bytes(content[:start] + damage(content[start:end], random, b"") + content[end:])
        if file.read_bytes() != content:
            assert list(WhooshEngine(tmp_path / "index", model).inspect().damaged) == [file.name]
            named += 1
        with suppress(IndexDamaged):
            assert meant() == expected
        file.write_bytes(content)
    assert named
    file = min((tmp_path / "index").glob("*.arrays"))
    content, start, end = file.read_bytes(), *_vectors_in(file)
    file.write_bytes(content[:start] + bytes(end - start) + content[end:])
    repairing = WhooshEngine(tmp_path / "index", model)
    assert repairing.inspect().damaged
    apply(repairing, [])
    assert not WhooshEngine(tmp_path / "index", model).inspect().damaged
    assert meant() == expected


def _vectors_in(file: Path) -> tuple[int, int]:
    """Return where the arrays of vectors are in a file."""
    _, _, length, _ = PREFIX.unpack_from(file.read_bytes())
    header = msgspec.msgpack.decode(file.read_bytes()[PREFIX.size : PREFIX.size + length], type=Header)
    base = -(-(PREFIX.size + length) // ALIGNMENT) * ALIGNMENT
    own = [entry for entry in header.arrays if entry.name.startswith("vector")]
    return base + min(entry.offset for entry in own), base + max(entry.offset + entry.size for entry in own)
