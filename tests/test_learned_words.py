"""Words that the journal uses for each other: what posts say, what is learned from it, and who decides."""

from dataclasses import replace
from uuid import uuid4

import pytest
from click.testing import CliRunner

from backmatter.index.cli.commands import cli
from backmatter.index.engines.opensearch.engine import OpenSearchEngine
from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.errors import SettingsError
from backmatter.index.model import NamePair
from backmatter.index.posts.extraction.abbreviations import abbreviations
from backmatter.index.query.analysed import analyse
from backmatter.index.query.synonyms import decide, parse_synonyms, read_synonyms
from backmatter.index.search.curation import Editorial, decide_on, load_editorial
from backmatter.index.search.explain import explain
from backmatter.index.search.search import search
from backmatter.index.search.word_list import all_learned_words
from backmatter.index.settings import Settings
from tests.build import apply, post
from tests.reading import post_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Horizontal Pod Autoscaler (HPA) scales.", [("HPA", "Horizontal Pod Autoscaler")]),
        ("The HPA (Horizontal Pod Autoscaler) scales.", [("HPA", "Horizontal Pod Autoscaler")]),
        ("Use mutual TLS (mTLS) here.", [("mTLS", "mutual TLS")]),
        ("A profile-guided optimization (PGO) pass", [("PGO", "profile-guided optimization")]),
        ("Google Summer of Code (GSoC) begins", [("GSoC", "Google Summer of Code")]),
        ("National Institutes of Health (NIH) and Machine Readable Catalog (MARC)",
         [("NIH", "National Institutes of Health"), ("MARC", "Machine Readable Catalog")]),
        ("We met in Spain, Hungary (HPA)", []),
        ("a nice thing (see below)", []),
        ("the value (42)", []),
        ("Kubernetes (GA)", []),
        ("HPA (a thing that scales pods)", []),
        ("PNOMPENH (PRONOUNCED NOM-PEN)", []),
        ("hot pool (HPA)", []),
        ("HPA (HPA)", []),
    ],
)  # fmt: skip
def test_an_abbreviation_is_told_by_its_letters_in_the_words_beside_it(text, expected):
    assert [(pair.name, pair.other) for _, pair in abbreviations(text)] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# A\n\nThe Pod Autoscaler (PA) runs.", [("abbreviation", "PA", "Pod Autoscaler")]),
        ("# A\n\n```\nThe Pod Autoscaler (PA) runs.\n```", []),
        ("# A\n\nSee [rolling updates](/docs/deployments/).", [("link", "rolling updates", "/docs/deployments/")]),
        ("# A\n\nSee [the `go` tool](../go.md#run).", [("link", "the go tool", "../go.md#run")]),
        ("# A\n\nSee [elsewhere](https://other.example/).", []),
        ("# A\n\nSee [below](#below).", []),
        ("# A\n\nSee [1](/one), [](/two), [of the](/three).", []),
        ("# A\n\nSee [a text of many more words than a name](/docs/).", []),
        ("---\ntitle: Tuning GC\n---\n# Tuning the garbage collector", [("heading", "gc", "the garbage collector")]),
        ("---\ntitle: Tuning GC\n---\n# Tuning GC", []),
        ("---\ntitle: Tuning GC\n---\n# Quite another name", []),
        ("---\ntitle: Part 1\n---\n# Part 2", []),
    ],
)
def test_a_post_says_what_it_has_two_names_for(source, expected):
    assert [(pair.kind, pair.name, pair.other) for pair in post_of(source).name_pairs] == expected


def named(path, kind, name, other, **fields):
    text = f"See {name}." if kind == "link" else "Nothing."
    return post(path, **{"text": text, **fields}, name_pairs=(NamePair(kind, name, other),))


POSTS = [
    named("hpa.md", "abbreviation", "HPA", "Horizontal Pod Autoscaler", text="HPA is short."),
    post("long.md", "How a horizontal pod autoscaler counts.", title="Counting"),
    *(named(f"link{n}.md", "link", "rolling restart", "/articles/rollout") for n in (1, 2)),
    post("rollout.md", "Replaces one after the other.", title="Deployments"),
    named("generic1.md", "link", "this page", "/articles/rollout"),
    named("generic2.md", "link", "this page", "/articles/long"),
    named("once.md", "link", "strange words", "/articles/long"),
    named("heading.md", "heading", "gc", "garbage collector", title="Tuning gc"),
    post("collector.md", "The garbage collector runs.", title="Memory"),
    post("en.md", "A text.", title="Foundations", language="en", translated="key a"),
    post("de.md", "Ein Text über Grundlagen.", title="Grundlagen", language="de", translated="key a"),
    post("mehr.md", "Noch mehr Grundlagen.", title="Mehr", language="de"),
    *(post(f"tag{n}.md", "A text.", title=f"Postgres {n}", tags=("psql",)) for n in range(4)),
]
LEARNED = {
    "HPA": ["Horizontal Pod Autoscaler"],
    "hpa": ["Horizontal Pod Autoscaler"],
    "horizontal pod autoscaler": ["HPA"],
    "rolling restart": ["Deployments"],
    "gc": ["garbage collector"],
    "garbage collector": ["gc"],
    "foundations": ["Grundlagen"],
    "grundlagen": ["Foundations"],
    "psql": ["postgres"],
    "postgres": ["psql"],
}


