import json
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import evaluate as measure
from index.errors import InputError
from index.evaluate import Query, Scores, evaluate, evaluate_files, read_qrels, read_queries, write_run

GRADES = {"best.md": 3, "good.md": 2, "fair.md": 1}


@pytest.mark.parametrize(
    ("ranked", "ndcg", "reciprocal_rank", "success", "recall"),
    [
        (["best.md", "good.md", "fair.md"], 1, 1, 1, 1),
        (["best.md", "good.md", "fair.md", "other.md"], 1, 1, 1, 1),
        ([], 0, 0, 0, 0),
        (["other.md"], 0, 0, 0, 0),
        (["other.md", "fair.md"], (1 / log2(3)) / (3 + 2 / log2(3) + 1 / 2), 1 / 2, 0, 1 / 3),
        (["good.md", "best.md"], (2 + 3 / log2(3)) / (3 + 2 / log2(3) + 1 / 2), 1, 1, 2 / 3),
        ([*"abcdefghi", "best.md"], (3 / log2(11)) / (3 + 2 / log2(3) + 1 / 2), 1 / 10, 0, 1 / 3),
        ([*"abcdefghij", "best.md"], 0, 0, 0, 1 / 3),
        ([*map(str, range(99)), "best.md"], 0, 0, 0, 1 / 3),
        ([*map(str, range(100)), "best.md"], 0, 0, 0, 0),
    ],
)
def test_a_ranking_is_measured_by_four_numbers(ranked, ndcg, reciprocal_rank, success, recall):
    assert measure.ndcg(ranked, GRADES) == pytest.approx(ndcg)
    assert measure.reciprocal_rank(ranked, GRADES) == pytest.approx(reciprocal_rank)
    assert measure.success(ranked, GRADES) == success
    assert measure.recall(ranked, GRADES) == pytest.approx(recall)


def test_ndcg_agrees_with_the_textbook_example():
    # Six documents graded 3, 2, 3, 0, 1, 2 in this order: DCG 6.861, ideal 7.141.
    ranked = list("abcdef")
    grades = dict(zip(ranked, [3, 2, 3, 0, 1, 2], strict=True))
    assert measure.ndcg(ranked, grades) == pytest.approx(6.861 / 7.141, abs=1e-4)


PATHS = st.lists(st.sampled_from([f"{number}.md" for number in range(30)]), unique=True)


@given(ranked=PATHS, right=PATHS.filter(bool))
def test_measures_lie_between_nothing_and_perfect(ranked, right):
    grades = {path: 1 + len(path) % 3 for path in right}
    for value in (
        measure.ndcg(ranked, grades),
        measure.reciprocal_rank(ranked, grades),
        measure.success(ranked, grades),
        measure.recall(ranked, grades),
    ):
        assert 0 <= value <= 1 + 1e-9


@given(ranked=PATHS, right=PATHS.filter(bool))
def test_moving_right_answers_up_never_lowers_a_measure(ranked, right):
    grades = dict.fromkeys(right, 1)
    improved = sorted(ranked, key=lambda path: path not in grades)
    assert measure.ndcg(improved, grades) >= measure.ndcg(ranked, grades) - 1e-9
    assert measure.reciprocal_rank(improved, grades) >= measure.reciprocal_rank(ranked, grades)
    assert measure.recall(improved, grades) == measure.recall(ranked, grades)


def test_ignored_posts_count_neither_in_the_ranking_nor_as_answers():
    query = Query("q", "text", ("source.md", "twin.md"))
    depths = []

    def rank(_, depth):
        depths.append(depth)
        return ["source.md", "right.md", "twin.md"]

    scores = evaluate(rank, [query], {"q": {"source.md": 1, "right.md": 1}})
    assert scores == Scores(ndcg=1, mrr=1, success=1, recall=1, queries=1, skipped=0)
    assert depths == [102]


def test_a_post_that_is_ranked_twice_counts_once():
    scores = evaluate(lambda *_: ["a.md", "a.md"], [Query("q", "text")], {"q": {"a.md": 1}})
    assert scores.ndcg == scores.recall == 1


