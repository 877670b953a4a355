"""Links that posts could have to each other are suggested where a sentence already speaks of the other post."""

import json

import pytest

from backmatter.index.errors import BackmatterError
from backmatter.index.tools.link_suggestions import suggest_links
from tests.conftest import Journal
from tests.test_cli import run

MUTEX = "A mutex guards the shared counter, and a semaphore bounds the waiting goroutines of the scheduler.\n"
POSTS = {
    "old": "---\ntitle: Locking counters\ndate: 2024-01-01\n---\nPlain words first.\n\n## Guards\n\n" + MUTEX,
    "new": "---\ntitle: Semaphore\ndate: 2026-01-01\n---\nOne line.\n\n"
    + MUTEX
    + "\nLocking the counters *twice* is slow.\n",
    "third": "---\ntitle: Third\ndate: 2023-01-01\n---\n" + MUTEX,
    "apart": "---\ntitle: Gardening\ndate: 2022-01-01\n---\nRoses need water and light.\n",
}


@pytest.fixture
def journal(empty: Journal) -> Journal:
    """Posts about the same, and one about something else."""
    empty.write(**POSTS)
    return empty


def suggested(journal: Journal, path: str) -> list[tuple[str, int | None, str]]:
    found = suggest_links(journal.engine.snapshot(), journal.settings, path)
    return [(each.file.rpartition("/")[2], each.line, each.target) for each in found]


def test_an_older_post_that_speaks_of_a_new_one_is_named_with_its_line_and_so_is_the_way_back(journal):
    assert suggested(journal, "new.md") == [
        ("old.md", 9, "new.md"),
        ("third.md", 5, "new.md"),
        ("new.md", 7, "old.md"),
    ]


def test_a_post_that_links_already_is_not_named(empty):
    empty.write(**{**POSTS, "old": POSTS["old"].replace("a semaphore", "a [semaphore](new.md)")})
    assert suggested(empty, "new.md") == [("third.md", 5, "new.md"), ("new.md", 7, "old.md")]


def test_a_newer_post_is_not_asked_to_link_to_an_older_one(journal):
    assert suggested(journal, "old.md") == [("old.md", 9, "new.md")]


def test_a_post_that_is_like_no_other_gets_no_suggestion(journal):
    assert suggested(journal, "apart.md") == []


def test_a_post_that_is_not_in_the_index_is_an_error_that_says_what_to_name(journal):
    with pytest.raises(BackmatterError, match=r"none\.md: is no post of the index; name one by its path"):
        suggested(journal, "none.md")


def test_the_command_prints_file_line_and_sentence(journal):
    folder = journal.content.parent
    printed = run(folder, "suggest-links", "new.md")
    assert printed.returncode == 0
    assert printed.stdout.splitlines()[:2] == [
        "content/old.md:9: link to Semaphore, /articles/new",
        f"    {MUTEX.strip()}",
    ]
    assert json.loads(run(folder, "suggest-links", "--json", "new.md").stdout)[0]["line"] == 9
    none = run(folder, "suggest-links", "apart.md")
    assert (none.returncode, none.stdout) == (1, "no sentence speaks of a post that it does not link to\n")
