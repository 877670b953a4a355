import json
from collections.abc import Iterable
from math import log2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import InputError
from backmatter.index.tools.evaluation import measures
from backmatter.index.tools.evaluation.evaluate import (
    EvaluationRun,
    Opened,
    QueryScores,
    Scores,
    evaluate,
    has,
    lacking,
    load_evaluation,
    save_evaluation,
    write_run,
)
from backmatter.index.tools.evaluation.judgements import (
    JudgedQuery,
    Judgements,
    read_lines,
    read_qrels,
    read_queries,
    read_yaml,
)
from tests.build import apply, post

GRADES = {"best.md": 3, "good.md": 2, "fair.md": 1}


def opened(paths: Iterable[str]) -> list[Opened]:
    return [Opened(*path.split("#")) for path in paths]


def outcome_of(ranked: Iterable[str], grades: dict[str, int], *ignore: str) -> QueryScores:
    """Measure one query."""
    run = evaluate(lambda *_: opened(ranked), Judgements([JudgedQuery("q", "text", ignore)], {"q": grades}))
    return run.outcomes[0]


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
    outcome = outcome_of(ranked, GRADES)
    assert outcome.ndcg == pytest.approx(ndcg)
    assert outcome.mrr == pytest.approx(reciprocal_rank)
    assert outcome.success == success
    assert outcome.recall == pytest.approx(recall)


def test_ndcg_agrees_with_the_textbook_example():
    # Six documents graded 3, 2, 3, 0, 1, 2 in this order: DCG 6.861, ideal 7.141.
    gains = [3, 2, 3, 0, 1, 2]
    assert measures.ndcg(gains, gains) == pytest.approx(6.861 / 7.141, abs=1e-4)


GAINS = st.lists(st.integers(0, 3), max_size=120)


@given(gains=GAINS, missed=st.lists(st.integers(1, 3), min_size=1, max_size=20))
def test_measures_lie_between_nothing_and_perfect(gains, missed):
    right = [gain for gain in gains if gain] + missed
    for value in (
        measures.ndcg(gains, right),
        measures.reciprocal_rank(gains),
        measures.success(gains),
        measures.recall(gains, right),
    ):
        assert 0 <= value <= 1 + 1e-9


@given(gains=GAINS, missed=st.lists(st.integers(1, 3), min_size=1, max_size=20))
def test_moving_right_answers_up_never_lowers_a_measure(gains, missed):
    right = [gain for gain in gains if gain] + missed
    improved = sorted(gains, key=lambda gain: -gain)
    assert measures.ndcg(improved, right) >= measures.ndcg(gains, right) - 1e-9
    assert measures.reciprocal_rank(improved) >= measures.reciprocal_rank(gains)
    assert measures.recall(improved, right) >= measures.recall(gains, right)


@pytest.mark.parametrize(
    ("hit", "grades", "ndcg"),
    [
        ("a.md#stop", {"a.md#stop": 3}, 1),
        ("a.md#start", {"a.md#stop": 3}, 0),
        ("a.md", {"a.md#stop": 3}, 0),
        ("a.md#stop", {"a.md": 2, "a.md#stop": 3}, 1),
        ("a.md#start", {"a.md": 2, "a.md#stop": 3}, 2 / 3),
        ("a.md#stop", {"a.md": 2}, 1),
        ("a.md#start", {"a.md#stop": 1, "a.md#start": 3}, 1),
    ],
)
def test_a_section_is_found_where_the_result_opens_it(hit, grades, ndcg):
    assert outcome_of([hit], grades).ndcg == pytest.approx(ndcg)


def test_ignored_posts_count_neither_in_the_ranking_nor_as_answers():
    depths = []

    def rank(_, depth):
        depths.append(depth)
        return opened(["source.md", "right.md#top", "twin.md"])

    judged = Judgements(
        [JudgedQuery("q", "text", ("source.md", "twin.md"))], {"q": {"source.md#top": 1, "right.md": 1}}
    )
    assert evaluate(rank, judged).scores == Scores(ndcg=1, mrr=1, success=1, recall=1, queries=1, skipped=0)
    assert depths == [102]


def test_a_post_that_is_ranked_twice_counts_once():
    outcome = outcome_of(["a.md", "a.md"], {"a.md": 1})
    assert outcome.ndcg == outcome.recall == 1
    assert outcome.hits == ("a.md",)


@pytest.mark.parametrize("grades", [{}, {"a.md": 0}, {"a.md": -1}, {"own.md": 1}])
def test_queries_without_a_known_answer_are_left_out_and_counted(grades):
    queries = [JudgedQuery("judged", "text"), JudgedQuery("unjudged", "text", ("own.md",))]
    run = evaluate(lambda *_: opened(["a.md"]), Judgements(queries, {"judged": {"a.md": 1}, "unjudged": grades}))
    assert run.scores == Scores(ndcg=1, mrr=1, success=1, recall=1, queries=1, skipped=1)


def test_nothing_judged_scores_nothing():
    run = evaluate(lambda *_: opened(["a.md"]), Judgements([JudgedQuery("q", "text")], {}))
    assert run.scores == Scores(ndcg=0, mrr=0, success=0, recall=0, queries=0, skipped=1)