@pytest.mark.parametrize("grades", [{}, {"a.md": 0}, {"a.md": -1}, {"own.md": 1}])
def test_queries_without_a_known_answer_are_left_out_and_counted(grades):
    queries = [Query("judged", "text"), Query("unjudged", "text", ("own.md",))]
    scores = evaluate(lambda *_: ["a.md"], queries, {"judged": {"a.md": 1}, "unjudged": grades})
    assert scores == Scores(ndcg=1, mrr=1, success=1, recall=1, queries=1, skipped=1)


def test_nothing_judged_scores_nothing():
    assert evaluate(lambda *_: ["a.md"], [Query("q", "text")], {}) == Scores(
        ndcg=0, mrr=0, success=0, recall=0, queries=0, skipped=1
    )


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_scores_are_means_over_the_queries_of_two_files(tmp_path):
    queries = write(tmp_path, "q.jsonl", '{"id": "1", "text": "found"}\n\n{"id": "2", "text": "lost", "kind": "x"}\n')
    qrels = write(tmp_path, "r.tsv", "\ufeff1\ta b.md\t2\r\n2\tc.md\t1\r\n")
    answers = {"found": ["a b.md"], "lost": []}
    scores = evaluate_files(lambda text, _: answers[text], queries, qrels)
    assert scores == Scores(ndcg=0.5, mrr=0.5, success=0.5, recall=0.5, queries=2, skipped=0)


def test_a_run_has_the_hits_of_each_query_in_their_order(tmp_path):
    queries = write(tmp_path, "q.jsonl", '{"id": "b", "text": "two"}\n{"id": "a", "text": "none"}\n')
    answers = {"two": ["x.md", "ÿ\u2028.md", "z.md"], "none": []}
    run = tmp_path / "run.jsonl"
    assert write_run(lambda text, depth: answers[text][:depth], queries, run, 2) == 1
    assert [json.loads(line) for line in run.read_text("utf-8").split("\n")[:-1]] == [
        {"id": "b", "hits": ["x.md", "ÿ\u2028.md"]},
        {"id": "a", "hits": []},
    ]


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ('{"id": "1", "text": "a"}\n{"id": "2"}', 2, "missing required field `text`"),
        ('{"id": 1, "text": "a"}', 1, "Expected `str`, got `int` - at `$.id`"),
        ('\n\n{"id": "1", "text": "a"', 3, '{"id": "q1", "text": "cache line"}'),
        ("q1\tcache line", 1, "malformed"),
        ('["q1"]', 1, "Expected `object`"),
        ('{"id": "1", "text": "a"}\n{"id": "1", "text": "b"}', 2, "give every query its own"),
        (b'{"id": "1", "text": "a"}\n{"id": "2", "text": "caf\xe9"}', 2, "not UTF-8"),
    ],
)
def test_a_query_that_cannot_be_read_is_named_by_file_and_line(tmp_path, content, line, says):
    file = write(tmp_path, "q.jsonl", content)
    with pytest.raises(InputError) as caught:
        read_queries(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("q1\ta.md\t1\nq1 a.md 1", 2),
        ("q1\ta.md", 1),
        ("q1\ta.md\tgood", 1),
        ("q1\ta.md\t0.5", 1),
        ("q1\t0\ta.md\t1", 1),
        ("q1\ta.md\t1\nq2\ta.md\t1\nq1\ta.md\t2", 3),
        (b"q1\tcaf\xe9.md\t1", 1),
    ],
)
def test_a_judgement_that_cannot_be_read_is_named_by_file_and_line(tmp_path, content, line):
    file = write(tmp_path, "r.tsv", content)
    with pytest.raises(InputError) as caught:
        read_qrels(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read .*give an existing file"):
        read_queries(tmp_path / "nowhere.jsonl")


def test_queries_that_cannot_be_read_leave_an_earlier_run_alone(tmp_path):
    run = write(tmp_path, "run.jsonl", "earlier")
    with pytest.raises(InputError):
        write_run(lambda *_: [], write(tmp_path, "q.jsonl", "{"), run, 10)
    assert run.read_text() == "earlier"