@pytest.fixture(scope="module", params=["whoosh", pytest.param("opensearch", marks=pytest.mark.cluster)])
def snapshot(request, tmp_path_factory):
    if request.param == "whoosh":
        engine = WhooshEngine(tmp_path_factory.mktemp("index"))
    else:
        engine = OpenSearchEngine(request.getfixturevalue("opensearch"), uuid4().hex, replicas=0)
    apply(engine, POSTS)
    return engine.snapshot()


def learned(snapshot, text, **said):
    return [word.other for word in search(snapshot, analyse(text), editorial=Editorial(**said)).learned]


@pytest.mark.parametrize(("text", "others"), LEARNED.items())
def test_other_names_are_learned_from_what_posts_say(snapshot, text, others):
    assert learned(snapshot, text) == others


@pytest.mark.parametrize(
    "text",
    [
        "this page",
        "strange words",
        '"HPA"',
        "title:hpa",
        "HPA Horizontal Pod Autoscaler",
        "zero one two three four five six seven eight nine ten eleven HPA",
        "",
    ],
)
def test_what_is_not_sure_or_not_a_plain_word_has_no_other_name(snapshot, text):
    assert learned(snapshot, text) == []


def test_a_post_with_the_other_name_alone_is_found_behind_those_with_the_word(snapshot):
    assert [hit.path for hit in search(snapshot, analyse("hpa")).hits] == ["hpa.md", "long.md"]


def test_a_link_text_finds_the_post_that_links_with_it_lead_to(snapshot):
    results = search(snapshot, analyse("rolling restart"))
    assert {hit.path for hit in results.hits[: results.complete]} == {"link1.md", "link2.md", "rollout.md"}


def test_a_word_that_many_posts_have_needs_no_other_name(tmp_path, monkeypatch):
    monkeypatch.setattr("backmatter.index.search.learned_words.MANY_POSTS", 1)
    engine = WhooshEngine(tmp_path)
    apply(engine, [*POSTS, post("more.md", "The hpa again.")])
    assert learned(engine.snapshot(), "hpa") == []
    assert learned(engine.snapshot(), "gc") == ["garbage collector"]


def test_an_exact_search_and_one_in_another_order_use_none(snapshot):
    assert search(snapshot, analyse("hpa", exact=True)).learned == ()
    assert search(snapshot, analyse("hpa", sort="newest")).learned == ()


def test_the_author_turns_all_off_or_drops_some(snapshot):
    assert learned(snapshot, "hpa", learns=False) == []
    rules = parse_synonyms("HPA != horizontal pod autoscaler", "list")
    assert learned(snapshot, "hpa", excluded=rules.excluded) == []
    assert learned(snapshot, "horizontal pod autoscaler", excluded=rules.excluded) == []
    assert learned(snapshot, "gc", excluded=rules.excluded) == ["garbage collector"]


def test_an_explanation_names_the_words_that_were_learned(snapshot):
    explained = explain(snapshot, analyse("hpa"), "long.md")
    assert [(word.typed, word.other, word.kinds, word.posts) for word in explained.learned] == [
        ("HPA", "Horizontal Pod Autoscaler", ("abbreviation",), ("hpa.md",))
    ]
    [word, *_] = explained.hit.explanation.parts[0].parts
    assert [part.name for part in word.parts[1].parts] == ['"Horizontal Pod Autoscaler" × 0.3']


def test_all_that_is_learned_is_listed(snapshot):
    listed = {(word.typed.lower(), word.other) for word in all_learned_words(snapshot, frozenset())}
    assert listed == {(typed.lower(), other) for typed, others in LEARNED.items() for other in others}


def test_a_query_that_finds_enough_is_answered_by_its_own_words(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, [*POSTS, *(post(f"more{n}.md", "The hpa again.") for n in range(10))])
    assert learned(engine.snapshot(), "hpa") == []


