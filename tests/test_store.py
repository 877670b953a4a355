"""The stored posts of a segment: what is written is read, with or without a dictionary, and through merges."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.model import Post
from backmatter.index.segment.arrays import Array
from backmatter.index.segment.compression import MAX_DICTIONARY, MIN_TEXT, Compression, dictionary_size, train
from backmatter.index.segment.store import PIECE, PostStore, StoreBuilder, condensed, merge_posts
from tests.build import post

WORDS = [
    f"{beginning}{end}" for beginning in ("search", "index", "journal", "über", "検索") for end in ("", "ing", "ed")
]


def prose(seed: int, length: int) -> str:
    random = Random(seed)  # noqa: S311 (drawn to be repeated, not to be secret)
    return " ".join(random.choice(WORDS) + str(random.randrange(1_000)) for _ in range(length // 8))[:length]


def store(posts: list[Post]) -> PostStore:
    builder = StoreBuilder()
    for each in posts:
        builder.add(each)
    return PostStore(builder.arrays())


def one_by_one(posts: list[Post]) -> PostStore:
    """Merge segments that have each too little text for a dictionary."""
    return PostStore(merge_posts([(store([each]).arrays, np.ones(1, bool)) for each in posts]))


def texts(posts: PostStore) -> list[str]:
    return [posts.post(number).text for number in range(posts.count)]


def alive(posts: PostStore) -> Array:
    return np.ones(posts.count, bool)


MANY = [post(f"{number}.md", prose(number, 6_000)) for number in range(60)]
OTHERS = [post(f"other{number}.md", prose(100 + number, 4_000)) for number in range(30)]


def test_a_dictionary_makes_the_pieces_smaller_and_their_text_stays():
    plain, compressed = one_by_one(MANY), store(MANY)
    assert texts(plain) == texts(compressed) == [each.text for each in MANY]
    assert not len(plain.arrays["piece_dictionary"])
    assert len(compressed.arrays["piece"]) < len(plain.arrays["piece"])


def test_merged_segments_without_a_dictionary_get_one():
    merged = PostStore(condensed(one_by_one(MANY).arrays))
    assert len(merged.arrays["piece_dictionary"])
    assert texts(merged) == [each.text for each in MANY]


def test_a_segment_of_little_text_has_no_dictionary():
    assert not len(store(MANY[:3]).arrays["piece_dictionary"])


def test_a_segment_with_a_dictionary_that_is_large_enough_stays_as_it_is():
    arrays = store(MANY).arrays
    assert condensed(arrays).keys() == arrays.keys()
    assert all(np.array_equal(condensed(arrays)[name], array) for name, array in arrays.items())


def test_a_dictionary_that_a_segment_has_outgrown_is_trained_anew():
    small = store(MANY[:15])
    merged = merge_posts([(small.arrays, alive(small)), *[(store([p]).arrays, np.ones(1, bool)) for p in MANY[15:]]])
    again = condensed(merged)
    assert bytes(merged["piece_dictionary"]) == bytes(small.arrays["piece_dictionary"])
    assert len(again["piece_dictionary"]) > 2 * len(merged["piece_dictionary"]) > 0
    assert texts(PostStore(again)) == texts(PostStore(merged)) == [each.text for each in MANY]


@pytest.mark.parametrize("first", [MANY, OTHERS])
def test_merged_segments_keep_the_pieces_of_the_largest(first: list[Post]):
    parts = [store(first), store(OTHERS if first is MANY else MANY), store([post("one.md", "one")])]
    masks = [alive(part) for part in parts]
    masks[0][::3] = False
    merged = PostStore(merge_posts([(part.arrays, mask) for part, mask in zip(parts, masks, strict=True)]))
    kept = [text for part, mask in zip(parts, masks, strict=True) for text in np.array(texts(part), object)[mask]]
    largest = next(part for part in parts if texts(part)[0] == MANY[0].text)
    assert texts(merged) == kept
    assert bytes(merged.arrays["piece_dictionary"]) == bytes(largest.arrays["piece_dictionary"])


def test_the_same_posts_give_the_same_bytes():
    first, second = store(MANY).arrays, store(MANY).arrays
    assert {name: array.tobytes() for name, array in first.items()} == {
        name: array.tobytes() for name, array in second.items()
    }


@given(text=st.text(max_size=3 * PIECE), start=st.integers(0, 3 * PIECE), length=st.integers(0, 2 * PIECE))
def test_a_cut_is_a_part_of_the_text(text: str, start: int, length: int):
    posts = store([post("a.md", text), post("b.md", "next")])
    start = min(start, len(text))
    assert posts.cut(0, start, start + length) == text[start : start + length]


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=20))
def test_every_kind_of_text_can_be_trained_with(alike: list[bytes]):
    pieces = [piece * (8_000 // len(piece)) for piece in alike] * (1 + MIN_TEXT // 8_000)
    compression = Compression(train(dictionary_size(sum(map(len, pieces))), pieces))
    assert [compression.decompress(compression.compress(piece)) for piece in pieces] == pieces


@pytest.mark.parametrize("short", [0, 1, 6, 7, 9, 30])
def test_a_journal_may_have_few_posts_of_which_one_is_very_long(short: int):
    titles = [(f"Heading {number * number}", f"text {number}") for number in range(8_000)]
    posts = store([*(post(f"{number}.md", "short") for number in range(short)), post("long.md", "", *titles)])
    assert len(posts.arrays["article_dictionary"])
    assert [section.title for section in posts.article(short).sections[1:]] == [title for title, _ in titles]


def test_threads_share_a_store():
    posts = store(MANY)
    with ThreadPoolExecutor(8) as threads:
        read = threads.map(posts.text, [*range(len(MANY))] * 20)
        assert list(read) == [each.text for each in MANY] * 20


@pytest.mark.parametrize(("text", "size"), [(0, 0), (MIN_TEXT - 1, 0), (MIN_TEXT, 4096), (2**30, MAX_DICTIONARY)])
def test_a_dictionary_grows_with_the_text_up_to_a_bound(text: int, size: int):
    assert dictionary_size(text) == size
