from statistics import NormalDist, fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.errors import InputError
from backmatter.index.tools.evaluation.comparison import (
    Change,
    LeftOut,
    changes,
    compare_sets,
    cross_validate,
    load_runs,
    paired_test,
)
from backmatter.index.tools.evaluation.evaluate import EvaluationRun, QueryScores, Scores, save_evaluation


def outcome(name: str, ndcg: float, hits: tuple[str, ...] = (), *right: str) -> QueryScores:
    return QueryScores(id=name, text=name, ndcg=ndcg, mrr=0, success=0, recall=0, hits=hits, expected=right)


def run_of(*outcomes: QueryScores, **ndcg: float) -> EvaluationRun:
    found = [*outcomes, *(outcome(name, value) for name, value in ndcg.items())]
    mean = fmean(each.ndcg for each in found)
    return EvaluationRun(
        scores=Scores(ndcg=mean, mrr=0, success=0, recall=0, queries=len(found), skipped=0), outcomes=tuple(found)
    )


def test_what_got_worse_is_named_first():
    before = run_of(same=0.5, noise=0.5, better=0.2, bad=0.5, worse=1.0, gone=1.0)
    now = run_of(same=0.5, noise=0.499, better=0.9, bad=0.3, worse=0.1, new=0.0)
    assert [change.text for change in changes(before, now)] == ["worse", "bad", "better"]


@pytest.mark.parametrize(
    ("before", "now", "right", "ranks", "instead"),
    [
        ("ab", "ba", "a", (1, 2), "b"),
        ("ab", "bc", "a", (1, None), "b"),
        ("bc", "ab", "a", (None, 1), ""),
        ("bca", "abc", "a", (3, 1), "c"),
        ("bc", "cb", "", (None, None), ""),
    ],
)
def test_a_change_says_which_right_post_moved_and_what_is_there_instead(before, now, right, ranks, instead):
    runs = [run_of(outcome("q", ndcg, tuple(hits), "a")) for ndcg, hits in ((1, before), (0.5, now))]
    assert changes(*runs) == [Change("q", 1, 0.5, right, ranks, instead)]


def test_a_section_is_the_right_one_wherever_a_hit_opens_its_post():
    runs = [run_of(outcome("q", ndcg, hits, "a.md")) for ndcg, hits in ((1, ("a.md#x",)), (0.5, ("b.md", "a.md#y")))]
    assert changes(*runs)[0].ranks == (1, 2)


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1),
        ([0.0] * 50, 1),
        ([0.3], 1),
        ([0.1, -0.1], 1),
        ([0.1] * 3, 1 / 4),
        ([0.1] * 5, 1 / 16),
        ([-0.1] * 5, 1 / 16),
    ],
)
def test_a_paired_test_counts_the_exchanges_that_are_as_far_apart(differences, p):
    assert paired_test(differences) == pytest.approx(p, abs=0.01)


def test_a_paired_test_of_many_queries_agrees_with_the_normal_distribution():
    differences = [0.1] * 120 + [-0.1] * 80
    deviations = 40 / 200**0.5
    assert paired_test(differences) == pytest.approx(2 * (1 - NormalDist().cdf(deviations)), abs=0.01)


@given(st.lists(st.floats(-1, 1), max_size=30))
def test_a_paired_test_is_a_probability_and_the_same_both_ways(differences):
    p = paired_test(differences)
    assert 0 < p <= 1
    assert paired_test([-value for value in differences]) == pytest.approx(p, abs=0.05)


def test_settings_are_compared_set_by_set():
    before, now = run_of(a=0.5, b=0.5, c=0.5), run_of(a=0.6, b=0.4, c=0.9, new=0.1)
    [one] = compare_sets({"go": before, "old": before}, {"go": now})
    assert (one.name, one.before, one.now, one.better, one.worse) == ("go", 0.5, 0.5, 2, 1)


def test_settings_without_a_common_set_are_refused():
    with pytest.raises(InputError, match="no set is in both: go and rust"):
        compare_sets({"go": run_of(a=1)}, {"rust": run_of(a=1)})


def test_each_set_is_scored_by_the_setting_that_is_best_on_the_others():
    settings = {
        "base": {"a": run_of(q=0.5), "b": run_of(q=0.5), "c": run_of(q=0.5)},
        "only-a": {"a": run_of(q=0.9), "b": run_of(q=0.4), "c": run_of(q=0.4), "d": run_of(q=1)},
        "all": {"a": run_of(q=0.6), "b": run_of(q=0.6), "c": run_of(q=0.6)},
    }
    assert cross_validate(settings) == [
        LeftOut("a", "all", 0.5, 0.6),
        LeftOut("b", "only-a", 0.5, 0.4),
        LeftOut("c", "only-a", 0.5, 0.4),
    ]


def test_one_set_cannot_be_left_out():
    assert cross_validate({"x": {"a": run_of(q=1)}, "y": {"a": run_of(q=1)}}) == []


def test_the_runs_of_a_setting_are_one_file_or_a_folder_of_them(tmp_path):
    for name in ("go", "rust"):
        save_evaluation(run_of(q=0.25), tmp_path / f"{name}.json")
    assert load_runs(tmp_path) == {"go": run_of(q=0.25), "rust": run_of(q=0.25)}
    assert load_runs(tmp_path / "go.json") == {"": run_of(q=0.25)}


def test_a_folder_without_runs_says_how_to_make_one(tmp_path):
    with pytest.raises(InputError, match="has no run; save some with"):
        load_runs(tmp_path)
