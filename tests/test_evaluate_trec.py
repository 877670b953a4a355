from pathlib import Path

import pytest

from backmatter.index.errors import InputError
from backmatter.index.tools.evaluation.judgements import (
    JudgedQuery,
    Judgements,
    located,
    read_judgements,
    read_lines,
    read_qrels,
    read_queries,
)

TOPICS = """
<top>
<num> Number: 301
<title> Topic: International
  Organized Crime

<desc> Description:
Identify organizations.
<narr> Narrative: none
</top>

<TOP>
<num>302</num>
<title>Poliomyelitis & Post-Polio</title>
</TOP>
"""


def write(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, "utf-8")
    return folder / name


def test_topics_and_judgements_of_trec_are_read(tmp_path):
    topics = write(tmp_path, "topics.301-302", TOPICS)
    qrels = write(tmp_path, "qrels.txt", "301 0 FT911-1 1\n301\t0\tsub/b.md\t0\n302 Q0 a.md -1\n")
    assert read_lines(topics, qrels) == Judgements(
        [JudgedQuery("301", "International Organized Crime"), JudgedQuery("302", "Poliomyelitis & Post-Polio")],
        {"301": {"FT911-1": 1, "sub/b.md": 0}, "302": {"a.md": -1}},
    )


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("<top>\n<num> Number: 1\n</top>", 1, "no number or title"),
        ("<top>\n<num> 1\n<title> a\n</top>\n\n<top>\n<title> b\n</top>", 6, "no number or title"),
        ("<top>\n<num> 1\n<title>  \n</top>", 1, "no number or title"),
        ("<top><num> 1 <title> a</top>\n<top><num> 1 <title> b</top>", 2, "'1' is taken"),
        ("<top>", 1, "no number or title"),
    ],
)
def test_a_topic_that_cannot_be_used_is_named_by_file_and_line(tmp_path, content, line, says):
    file = write(tmp_path, "topics", content)
    with pytest.raises(InputError, match=says) as caught:
        read_queries(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")


@pytest.mark.parametrize("content", ["1 0 a.md", "1 0 a.md good", "1 0 a b.md 1", "1 0 a.md 1\n1 0 a.md 2"])
def test_a_judgement_that_cannot_be_used_is_named(tmp_path, content):
    file = write(tmp_path, "qrels", content)
    with pytest.raises(InputError, match=f"qrels:{content.count(chr(10)) + 1}: "):
        read_qrels(file)


def test_topics_need_judgements(tmp_path):
    with pytest.raises(InputError, match="--qrels"):
        read_judgements(write(tmp_path, "topics", TOPICS), None, lambda _: True)


@pytest.mark.parametrize(
    ("named", "path"),
    [("FT911-1", "ft/FT911-1.md"), ("ft/FT911-1.md", "ft/FT911-1.md"), ("twice", "twice"), ("gone", "gone")],
)
def test_a_post_is_named_by_its_path_or_its_file_name(named, path):
    paths = ["ft/FT911-1.md", "a/twice.md", "b/twice.md"]
    assert located(Judgements([], {"1": {named: 1}}), paths).qrels == {"1": {path: 1}}
