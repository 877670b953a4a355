"""Who may import whom, read off the sources, also inside functions."""

import ast
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A module imports from its own room and from the lines above it, never from a line below.
LAYERS = (
    (
        *("index.errors", "index.files", "index.database", "index.terminal", "index.lazy"),
        *("index.model", "index.settings", "index.analysis", "index.ranking", "index.kernels"),
    ),
    ("index.query", "index.posts", "index.segment"),
    ("index.semantic",),
    ("index.retrieval",),
    ("index.engines.base",),
    ("index.engines",),
    ("index.search",),
    ("index.insights",),
    ("index.sync",),
    ("index.tools",),
    ("index.cli",),
    ("app",),
)

# The rest of a package is in rooms, so that a newcomer sees in a minute what goes where.
MOST_LOOSE = {"index": 8, "app": 10, "index/posts": 12}

# The index knows nothing of the web.
WEB = {"flask", "werkzeug", "jinja2", "markupsafe", "granian", "nh3", "app"}

# A library that keeps an index stays in its engine's room, so that none of its types crosses the seam.
HOME = {"whoosh": "index.engines.whoosh", "opensearchpy": "index.engines.opensearch", "mcp": "app.mcp"}

# Everybody else is given an engine, and knows it by the seam alone.
OPENERS = {
    "index.cli.commands",
    "index.cli.search_commands",
    "index.cli.tool_commands",
    "app.cli",
    "app.mcp.command",
    "app.export.command",
    "app.routes.drafts",
    "index.engines",
}
SEAM = "index.engines.base"

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
BY_NAME = {"import_module", "__import__"}


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def layer(module: str) -> int | None:
    """Return the number of a module's line in LAYERS, None for what is not ours."""
    return next((n for n, rooms in enumerate(LAYERS) if any(inside(module, room) for room in rooms)), None)


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the full names of what is imported, without `backmatter.`; `from a import b` is a.b, module or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("backmatter.") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), f"backmatter.{package}")
            full = (f"{source}.{alias.name}" for alias in node.names)
            yield from (name.removeprefix("backmatter.") for name in full)


def names(tree: ast.AST) -> set[str]:
    """Return every name and attribute that is used or imported."""
    used = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                used.add(name)
    return used


def faults(module: str, source: str, *, package: str = "") -> list[str]:
    """Return what in a module's source breaks the architecture; `package` is the one that a dot stands for."""
    tree = ast.parse(source)
    imported = set(imports(tree, package or module.rpartition(".")[0]))
    complaints = [f"{name} is above" for name in imported if not may_import(module, name)]
    complaints += [f"{name} is web" for name in imported if inside(module, "index") and name.split(".")[0] in WEB]
    complaints += [
        f"{name} is at home in {home}"
        for name in imported
        for library, home in HOME.items()
        if inside(name, library) and not inside(module, home)
    ]
    if not any(inside(module, opener) for opener in OPENERS):
        complaints += [
            f"{name} opens an engine" for name in imported if inside(name, "index.engines") and not inside(name, SEAM)
        ]
    if module != "index.settings.reading" and names(tree) & ENVIRONMENT:
        complaints.append("reads the environment")
    if names(tree) & BY_NAME:
        complaints.append("imports by name")
    return complaints


def may_import(module: str, name: str) -> bool:
    here, there = layer(module), layer(name)
    if here is None:
        return module == "index"
    if there is None:
        return not inside(name, "index")
    return there < here or (there == here and (same_room(module, name) or here == 0))


def same_room(module: str, name: str) -> bool:
    """Return whether two modules are in one room; each engine is a room, and `open_engine` stands above them."""
    depth = 3 if inside(module, "index.engines") and module != "index.engines" else 2 if inside(module, "index") else 1
    return module.split(".")[:depth] == name.split(".")[:depth]


SOURCES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for package in ("index", "app")
    for file in sorted((ROOT / package).rglob("*.py"))
}


def package_of(module: str) -> str:
    return module if SOURCES[module].name == "__init__.py" else module.rpartition(".")[0]


