"""What a query finds in a text: one table for prose, identifiers, symbols and scripts, through index and search."""

import pytest

from index.engine import Snapshot
from index.engines.whoosh.engine import WhooshEngine
from index.query import Filter
from index.search import search
from tests.build import apply, post

# The text of a post, a query, and whether the post has all of it, spelt as it is typed.
ROWS = [
    # Identifiers: whole, in parts, and in the other ways of writing them.
    ("Reuse buffers with sync.Pool here.", "sync.Pool", True),
    ("Reuse buffers with sync.Pool here.", "sync.pool", True),
    ("Reuse buffers with sync.Pool here.", "sync", True),
    ("Reuse buffers with sync.Pool here.", "pool", True),
    ("Reuse buffers with sync.Pool here.", "pool.sync", False),
    ("A pool. Later, a sync.", "sync.Pool", False),
    ("Set GOMAXPROCS to four.", "GOMAXPROCS", True),
    ("Set GOMAXPROCS to four.", "gomaxprocs", True),
    ("Set GOMAXPROCS to four.", "procs", False),
    ("The setting max_open_conns limits it.", "max_open_conns", True),
    ("The setting max_open_conns limits it.", "maxOpenConns", True),
    ("The setting max_open_conns limits it.", "max-open-conns", True),
    ("The setting max_open_conns limits it.", "open conns", True),
    ("The setting max_open_conns limits it.", '"max open"', True),
    ("The setting maxOpenConns limits it.", "max_open_conns", True),
    ("The setting maxOpenConns limits it.", "conns", True),
    ("The type HTTPServer listens.", "HTTPServer", True),
    ("The type HTTPServer listens.", "httpserver", True),
    ("The type HTTPServer listens.", "http", True),
    ("The type HTTPServer listens.", "server", True),
    ("The type HTTPServer listens.", "http_server", True),
    ("Import net/http first.", "net/http", True),
    ("Import net/http first.", "http", True),
    ("Import net/http first.", "http/net", False),
    ("Grow a std::vector twice.", "std::vector", True),
    ("Grow a std::vector twice.", "vector", True),
    ("Grow a std::vector twice.", "std::map", False),
    ("Built for x86-64 alone.", "x86-64", True),
    ("Built for x86-64 alone.", "x86_64", True),
    ("Built for x86-64 alone.", "x86", True),
    ("Built for x86-64 alone.", "x87", False),
    ("Columns are utf8mb4 now.", "utf8mb4", True),
    ("Columns are utf8mb4 now.", "UTF8MB4", True),
    ("Columns are utf8mb4 now.", "utf8mb3", False),
    ("Go 1.22.3 is out.", "1.22.3", True),
    ("Go 1.22.3 is out.", "1.22", True),
    ("Go 1.22.3 is out.", "1.23", False),
    ("Go 1.22.3 is out.", "22.1", False),
    # Flags, variables, paths.
    ("Run it with --race on.", "--race", True),
    ("Run it with --race on.", "race", True),
    ("Run it with --race on.", "--rate", False),
    ("Use tail -n 20 for it.", "-n", True),
    ("Use tail -n 20 for it.", "-m", False),
    ("It reads $PATH once.", "$PATH", True),
    ("It reads $PATH once.", "path", True),
    ("It reads $PATH once.", "$HOME", False),
    ("Edit /etc/hosts by hand.", "/etc/hosts", True),
    ("Edit /etc/hosts by hand.", "hosts", True),
    ("Edit /etc/hosts by hand.", "/etc/passwd", False),
    # Names with symbols.
    ("Written in C++ mostly.", "C++", True),
    ("Written in C++ mostly.", "c++", True),
    ("Written in C++ mostly.", "C#", False),
    ("Written in C# mostly.", "C#", True),
    ("Written in C# mostly.", "F#", False),
    ("Written in F# mostly.", "F#", True),
    ("Runs on .NET today.", ".NET", True),
    ("Runs on .NET today.", ".net", True),
    ("Plain C it is.", "C++", False),
    ("Plain C it is.", "C", True),
    # Operators that carry meaning by themselves.
    ("The call p -> next is read.", "->", True),
    ("The call p -> next is read.", "=>", False),
    ("The arm x => y is taken.", "=>", True),
    ("Then n := 3 declares.", ":=", True),
    ("Then n := 3 declares.", "==", False),
    ("Sorting takes O(n log n) steps.", "O(n log n)", True),
    ("Sorting takes O(n log n) steps.", '"O(n log n)"', True),
    ("Sorting takes O(n log n) steps.", '"O(n n)"', False),
    ("The range a..b is open.", "a..b", True),
    ("The range a..b is open.", "a..c", False),
    # Prose: case, accents, apostrophes, hyphens, stems, stop words in phrases.
    ("Send an e-mail tonight.", "email", True),
    ("Send an email tonight.", "e-mail", True),
    ("You don't pay for it.", "don't", True),
    ("You don’t pay for it.", "don't", True),
    ("You don't pay for it.", "dont", True),
    ("The run time grows.", "run time", True),
    ("The runtime grows.", "runtime", True),
    ("The naïve approach works.", "naive", True),
    ("The naive approach works.", "naïve", True),
    ("A résumé of it all.", "RESUME", True),
    ("Straße und Gasse.", "STRASSE", True),
    ("Three threads are running.", "run", True),
    ("Three threads are running.", "thread", True),
    ("To be or not to be.", '"to be or not to be"', True),
    ("To be or not to be.", '"to be to be"', False),
    ("The state of the art is this.", '"state of the art"', True),
    ("The state of art is this.", '"state of the art"', False),
    # Scripts without spaces, mixed with Latin words, and others by words.
    ("生命周期与所有权。", "生命周期", True),
    ("生命周期与所有权。", "周期", True),
    ("生命周期与所有权。", "所有制", False),
    ("在 Rust 里,生命周期很重要。", "Rust 生命周期", True),
    ("在 Go 里,生命周期很重要。", "Rust 生命周期", False),
    ("コンテナを起動する。", "コンテナ", True),
    ("コンテナを起動する。", "コンピュータ", False),
    ("컨테이너를 시작한다.", "컨테이너", True),
    ("Память и процессы.", "память", True),
    ("Память и процессы.", "процессор", False),
    ("Η μνήμη γεμίζει.", "μνημη", True),
    # What looks alike and is another word.
    ("We meet at noon.", "keet", False),
    ("The page is over.", "hover", False),
    ("Render it with React.", "preact", False),
]

