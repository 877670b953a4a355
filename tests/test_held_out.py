"""The copies of articles in which links are left out whose texts are queries."""

import json

import pytest

from tests.bench.held_out import main, without_links


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("See [a Query](/a/) and [other](/b/).", "See a Query and [other](/b/)."),
        ("See [a `query`][ref].", "See a `query`."),
        ('See <a class="x" href="/a">A query</a>, <a href="/b">b</a>.', 'See A query, <a href="/b">b</a>.'),
        ('[a query](/a "title")', "a query"),
        ("A query in plain text.", "A query in plain text."),
    ],
)
def test_a_link_with_the_text_of_a_query_is_its_text_alone(source, expected):
    assert without_links(source, {"a query"}) == expected


def test_all_files_of_a_set_are_copied(tmp_path):
    content = tmp_path / "set" / "content" / "docs"
    content.mkdir(parents=True)
    (content / "a.md").write_bytes(b"\xff [A query](/a/)")
    (tmp_path / "set" / "queries.jsonl").write_text(json.dumps({"id": "1", "text": "a  query"}) + "\n", "utf-8")
    main(tmp_path / "set", tmp_path / "copy")
    assert (tmp_path / "copy" / "docs" / "a.md").read_bytes() == b"\xff A query"
