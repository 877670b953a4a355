"""The author's own look: a name, a folder with templates and files, and what is wrong with them, said at the start."""

import pytest
from bs4 import BeautifulSoup
from msgspec.structs import replace

from backmatter.app import create_app
from tests.conftest import Journal


@pytest.mark.parametrize(
    ("kind", "name", "listed"),
    [
        ("", "Notes on Go", "> 4 articles."),
        ("Field & Lab", "Field & Lab // Notes on Go", "> Field & Lab: 4 articles."),
    ],
)
def test_what_kind_of_journal_it_is_stands_before_its_name_only_where_that_is_set(journal: Journal, kind, name, listed):
    client = create_app(replace(journal.settings, title="Notes on Go", kind=kind), journal.engine).test_client()
    assert BeautifulSoup(client.get("/").text, "html.parser").select_one(".nameplate").text == name
    assert listed in client.get("/llms.txt").text