TEXTS = {text: f"{number}.md" for number, text in enumerate(dict.fromkeys(text for text, _, _ in ROWS))}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    engine = WhooshEngine(tmp_path_factory.mktemp("matching"))
    apply(engine, [post(path, text, title="Untitled") for text, path in TEXTS.items()])
    return engine.snapshot()


@pytest.mark.parametrize(("text", "query", "is_found"), ROWS, ids=[f"{text} | {query}" for text, query, _ in ROWS])
def test_a_query_finds_a_text_or_does_not(snapshot: Snapshot, text: str, query: str, is_found: bool) -> None:
    results = search(snapshot, query, exact=True, filters=(Filter("path", TEXTS[text]),))
    assert bool(results.complete) is is_found


@pytest.mark.parametrize(
    ("query", "whole", "part"),
    [
        ("sync.Pool", "Here sync.Pool is used.", "Here pool sync is used."),
        ("HTTPServer", "An HTTPServer is started.", "An HTTP thing, a server."),
        ("max_open_conns", "Raise max_open_conns a bit.", "Conns open max a bit."),
        ("naïve", "A naïve way.", "A naive way."),
        ("running", "It is running.", "It always runs."),
    ],
)
def test_what_is_typed_comes_before_its_parts_and_forms(tmp_path, query: str, whole: str, part: str) -> None:
    engine = WhooshEngine(tmp_path / "index")
    apply(engine, [post("a-part.md", part, title="Same"), post("whole.md", whole, title="Same")])
    found = [hit.path for hit in search(engine.snapshot(), query).hits]
    assert found[0] == "whole.md"


@pytest.mark.parametrize(("query", "never"), [("keet", "meet"), ("hover", "over"), ("preact", "react")])
def test_a_word_that_is_there_never_finds_one_that_looks_like_it(tmp_path, query: str, never: str) -> None:
    engine = WhooshEngine(tmp_path / "index")
    alike = [post(f"{number}.md", f"Many posts say {never}.") for number in range(50)]
    apply(engine, [*alike, post("own.md", f"One says {query}.")])
    results = search(engine.snapshot(), query)
    assert [hit.path for hit in results.hits] == ["own.md"]
    assert results.correction is None