@pytest.mark.parametrize("module", SOURCES)
def test_every_module_keeps_to_the_architecture(module):
    assert faults(module, SOURCES[module].read_text("utf-8"), package=package_of(module)) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("index.model", "import flask", ["flask is web"]),
        ("index.posts.reader", "def f():\n    from nh3 import clean", ["nh3.clean is web"]),
        ("index.cli.commands", "import backmatter.app.cli", ["app.cli is above", "app.cli is web"]),
        ("index.cli.commands", "if TYPE_CHECKING:\n    from flask.typing import X", ["flask.typing.X is web"]),
        ("index.search.search", "import whoosh.query", ["whoosh.query is at home in index.engines.whoosh"]),
        ("index.engines.opensearch.engine", "import whoosh", ["whoosh is at home in index.engines.whoosh"]),
        ("app.cli", "import opensearchpy", ["opensearchpy is at home in index.engines.opensearch"]),
        ("index.engines.whoosh.engine", "from ..opensearch import x", ["index.engines.opensearch.x is above"]),
        ("index.sync.sync", "from ..engines import x", ["index.engines.x opens an engine"]),
        ("app.routes.search", "from ...index import engines", ["index.engines opens an engine"]),
        ("index.query.tree", "from ..engines import base", ["index.engines.base is above"]),
        ("index.posts.reader", "from ..search.search import search", ["index.search.search.search is above"]),
        ("index.posts.reader", "from ..query.tree import Node", ["index.query.tree.Node is above"]),
        ("index.retrieval.top", "from ..engines.base import Match", ["index.engines.base.Match is above"]),
        ("index.model", "from .errors import PostError", []),
        ("index.drawer", "import re", ["re is above"]),
        ("index.cli.commands", "from .. import drawer", ["index.drawer is above"]),
        ("app.routes.search", "import os\nos.environ['HOME']", ["reads the environment"]),
        ("index.sync.sync", "from os import getenv as get", ["reads the environment"]),
        ("index.settings.reading", "import os\nos.environ['HOME']", []),
        ("index.posts.reader", "__import__('flask')", ["imports by name"]),
        ("index.posts.reader", "import importlib\nimportlib.import_module('flask')", ["imports by name"]),
        ("index.cli.commands", "from ..engines import open_engine", []),
        ("index.engines.whoosh.engine", "import whoosh\nfrom .schema import schema\nfrom ..base import Engine", []),
        ("app.routes.search", "from flask import Flask\nfrom ...index.search.search import search", []),
    ],
)
def test_the_check_sees_what_it_forbids(module, source, expected):
    assert sorted(faults(module, source)) == expected


def test_every_module_is_looked_at():
    assert {"index.model", "index.engines", "index.cli.commands", "app"} <= set(SOURCES)


@pytest.mark.parametrize("package", MOST_LOOSE)
def test_few_modules_lie_loose(package):
    assert len(list((ROOT / package).glob("*.py"))) <= MOST_LOOSE[package]


def ours(name: str) -> str | None:
    """Return the module that a name is or is in, None for a library's."""
    return next((known for known in (name, name.rpartition(".")[0]) if known in SOURCES), None)


@cache
def imported_by(module: str) -> set[str]:
    # `open_engine` loads the engine that the settings name, inside a function; the other one is not needed.
    if module == "index.engines":
        return set()
    return set(imports(ast.parse(SOURCES[module].read_text("utf-8")), package_of(module)))


def reachable(module: str) -> set[str]:
    """Return what a module imports over any number of steps: our modules and names of libraries."""
    reached: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        name = ours(name) or name
        if name not in reached:
            reached.add(name)
            waiting += imported_by(name) if name in SOURCES else ()
    return reached


@pytest.mark.parametrize(
    ("engine", "library", "other"),
    [
        ("index.engines.opensearch.engine", "whoosh", "index.engines.whoosh"),
        ("index.engines.whoosh.engine", "opensearchpy", "index.engines.opensearch"),
    ],
)
def test_an_engine_runs_where_the_library_of_the_other_is_not_installed(engine, library, other):
    assert [name for name in reachable(engine) if inside(name, library) or inside(name, other)] == []


def test_no_two_modules_import_each_other():
    reached = {module: reachable(module) - {module} for module in SOURCES}
    assert [(one, two) for one in reached for two in reached[one] & SOURCES.keys() if one in reached[two]] == []


def test_a_query_is_parsed_in_one_place_and_handed_on():
    parsers = {"index.query.parser.parse", "index.query.parser.parse_operators"}
    assert [module for module in SOURCES if parsers & set(imported_by(module))] == ["index.query.analysed"]
    assert [module for module in SOURCES if "index.query.parser" in imported_by(module)] == []


# A command, a rule of `check` and a blueprint bear the name of what they stand for; `posts` hands two functions on.
TWICE = {
    *("__all__", "_log", "backup", "blueprint", "check", "evaluate", "explain", "fingerprint", "held_back"),
    *("read_post", "restore", "search", "suggest_links"),
}


def definitions(tree: ast.Module) -> Iterator[str]:
    """Yield the names of a module's classes, public functions and constants."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.FunctionDef(name=name) if not name.startswith("_"):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def test_one_name_stands_for_one_thing():
    seen = Counter(name for file in SOURCES.values() for name in definitions(ast.parse(file.read_text("utf-8"))))
    assert {name for name, times in seen.items() if times > 1} == TWICE


def test_the_checkout_serves_the_posts_in_it_without_settings():
    tracked = subprocess.run(
        ["git", "ls-files", "backmatter.toml", "content"], cwd=ROOT, capture_output=True, check=True
    )
    assert {file.rpartition(b".")[2] for file in tracked.stdout.split()} == {b"md"}
