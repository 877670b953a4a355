"""Meaning beside words: what a model changes in an index, in the order of results, and in what is found."""

from uuid import uuid4

import numpy as np
import pytest

from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.query.analysed import analyse
from backmatter.index.search.related import related
from backmatter.index.search.search import search
from backmatter.index.segment import segment
from backmatter.index.segment.builder import SegmentArrays, SegmentBuilder, merge_segments
from backmatter.index.segment.fields import post_tokens
from backmatter.index.segment.vectors import QueryVector, SegmentVectors, scaled
from backmatter.index.semantic.model import SemanticModel
from tests.build import apply, post
from tests.meaning import vectors_of, write_model

POSTS = [
    post("fruit.md", "A shop sells it: apple and pear.", title="Buying"),
    post("car.md", "A shop sells it, the vehicle.", title="Dealers"),
    post("heap.md", "Words alone.", ("Collector", "garbage heap memory"), title="Runtime", tags=("go",)),
    post("clock.md", "clock hour", title="Hours", language="de"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return SemanticModel(write_model(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module", params=[True, False], ids=["compiled", "numpy"])
def snapshot(model, tmp_path_factory, request):
    engine = WhooshEngine(tmp_path_factory.mktemp("index"), model)
    with pytest.MonkeyPatch.context() as patch:
        if not request.param:
            patch.setattr(segment, "library", lambda: None)
        apply(engine, POSTS)
        opened = engine.snapshot()
        # Asked now, a segment keeps the answer.
        assert request.param or opened.segments[0].kernels is None
    return opened


def paths(snapshot, text):
    return [hit.path for hit in search(snapshot, analyse(text, exact=True)).hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop automobile", "car.md"),
        ("shop fruit", "fruit.md"),
    ],
)
def test_of_posts_with_the_same_words_the_one_about_what_is_meant_ranks_first(snapshot, text, expected):
    assert paths(snapshot, text)[0] == expected


def test_a_post_with_none_of_the_words_is_found_by_what_they_mean(snapshot):
    [hit, *_] = search(snapshot, analyse("time xyzzy", exact=True), explain=True).hits
    assert (hit.path, hit.by_meaning, hit.missing) == ("clock.md", True, ("time", "xyzzy"))
    assert [part.name for part in hit.explanation.parts if part.value] == ["meaning"]


def test_a_result_found_by_meaning_opens_the_section_that_is_nearest(snapshot):
    [hit, *_] = search(snapshot, analyse("rubbish xyzzy", exact=True)).hits
    assert (hit.path, hit.passage.anchor, hit.passage.text) == ("heap.md", "collector", "garbage heap memory")


def test_a_result_found_by_meaning_shows_its_nearest_sentence(model, tmp_path):
    engine = WhooshEngine(tmp_path, model)
    before, after = "Nothing is said of it in here. " * 12, "Other words follow after this. " * 12
    apply(engine, [post("notes.md", f"{before}A collector frees the heap memory in the end. {after}", title="Notes")])
    [hit] = search(engine.snapshot(), analyse("rubbish xyzzy", exact=True)).hits
    assert hit.by_meaning
    assert hit.passage.text.startswith("…\u00a0A collector frees the heap")


def test_related_articles_are_ordered_by_what_they_mean_too(model, tmp_path):
    engine = WhooshEngine(tmp_path, model)
    texts = {"one.md": "automobile", "fruit.md": "pear", "vehicle.md": "vehicle"}
    shared = "Turbines rotate quickly beside rivers, and generators produce electric current."
    others = [post(f"other{number}.md", "Something else altogether.") for number in range(20)]
    about = [post(path, f"{shared} {word}", title=f"The {word}") for path, word in texts.items()]
    apply(engine, [*others, *about])
    snapshot = engine.snapshot()
    [article] = (each for each in snapshot.posts() if each.path == "one.md")
    assert [each.path for each in related(snapshot, article)] == ["vehicle.md", "fruit.md"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time xyzzy tag:go", []),
        ("time xyzzy -hour", []),
        ("time xyzzy -tag:go", ["clock.md"]),
        ("xyzzy plugh", []),
        ('"time xyzzy"', []),
    ],
)
def test_filters_and_exclusions_hold_for_what_is_found_by_meaning(snapshot, text, expected):
    assert paths(snapshot, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slow cars", "slow cars"),
        ("cars -fast tag:go", "cars"),
        ("cars OR bikes", "cars bikes"),
        ("car*", "car"),
        ('"slow cars"', ""),
        ('old "slow cars"', ""),
        ("title:cars", ""),
        ("car.drive(fast)", ""),
        ("", ""),
    ],
)
def test_code_and_what_is_quoted_or_in_a_field_is_looked_for_by_its_words(text, expected):
    assert analyse(text).meaning == expected


def test_the_title_of_a_post_is_looked_for_by_its_words(snapshot):
    results = search(snapshot, analyse("dealers", exact=True), explain=True)
    assert [part.name for part in results.hits[0].explanation.parts if part.name == "meaning"] == []


def test_without_a_model_an_index_has_no_vectors_and_ranks_by_words(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, POSTS)
    assert paths(engine.snapshot(), "time xyzzy") == []
    assert [len(segment.arrays["vector"]) for segment in engine.snapshot().segments] == [0]


def arrays_of(posts, model):
    builder = SegmentBuilder(model)
    for each in posts:
        builder.add(each, post_tokens(each))
    return builder.arrays()


def vectors(arrays: SegmentArrays):
    return {name: array.tolist() for name, array in arrays.derived.items() if name.startswith("vector")}


def test_merged_vectors_are_those_of_the_posts_that_are_kept(model):
    parts = [(arrays_of(POSTS[:2], model), np.array([False, True])), (arrays_of(POSTS[2:], model), np.ones(2, bool))]
    assert vectors(merge_segments(parts)) == vectors(arrays_of(POSTS[1:], model))


def test_merged_vectors_of_another_model_are_left_out(model, tmp_path):
    other = SemanticModel(write_model(tmp_path, vectors_of(("car apple", "time pear"))))
    parts = [(arrays_of(POSTS[:1], other), np.ones(1, bool)), (arrays_of(POSTS[1:2], model), np.ones(1, bool))]
    merged = merge_segments(parts).derived
    assert merged["vector_at"].tolist() == [0, 0, 1]
    assert merged["vector_model"].tolist() == parts[1][0].derived["vector_model"].tolist()


def test_merged_vectors_stay_where_new_posts_have_none(model):
    parts = [(arrays_of(POSTS[:1], model), np.ones(1, bool)), (arrays_of(POSTS[1:2], None), np.ones(1, bool))]
    assert merge_segments(parts).derived["vector_at"].tolist() == [0, 1, 1]


def test_a_model_that_was_changed_is_said_and_words_go_on(tmp_path, model, caplog):
    apply(WhooshEngine(tmp_path / "index", model), POSTS)
    changed = SemanticModel(write_model(tmp_path / "model", vectors_of(("car apple", "time pear"))))
    snapshot = WhooshEngine(tmp_path / "index", changed).snapshot()
    assert sorted(paths(snapshot, "shop apple")) == ["car.md", "fruit.md"] == sorted(paths(snapshot, "shop pear"))
    assert caplog.text.count("4 posts have no vectors of this model; run: backmatter index --full") == 1


def test_damaged_vectors_are_made_again(tmp_path, model):
    engine = WhooshEngine(tmp_path, model)
    apply(engine, POSTS)
    [file] = tmp_path.glob("*.arrays")
    whole = engine.snapshot().segments[0].arrays["vector"].tolist()
    file.write_bytes(b"damaged")
    assert WhooshEngine(tmp_path, model).snapshot().segments[0].arrays["vector"].tolist() == whole


def random_vectors(seed, posts=3_000, dimensions=256):
    """Vectors around 100 centres, as texts are around their topics, with one or two a post."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 3, posts)
    centres = rng.normal(size=(100, dimensions))
    made = centres[rng.integers(0, 100, counts.sum())] + rng.normal(size=(counts.sum(), dimensions))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    at = np.concatenate([[0], np.cumsum(counts)])
    arrays = {"vector": scaled(made).ravel(), "vector_at": at.astype(np.uint32)}
    arrays |= {"vector_start": np.arange(len(made), dtype=np.uint32), "vector_model": np.frombuffer(b"m", np.uint8)}
    return SegmentVectors(arrays), made, np.repeat(np.arange(posts), counts)


@pytest.mark.parametrize("seed", range(3))
def test_the_nearest_posts_are_those_that_comparing_all_finds(seed):
    found, made, post_of = random_vectors(seed)
    query = QueryVector("m", made[7].astype(np.float32))
    best = np.zeros(3_000)
    np.maximum.at(best, post_of, made @ made[7])
    expected = set(np.argsort(-best)[:10].tolist())
    assert len(expected & set(found.nearest(np.ones(3_000, bool), query, 10, 0.0).tolist())) >= 9
    allowed = np.arange(3_000) % 2 == 0
    assert all(doc % 2 == 0 for doc in found.nearest(allowed, query, 10, 0.0).tolist())
    assert len(found.nearest(allowed, query, 10, 0.99)) <= 1


def test_a_post_is_as_near_as_its_nearest_piece():
    found, made, post_of = random_vectors(5)
    docs = np.array([3, 1, 100])
    near = found.near(docs, QueryVector("m", made[7].astype(np.float32)))
    for doc, cosine, start in zip(docs.tolist(), near.cosines.tolist(), near.starts.tolist(), strict=True):
        own = np.flatnonzero(post_of == doc)
        assert cosine == pytest.approx((made[own] @ made[7]).max(), abs=0.02)
        assert start in own


@pytest.fixture(params=["whoosh", pytest.param("opensearch", marks=pytest.mark.cluster)])
def opened(request, tmp_path):
    """Opens one index with a model, or without one."""
    if request.param == "whoosh":
        return lambda model: WhooshEngine(tmp_path / "index", model)
    place, name = request.getfixturevalue("opensearch"), uuid4().hex
    return lambda model: OpenSearchEngine(place, name, replicas=0, model=model)


@pytest.fixture
def engine(opened, model):
    return opened(model)


def test_each_engine_counts_the_posts_without_vectors_of_its_model(opened, model, tmp_path):
    apply(opened(model), POSTS[:2])
    assert opened(model).snapshot().lacking_vectors() == 0
    apply(opened(None), POSTS[2:])
    assert opened(model).snapshot().lacking_vectors() == 2
    assert opened(None).snapshot().lacking_vectors() == 0
    other = SemanticModel(write_model(tmp_path / "other", vectors_of(("car apple", "time pear"))))
    assert opened(other).snapshot().lacking_vectors() == 4
    apply(opened(other), POSTS, rebuild=True)
    assert opened(other).snapshot().lacking_vectors() == 0


def test_each_engine_orders_posts_with_the_same_words_by_what_is_meant(engine):
    apply(engine, POSTS)
    apply(engine, [post("later.md", "A shop sells it, too.", title="Later")])
    assert paths(engine.snapshot(), "shop automobile")[0] == "car.md"
    assert paths(engine.snapshot(), "shop fruit")[0] == "fruit.md"


def test_each_engine_brings_in_the_nearest_posts(engine, request):
    if isinstance(engine, OpenSearchEngine):
        reason = "the cluster finds posts by their words alone; a field of vectors needs a plugin of its own"
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    apply(engine, POSTS)
    assert paths(engine.snapshot(), "time xyzzy") == ["clock.md"]
