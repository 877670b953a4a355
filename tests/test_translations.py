"""Translations of one post are one result, in the reader's language; the others are named."""

from pathlib import Path

import pytest

from backmatter.index.posts.front_matter.language_tags import path_without_language
from backmatter.index.query.analysed import analyse
from backmatter.index.query.tree import Filter
from backmatter.index.search.search import search
from tests.conftest import Journal, make_journal
from tests.reading import post_of

TEXTS = {
    "en": "The scheduler places every pod on a node that has room for it.",
    "de": "Der Scheduler setzt jeden Pod auf einen Knoten, der Platz für ihn hat.",
    "fr": "Le scheduler place chaque pod sur un nœud qui a de la place pour lui.",
}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    posts = {f"a.{language}.md": f"# Scheduler\n\n{text}\n" for language, text in TEXTS.items() if language != "en"}
    made = make_journal(
        tmp_path,
        {"a.md": f"---\nlang: en\n---\n# Scheduler\n\n{TEXTS['en']}\n", "b.md": "# B\n\nA scheduler.\n", **posts},
    )
    made.index()
    return made


@pytest.mark.parametrize(
    ("query", "language", "paths", "others"),
    [
        ("scheduler", "de", ["a.de.md", "b.md"], {"en", "fr"}),
        ("scheduler", "fr-CA", ["a.fr.md", "b.md"], {"de", "en"}),
        ("scheduler", "en", ["a.md", "b.md"], {"de", "fr"}),
        ("Knoten", "en", ["a.de.md"], {"en", "fr"}),
        ("scheduler", "", ["a.de.md", "a.fr.md", "a.md", "b.md"], set()),
    ],
)
def test_one_of_several_translations_is_listed(journal: Journal, query, language, paths, others):
    results = search(journal.engine.snapshot(), analyse(query), language=language)
    assert sorted(hit.path for hit in results.hits) == paths
    assert results.total == len(paths)
    assert {other.language for hit in results.hits for other in hit.translations} == others


def test_a_filter_by_language_lists_the_translation_in_it(journal: Journal):
    query = analyse("scheduler", filters=(Filter("language", "fr"),))
    results = search(journal.engine.snapshot(), query, language="de")
    assert [hit.path for hit in results.hits] == ["a.fr.md"]


def test_the_facet_of_languages_counts_all_of_them(journal: Journal):
    found = search(journal.engine.snapshot(), analyse("scheduler"), language="de")
    assert {facet.value: facet.count for facet in found.facets["language"]} == {"en": 2, "de": 1, "fr": 1}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("post.md", "post.md"),
        ("post.de.md", "post.md"),
        ("de/post.md", "post.md"),
        ("zh-cn/docs/a.md", "docs/a.md"),
        ("blog/index.pt-br.md", "blog/index.md"),
        ("i18n/de/docusaurus-plugin-content-docs/current/a/b.md", "docs/a/b.md"),
        ("i18n/de/docusaurus-plugin-content-blog/a.md", "blog/a.md"),
        ("node.js.md", "node.js.md"),
    ],
)
def test_translations_have_a_path_in_common(path, expected):
    assert path_without_language(path) == expected


def test_translations_are_known_by_their_key_slug_or_addresses():
    assert post_of("---\ntranslationKey: about\n---\nText", "de/ueber.md").translated == "key about"
    assert post_of("Title: A\nSlug: same\nLang: fr\n\nText", "x.md", generator="pelican").translated == "slug same"
    page = (
        "<html lang=de><link rel=alternate hreflang=de href=/de/a><link rel=alternate hreflang=en href=/a>"
        "<body><article><h1>A</h1><p>Text</article>"
    )
    assert post_of(page, "a.html").translated == "key /a"
