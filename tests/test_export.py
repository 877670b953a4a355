"""An export holds what the index holds, in files that a browser can read, and nothing of what is held back."""

import dataclasses
import gzip
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from backmatter.app.export.command import export
from backmatter.index.model import Post
from backmatter.index.tools.export import postings as counted
from backmatter.index.tools.export.postings import CountedTerms, Name, TermInPost, part_starts
from backmatter.index.tools.export.shards import MAX_SHARD, Shard, order, shards
from tests.conftest import Journal, config
from tests.reading import post_of


def exported(journal: Journal, folder: Path, *more: str) -> Result:
    """Export a journal whose articles are on a site of its own."""
    arguments = ["--content", str(journal.content), "--index", str(journal.settings.index), *more, str(folder)]
    return CliRunner(env={"BACKMATTER_BASE_URL": "https://blog.example.org"}).invoke(export, arguments)


@pytest.fixture
def journal(journal: Journal) -> Journal:
    """The journal, with articles on a site of its own."""
    settings = msgspec.structs.replace(journal.settings, base_url="https://blog.example.org")
    there = dataclasses.replace(journal, settings=settings)
    there.index()
    return there


def unpacked(file: Path) -> Any:
    return json.loads(gzip.decompress(file.read_bytes()))


def decoded(content: bytes) -> dict[str, tuple[int, list[TermInPost], bool]]:
    """Read a file of terms as its description says; return stem and postings by term, and whether it belongs there."""
    read = iter(gzip.decompress(content))

    def number() -> int:
        value, shift = 0, 0
        while True:
            group = next(read)
            value |= (group & 127) << shift
            if group < 128:
                return value
            shift += 7

    own, count, term = number(), number(), ""
    found: dict[str, tuple[int, list[TermInPost], bool]] = {}
    for place in range(count):
        term = term[: number()] + bytes(next(read) for _ in range(number())).decode()
        stem, doc, those = number(), 0, []
        for _ in range(number()):
            doc += number()
            impact = number()
            pairs = [(number(), number()) for _ in range(number())]
            names = tuple(Name(place, size // 2, size % 2 == 1) for place, size in pairs)
            those.append(TermInPost(doc, impact, names, tuple(number() for _ in range(number())) or (0,)))
        found[term] = stem, those, place < own
    assert next(read, None) is None
    return found


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
found_posts = st.lists(
    st.builds(
        TermInPost,
        st.integers(0, 9_999),
        st.integers(1, 255),
        st.lists(st.builds(Name, st.integers(0, 300), st.integers(1, 99), st.booleans()), max_size=3).map(tuple),
        st.lists(st.integers(0, 300), min_size=1, max_size=4, unique=True).map(lambda parts: tuple(sorted(parts))),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda posting: posting.doc,
).map(lambda those: sorted(those))


@given(st.dictionaries(words, found_posts, min_size=1), st.data())
def test_what_is_written_of_a_term_is_read_again(found, data):
    stems = {term: data.draw(st.sampled_from(sorted(found)[:3])) for term in found}
    read = [decoded(shard.content) for shard in shards(found, stems)]
    own = {term: those for one in read for term, (_, those, is_own) in one.items() if is_own}
    assert own == found
    for one in read:
        for stem, _, is_own in one.values():
            alike = {term for term, (other, *_) in one.items() if other == stem}
            assert len({stems[term] for term in alike}) == 1
            assert not is_own or alike == {term for term in found if stems[term] == stems[next(iter(alike))]}


def test_a_stem_that_is_no_word_leads_to_its_words():
    found = {"watered": [TermInPost(0, 1, (), (0,))], "waters": [TermInPost(1, 1, (), (0,))]}
    [one] = [decoded(shard.content) for shard in shards(found, dict.fromkeys(found, "water"))]
    assert {term: (stem, those) for term, (stem, those, _) in one.items()} == {
        "water": (0, []),
        "watered": (0, found["watered"]),
        "waters": (0, found["waters"]),
    }


def test_terms_are_cut_into_files_in_the_order_of_javascript():
    found = {f"{letter}{n}": [TermInPost(0, 1, (), (0,))] for letter in "aé\uff5a\U0001f600" for n in range(2_000)}
    made: list[Shard] = list(shards(found, {term: term for term in found}))
    firsts = [shard.first for shard in made]
    assert len(made) > 3
    assert firsts == sorted(firsts, key=order)
    assert firsts[0] == "a0"
    assert max(len(gzip.decompress(shard.content)) for shard in made) < 2 * MAX_SHARD


def test_a_term_counts_by_its_fields_as_in_the_ranking():
    posts = [
        post_of("---\ntitle: Cache\n---\nA text.\n"),
        post_of("---\ntitle: Text\n---\nA cache.\n\n## A cache line\n"),
    ]
    first, second = CountedTerms(posts).postings()["cache"]
    assert (first.doc, first.names, second.doc) == (0, (Name(0, 1, is_address=False),), 1)
    assert [(name.size, name.is_address) for name in second.names] == [(3, False)]
    assert first.impact > second.impact > 0


@pytest.mark.parametrize(
    ("text", "version", "found"),
    [
        ("---\ntitle: Go 1.5 notes\n---\nText.\n", "1.5", True),
        ("---\ntitle: T\n---\nSince Go 1.22.3 and later.\n", "1.22.3", True),
        ("---\ntitle: T\n---\nSince Go 1.22.3 and later.\n", "1.22", False),
        ("---\ntitle: T\n---\nThe numbers 1 5 and 7, 8.\n", "1.5", False),
    ],
)
def test_a_version_is_a_term(text, version, found):
    assert (version in CountedTerms([post_of(text)]).postings()) == found


def test_a_post_that_is_to_rank_above_others_counts_more():
    plain, boosted = (post_of(f"---\ntitle: T\n{boost}---\nA cache.\n") for boost in ("", "search: {boost: 1.5}\n"))
    one, other = CountedTerms([plain, boosted]).postings()["cache"]
    assert one.impact < other.impact


def long_post() -> Post:
    lines = "".join(f"Line {n} of a section.\n\n" for n in range(400))
    return post_of(f"---\ntitle: Long\n---\n{lines}\n## Second\n\n{lines}\n## Third\n\nA needle.\n")


def test_a_long_text_is_cut_at_sections_or_lines_and_a_term_names_its_parts(monkeypatch):
    monkeypatch.setattr(counted, "MAX_PART", 4_000)
    post = long_post()
    starts = part_starts(post)
    ends = [*starts[1:], len(post.text)]
    assert all(end - start <= 4_000 for start, end in zip(starts, ends, strict=True))
    assert all(post.text[start - 1] == "\n" for start in starts[1:])
    [needle] = CountedTerms([post]).postings()["needle"]
    assert needle.parts == (len(starts) - 1,)


def test_an_export_has_the_articles_that_readers_find(journal, tmp_path):
    outcome = exported(journal, tmp_path / "out")
    assert outcome.exception is None
    assert outcome.output.startswith("wrote 4 posts, ")
    manifest = json.loads((tmp_path / "out" / "index.json").read_bytes())
    data = tmp_path / "out" / manifest["data"]
    [*articles] = unpacked(data / "articles" / "0.bin")
    assert [(title, url, date) for title, url, date, *_ in articles][:2] == [
        ("A Love Letter to the L1 Cache", "https://blog.example.org/cache/", "2026-06-09"),
        ("Just About Go Time", "https://blog.example.org/time/", "2026-05-08"),
    ]
    text = unpacked(data / "texts" / "0-0.bin")
    assert [title for title, _, _ in text["sections"]] == ["", "What a line is", "Measure it", "Why it is loved"]
    [(start, end, language)] = text["code"]
    assert (language, text["text"][start:end]) == ("go", "for i := range rows {\n\tsum += rows[i].hits\n}")
    assert unpacked(data / "filters.bin")["tag"]["docker"] == [2]
    everything = b"".join(gzip.decompress(file.read_bytes()) for file in data.rglob("*.bin"))
    assert b"monotonic" in everything
    assert b"future" not in everything


def test_another_export_replaces_the_first_and_the_same_one_changes_nothing(journal, tmp_path):
    exported(journal, tmp_path / "out")
    before = (tmp_path / "out" / "index.json").read_bytes()
    exported(journal, tmp_path / "out")
    assert (tmp_path / "out" / "index.json").read_bytes() == before
    journal.write(another="---\ntitle: Another\n---\nText.\n")
    exported(journal, tmp_path / "out")
    assert len(list((tmp_path / "out" / "data").iterdir())) == 1
    assert json.loads((tmp_path / "out" / "index.json").read_bytes())["posts"] == 5


def test_a_folder_with_other_files_is_left_alone(journal, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "index.html").write_text("mine", "utf-8")
    assert "has files that are no export; name an empty or a new directory" in str(exported(journal, folder).exception)
    assert [file.name for file in folder.iterdir()] == ["index.html"]


def test_articles_that_are_on_no_site_cannot_be_exported(journal, tmp_path):
    arguments = ["--content", str(journal.content), "--index", str(journal.settings.index), str(tmp_path / "out")]
    outcome = CliRunner().invoke(export, arguments)
    assert "set base_url, or permalink in [addresses]" in str(outcome.exception)
    assert not (tmp_path / "out").exists()


def test_the_page_has_the_logo_the_line_at_the_foot_and_the_style_sheet_of_the_theme(journal, tmp_path):
    look = {"style.css": "header { background: url(crane.svg) }", "crane.svg": "<svg/>", "old.svg": "<svg />"}
    (tmp_path / "look").mkdir()
    for name, content in look.items():
        (tmp_path / "look" / name).write_text(content, "utf-8")
    table = f'[theme]\nfolder = "{tmp_path}/look"\nlogo = "crane.svg"\nfooter = "Ada, [Imprint](/imprint)"\n'
    given = ["--config", str(config(tmp_path, table))]
    folder = tmp_path / "out"
    assert exported(journal, folder, *given).exit_code == 0
    (tmp_path / "look" / "old.svg").unlink()
    assert exported(journal, folder, *given).exit_code == 0
    page = BeautifulSoup((folder / "index.html").read_bytes(), "lxml")
    style, logo = page.select("link[rel=stylesheet]")[1]["href"], page.select_one("header > img")["src"]
    assert page.footer.a["href"] == "/imprint"
    assert (folder / logo).read_text("utf-8") == "<svg/>"
    assert (folder / style).read_text("utf-8") == f'header {{ background: url("{Path(logo).name}") }}'
    assert {file.name for file in (folder / "assets").iterdir()} == {Path(style).name, Path(logo).name}


def test_a_page_without_a_theme_names_nothing_of_one(journal, tmp_path):
    assert exported(journal, tmp_path / "out").exit_code == 0
    page = BeautifulSoup((tmp_path / "out" / "index.html").read_bytes(), "lxml")
    assert len(page.select("link[rel=stylesheet]")) == 1
    assert page.select("img, footer") == []