def test_what_a_changed_post_said_is_forgotten(tmp_path):
    engine = WhooshEngine(tmp_path)
    apply(engine, POSTS)
    apply(engine, [replace(POSTS[0], name_pairs=())])
    assert learned(engine.snapshot(), "hpa") == []
    apply(engine, [POSTS[0]], ["long.md"])
    assert learned(engine.snapshot(), "hpa") == ["Horizontal Pod Autoscaler"]


@pytest.mark.parametrize(
    ("before", "rule", "after"),
    [
        (None, "gc != gap", "gc != gap\n"),
        ("# mine\nk8s = kubernetes\n", "gc = garbage", "# mine\nk8s = kubernetes\ngc = garbage\n"),
        ("gc != gap  # no\nk8s = kubernetes", "gc = gap", "k8s = kubernetes\ngc = gap\n"),
        ("gc = gap = hole\n", "gc != gap", "gc = gap = hole\ngc != gap\n"),
        ("gc => gap\n", "GC != gap", "GC != gap\n"),
    ],
)
def test_a_decision_replaces_earlier_ones_on_the_same_names_alone(tmp_path, before, rule, after):
    file = tmp_path / "synonyms.txt"
    if before is not None:
        file.write_text(before, "utf-8")
    decide(file, rule)
    assert file.read_text("utf-8") == after
    read_synonyms(file)


def test_what_is_none_is_not_searched_though_a_list_has_it(tmp_path):
    file = tmp_path / "synonyms.txt"
    file.write_text("k8s != kubernetes\n", "utf-8")
    synonyms = load_editorial(Settings(synonyms=file)).synonyms
    assert "kubernetes" not in synonyms.get(("k8s",), ())
    assert "k8s" not in synonyms.get(("kubernetes",), ())


@pytest.mark.parametrize(
    ("names", "is_kept", "expected"),
    [
        ("gc = golden cross", False, "gc != golden cross"),
        ("gc => golden cross", True, "gc = golden cross"),
        ("gc != golden cross", True, "gc = golden cross"),
    ],
)
def test_names_are_given_as_they_are_listed(tmp_path, names, is_kept, expected):
    settings = Settings(synonyms=tmp_path / "synonyms.txt")
    assert decide_on(settings, names, is_kept=is_kept) == expected
    assert settings.synonyms.read_text("utf-8") == f"{expected}\n"


@pytest.mark.parametrize(
    ("settings", "names", "message"),
    [
        (Settings(), "gc = gap", "synonyms ="),
        (Settings(synonyms="SYNONYMS"), "gc", "is no synonym"),
        (Settings(synonyms="SYNONYMS"), "gc = ", "is no synonym"),
    ],
)
def test_what_cannot_be_decided_is_said_with_the_next_step(tmp_path, settings, names, message):
    if settings.synonyms:
        settings = Settings(synonyms=tmp_path / "synonyms.txt")
    with pytest.raises(SettingsError, match=message):
        decide_on(settings, names, is_kept=True)
    assert list(tmp_path.iterdir()) == []


def test_the_command_lists_words_and_writes_what_is_decided(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("# Scaling\n\nThe Pod Autoscaler (PA) runs.\n", "utf-8")
    (tmp_path / "backmatter.toml").write_text('synonyms = "synonyms.txt"\n', "utf-8")
    (tmp_path / "synonyms.txt").write_text("# mine\n", "utf-8")
    runner = CliRunner()
    assert runner.invoke(cli, ["index"], standalone_mode=False).return_value == 0
    listed = runner.invoke(cli, ["words"], standalone_mode=False)
    lines = ["PA => Pod Autoscaler  (abbreviation: a.md)", "Pod Autoscaler => PA  (abbreviation: a.md)"]
    assert (listed.return_value, listed.output.splitlines()) == (0, lines)
    dropped = runner.invoke(cli, ["words", "--drop", lines[0].partition("  ")[0]], standalone_mode=False)
    assert (dropped.return_value, dropped.output) == (0, "wrote PA != Pod Autoscaler into synonyms.txt\n")
    assert (tmp_path / "synonyms.txt").read_text("utf-8") == "# mine\nPA != Pod Autoscaler\n"
    assert runner.invoke(cli, ["words"], standalone_mode=False).return_value == 1
    runner.invoke(cli, ["words", "--keep", "PA = Pod Autoscaler"], standalone_mode=False)
    assert (tmp_path / "synonyms.txt").read_text("utf-8") == "# mine\nPA = Pod Autoscaler\n"