def write(folder: Path, name: str, content: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_scores_are_means_over_the_queries_of_two_files(tmp_path):
    queries = write(tmp_path, "q.jsonl", '{"id": "1", "text": "found"}\n\n{"id": "2", "text": "lost", "kind": "x"}\n')
    qrels = write(tmp_path, "r.tsv", "\ufeff1\ta b.md\t2\r\n2\tc.md\t1\r\n")
    answers = {"found": ["a b.md"], "lost": []}
    run = evaluate(lambda text, _: opened(answers[text]), read_lines(queries, qrels))
    assert run.scores == Scores(ndcg=0.5, mrr=0.5, success=0.5, recall=0.5, queries=2, skipped=0)


def test_a_run_has_the_hits_of_each_query_in_their_order(tmp_path):
    queries = write(tmp_path, "q.jsonl", '{"id": "b", "text": "two"}\n{"id": "a", "text": "none"}\n')
    answers = {"two": ["x.md", "ÿ\u2028.md", "z.md"], "none": []}
    run = tmp_path / "run.jsonl"
    assert write_run(lambda text, depth: opened(answers[text][:depth]), queries, run, 2) == 1
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
        ("q1\t0\ta b.md\t1", 1),
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


def test_a_yaml_file_has_queries_with_the_grades_of_posts_and_sections(tmp_path):
    file = write(tmp_path, "q.yaml", "# ours\n- query: stop a worker\n  posts: {a.md: 2, 'a.md#stop': 3}\n")
    judged = read_yaml(file, {"a.md", "a.md#stop"}.__contains__)
    assert judged == Judgements(
        [JudgedQuery("stop a worker", "stop a worker")], {"stop a worker": {"a.md": 2, "a.md#stop": 3}}
    )


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("", 1, "has to be a list of queries"),
        ("query: a", 1, "has to be a list of queries"),
        ("- cache line", 1, "has to be a name and a value"),
        ("- query: a\n  posts: {a.md: 1}\n- query: b", 3, "has to have `query` and `posts`"),
        ("- query: a\n  posts: {a.md: 1}\n  note: b", 1, "and nothing else"),
        ("- query: a\n  posts: [a.md]", 2, "has to be a name and a value"),
        ("- query: a\n  posts: {}", 2, "has to be a name and a value"),
        ("- query: [a]\n  posts: {a.md: 1}", 1, "has to be text"),
        ("- query: ''\n  posts: {a.md: 1}", 1, "has to be text"),
        ("- query: a\n  posts:\n    a.md: good", 3, "'good' is not a grade of a.md"),
        ("- query: a\n  posts:\n    a.md: -1", 3, "give a whole number from 0"),
        ("- query: a\n  posts:\n    b.md: 1", 3, "the index has no 'b.md'"),
        ("- query: a\n  posts:\n    a.md: 1\n    a.md: 2", 4, "'a.md' is given twice"),
        ("- query: a\n  posts: {a.md: 1}\n- query: a\n  posts: {a.md: 2}", 3, "'a' is judged above"),
        ("- query: a: b\n  posts: {a.md: 1}", 1, "is not valid YAML"),
        ("- query: a\n  posts: {a.md: 1\n", 3, "is not valid YAML"),
        (b"- query: caf\xe9", 1, "is not UTF-8"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named_by_file_and_line(tmp_path, content, line, says):
    file = write(tmp_path, "q.yaml", content)
    with pytest.raises(InputError) as caught:
        read_yaml(file, {"a.md"}.__contains__)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("place", "expected"),
    [("a.md", True), ("b.md", False), ("a.md#", False), ("a.md#waiting", True), ("a.md#walking", False), ("", False)],
)
def test_an_index_tells_which_posts_and_sections_it_has(tmp_path, place, expected):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("a.md", "Text.", ("Waiting", "More."))])
    assert has(engine.snapshot(), place) is expected


def test_what_an_index_lacks_are_right_posts_and_words_of_queries(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("a.md", "Stop a worker.", ("Waiting", "More."))])
    queries = [JudgedQuery("1", "stop the zebra"), JudgedQuery("2", "worker Zebra gnu")]
    qrels = {"1": {"a.md#waiting": 1, "gone.md": 2, "wrong.md": 0}, "2": {"b/gone.md#top": 1}}
    found = lacking(engine.snapshot(), Judgements(queries, qrels))
    assert found == (("b/gone.md", "gone.md"), ("the", "zebra", "gnu"))


def run_of(**ndcg: float) -> EvaluationRun:
    outcomes = [
        QueryScores(id=name, text=name, ndcg=value, mrr=0, success=0, recall=0, hits=("a.md",), expected=("b.md",))
        for name, value in ndcg.items()
    ]
    scores = Scores(ndcg=0, mrr=0, success=0, recall=0, queries=len(ndcg), skipped=0)
    return EvaluationRun(scores=scores, outcomes=tuple(outcomes))


def test_a_run_that_was_kept_is_read_again(tmp_path):
    save_evaluation(run_of(a=0.25), tmp_path / "run.json")
    assert load_evaluation(tmp_path / "run.json") == run_of(a=0.25)


@pytest.mark.parametrize(("content", "says"), [(None, "cannot be read"), ("{}", "is not a saved run"), ("x", "--save")])
def test_a_file_that_is_no_run_is_named(tmp_path, content, says):
    file = tmp_path / "run.json" if content is None else write(tmp_path, "run.json", content)
    with pytest.raises(InputError, match=rf"run\.json: .*{says}"):
        load_evaluation(file)


def test_queries_are_told_worst_first():
    judged = Judgements(
        [JudgedQuery("good", "good"), JudgedQuery("bad", "bad")], {"good": {"a.md": 1}, "bad": {"b.md": 1}}
    )
    assert [each.id for each in evaluate(lambda *_: opened(["a.md"]), judged).outcomes] == ["bad", "good"]
