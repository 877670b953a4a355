"""What the benchmarks compute from what they measure; measuring itself is not tested, as nothing here is timed."""

from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backmatter.index.engines.whoosh.engine import WhooshEngine
from tests.bench.client import HOST, each_once
from tests.bench.corpus import Article, articles_in, enlarged, read, stage, subset
from tests.bench.figures import percentile, times
from tests.bench.passages import Question, Shown, questions, shown, words
from tests.bench.queries import KINDS, draw
from tests.bench.sections import Opened, links, opened
from tests.bench.tables import figure, ratio, table
from tests.build import apply, post

CONTENT = Path(__file__).parents[1] / "content"
WORDS = (
    "cache line memory worker queue retry pointer heap stack struct padding clock mutex atomic channel socket".split()
)
ARTICLES = [
    Article(f"{i}.md", f"Title {i}", "", " and the ".join(WORDS[i:] + WORDS[:i]) + f" only{WORDS[i]}.", ("go",))
    for i in range(len(WORDS))
]


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.0, 1), (0.5, 50), (0.505, 51), (0.99, 99), (0.991, 100), (1.0, 100)],
)
def test_a_percentile_is_one_of_the_values(share, expected):
    assert percentile(range(100, 0, -1), share) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_bounds_its_share_of_the_values(values, share):
    bound = percentile(values, share)
    assert sum(value <= bound for value in values) * 1000 >= round(share * 1000) * len(values)


def test_times_are_milliseconds():
    summed = times([0.001, 0.002, 0.009])
    assert (summed.median, summed.p99, summed.count) == (2.0, 9.0, 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(12345.6, "12,346"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123"), (0.0, "0.000")],
)
def test_figures_have_about_three_digits(value, expected):
    assert figure(value) == expected


@pytest.mark.parametrize(("value", "other", "expected"), [(1, 4, "0.250 x"), (30, 2, "15.0 x"), (1, 0, "-")])
def test_a_ratio_says_how_many_times(value, other, expected):
    assert ratio(value, other) == expected


def test_a_table_is_markdown_with_figures_to_the_right():
    assert table(["query", "ms"], [["one", "1.00"], ["another", "20.0"]]) == (
        "| query   |   ms |\n"
        "| ------- | ---: |\n"
        "| one     | 1.00 |\n"
        "| another | 20.0 |"
    )  # fmt: skip


def test_the_same_seed_draws_the_same_queries():
    assert draw(ARTICLES, 1, 5) == draw(ARTICLES, 1, 5)


def test_another_seed_draws_other_queries():
    assert draw(ARTICLES, 1, 5) != draw(ARTICLES, 2, 5)


def test_every_kind_of_query_is_drawn_and_none_twice():
    drawn = draw([*ARTICLES, Article("rare.md", "", "", "rare words " * 6, ("go",)), ARTICLES[0]], 3, 5)
    assert list(drawn) == list(KINDS)
    assert all(len({query.text for query in queries}) == len(queries) for queries in drawn.values())


@pytest.mark.parametrize(("kind", "length"), [("two words", 2), ("three words", 3), ("six words", 6)])
def test_words_of_a_query_stand_in_one_article(kind, length):
    for query in draw(ARTICLES, 4, 5)[kind]:
        assert len(set(query.words)) == length
        assert any(set(query.words) <= set(article.text.rstrip(".").split()) for article in ARTICLES)


def test_a_phrase_stands_in_an_article():
    for query in draw(ARTICLES, 5, 5)["phrase"]:
        assert any(" ".join(query.phrase) in article.text for article in ARTICLES)


def test_an_unknown_word_stands_nowhere():
    for query in draw(ARTICLES, 6, 5)["unknown word"]:
        assert not any(query.words[0] in article.text for article in ARTICLES)


def test_trees_with_the_same_paths_are_staged_side_by_side(tmp_path):
    for tree in ("one", "two"):
        (tmp_path / tree).mkdir()
        (tmp_path / tree / "post.md").write_text(tree)
    staged = stage([tmp_path / "one", tmp_path / "two"], tmp_path / "staged")
    assert [file.read_text() for file in articles_in(staged)] == ["one", "two"]


def test_a_smaller_subset_is_part_of_a_larger_one(tmp_path):
    for name in "abcdefgh":
        (tmp_path / f"{name}.md").write_text(name)
    small, large = (
        {file.name for file in articles_in(subset(tmp_path, tmp_path.parent / f"subset-{n}", n, 1))} for n in (3, 6)
    )
    assert len(small) == 3
    assert small < large


def test_an_enlarged_corpus_has_all_files_and_copies_of_them_that_differ(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.md").write_text(f"The {name} of " + ", ".join(f"{word}s" for word in WORDS) + ".")
    files = articles_in(enlarged(tmp_path, tmp_path.parent / "enlarged", 8, 1))
    assert [str(file.relative_to(tmp_path.parent / "enlarged")) for file in files] == [
        f"{turn}/{name}.md" for turn, names in enumerate(("abc", "abc", "ab")) for name in names
    ]
    texts = [file.read_text() for file in files]
    assert texts[:3] == [file.read_text() for file in articles_in(tmp_path)]
    assert len(set(texts)) == 8


def test_articles_are_read_in_the_order_of_their_paths(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post(f"{name}.md", f"Text {name}.", ("Cache", "Line."), tags=("Go",)) for name in "bca"])
    articles = read(engine.snapshot())
    assert [article.path for article in articles] == ["a.md", "b.md", "c.md"]
    assert (articles[0].headings, articles[0].tags) == ("Cache", ("go",))
    assert "Text a." in articles[0].text


def test_each_path_is_asked_once():
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            pass

    paths = [f"/{number}" for number in range(20)]
    with ThreadingHTTPServer((HOST, 0), Noting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        each_once(server.server_port, paths, connections=3)
        server.shutdown()
    assert sorted(asked) == sorted(paths)


def test_links_into_a_section_are_found_with_what_they_lead_to(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [post("docs/cache.md", "Text.", ("False sharing", "More."), slug="docs/cache")])
    markdown = """
    See [about *false* `sharing`](/docs/cache/#false-sharing), again
    [about false sharing](/docs/cache#false-sharing "More"),
    [here](/docs/cache/#false-sharing), [no such section](/docs/cache/#true-sharing), [no such page](/docs/none/#a),
    [the whole page](/docs/cache/), [another site](https://example.org/docs/cache/#false-sharing),
    ![a picture of it](/docs/cache/#false-sharing)
    """
    [link] = links([markdown, markdown], engine.snapshot())
    assert (link.text, link.post.path, link.anchor) == ("about false sharing", "docs/cache.md", "false-sharing")
    asked = {text: opened(replace(link, text=text), engine.snapshot()) for text in ("more", "text", "bread")}
    assert asked == {
        "more": Opened(rank=1, right=True, alone=True),
        "text": Opened(rank=1, right=False, alone=False),
        "bread": Opened(rank=None, right=False, alone=False),
    }


def test_a_question_is_answered_by_a_section_and_a_sentence(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(
        engine, [post("cache.md", "About caches.", ("Lines", "A line has 64 bytes."), ("Levels", "There are three."))]
    )
    asked = Question("how many bytes has a line", "cache.md", "`Lines`", ("A line has",))
    assert shown(asked, engine.snapshot()) == Shown(rank=1, section=True, sentence=True)


def test_every_question_is_answered_where_the_set_says():
    texts = {path.name: words(path.read_text("utf-8")) for path in articles_in(CONTENT)}
    for question in questions("content"):
        assert words(question.section) in texts[question.path], question
        assert all(words(sentence) in texts[question.path] for sentence in question.sentences), question
