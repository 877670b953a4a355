"""What DESIGN calls absences: who may import whom, read off the sources, also inside functions."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# A module imports only what stands in a line above it, or before it in its own.
LAYERS = (
    ("index.errors", "index.globs", "index.model", "index.settings", "index.whole"),
    (
        "index.analysis",
        "index.query",
        "index.ranking",
        "index.forms",
        "index.rescoring",
        "index.feedback",
        "index.quotes",
        "index.passages",
        "index.posts",
    ),
    ("index.engine",),
    ("index.engines",),
    (
        "index.synonyms",
        "index.editorial",
        "index.expansion",
        "index.spelling",
        "index.suggest",
        "index.search",
        "index.related",
        "index.explain",
        "index.neighbours",
        "index.refusals",
        "index.touched",
        "index.insights",
        "index.staging",
        "index.site",
        "index.sync",
        "index.schedule",
        "index.publish",
        "index.watch",
        "index.webhook",
        "index.jobs",
        "index.work",
        "index.measures",
        "index.judgements",
        "index.evaluate",
        "index.report",
        "index.check",
        "index.generators",
        "index.doctor",
        "index.backup",
    ),
    ("index.cli",),
    ("app",),
)
ORDER = [package for layer in LAYERS for package in layer]

# The index knows nothing of the web.
WEB = {"flask", "werkzeug", "jinja2", "markupsafe", "granian", "nh3", "app"}

# A library that keeps an index stays in its engine's folder, so that no type of it crosses the seam.
HOME = {"whoosh": "index.engines.whoosh", "opensearchpy": "index.engines.opensearch"}

# A cluster finds, and what it finds is ranked by the very code that ranks what a directory holds.
RANKING = {"index.engines.opensearch": "index.engines.whoosh"}

# Everybody else is given an engine.
OPENERS = {"index.cli", "app.cli", "index.engines"}

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}
BY_NAME = {"import_module", "__import__"}


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def place(module: str) -> int | None:
    """Give a module's number in the order; None where it has none."""
    return next((number for number, package in enumerate(ORDER) if inside(module, package)), None)


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """Give the full names of what is imported; `from a import b` is a.b, whether b is a module or not."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            source = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def names(tree: ast.AST) -> set[str]:
    """Give every name and attribute that is used or imported."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                found.add(name)
    return found


def faults(module: str, source: str) -> list[str]:
    """Say what in a module's source breaks the architecture."""
    tree = ast.parse(source)
    package = module.rpartition(".")[0] or module
    imported = set(imports(tree, package))
    found = [f"{name} is above" for name in imported if not may_import(module, name)]
    found += [f"{name} is web" for name in imported if inside(module, "index") and name.split(".")[0] in WEB]
    found += [
        f"{name} is at home in {home}"
        for name in imported
        for library, home in HOME.items()
        if inside(name, library) and not inside(module, home)
    ]
    if not any(inside(module, opener) for opener in OPENERS):
        found += [f"{name} opens an engine" for name in imported if inside(name, "index.engines")]
    if module != "index.settings" and names(tree) & ENVIRONMENT:
        found.append("reads the environment")
    if names(tree) & BY_NAME:
        found.append("imports by name")
    return found


def may_import(module: str, name: str) -> bool:
    here, there = place(module), place(name)
    if here is None:
        return module == "index"
    if there is None:
        return not inside(name, "index")
    engine = ".".join(module.split(".")[:3])
    own = ORDER[here] != "index.engines" or inside(name, engine) or inside(name, RANKING.get(engine, engine))
    return there < here or (there == here and own)


SOURCES = [file for package in ("index", "app") for file in sorted((ROOT / package).rglob("*.py"))]


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("file", SOURCES, ids=module_of)
def test_every_module_keeps_to_the_architecture(file: Path):
    assert faults(module_of(file), file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("index.model", "import flask", ["flask is web"]),
        ("index.posts.html", "def f():\n    from nh3 import clean", ["nh3.clean is web"]),
        ("index.cli", "import app.cli", ["app.cli is above", "app.cli is web"]),
        ("index.cli", "if TYPE_CHECKING:\n    from flask.typing import X", ["flask.typing.X is web"]),
        ("index.search", "import whoosh.query", ["whoosh.query is at home in index.engines.whoosh"]),
        ("index.engines.opensearch.engine", "import whoosh", ["whoosh is at home in index.engines.whoosh"]),
        ("app", "import opensearchpy", ["opensearchpy is at home in index.engines.opensearch"]),
        ("index.engines.whoosh.engine", "import index.engines.opensearch", ["index.engines.opensearch is above"]),
        ("index.sync", "from index.engines import x", ["index.engines.x opens an engine"]),
        ("app.pages", "from index import engines", ["index.engines opens an engine"]),
        ("index.query", "from index import engine", ["index.engine is above"]),
        ("index.query", "from .engine import Sort", ["index.engine.Sort is above"]),
        ("index.posts.html", "from ..search import search", ["index.search.search is above"]),
        ("index.model", "from index.errors import PostError", []),
        ("index.drawer", "import re", ["re is above"]),
        ("index.cli", "import index.drawer", ["index.drawer is above"]),
        ("app.pages", "import os\nos.environ['HOME']", ["reads the environment"]),
        ("index.sync", "from os import getenv as get", ["reads the environment"]),
        ("index.settings", "import os\nos.environ['HOME']", []),
        ("index.posts", "__import__('flask')", ["imports by name"]),
        ("index.posts", "import importlib\nimportlib.import_module('flask')", ["imports by name"]),
        ("index.cli", "from index.engines import open_engine", []),
        ("index.engines.whoosh.engine", "import whoosh\nfrom index.engines.whoosh import schema", []),
        ("app.search", "from flask import Flask\nfrom index.search import search\nfrom app.errors import X", []),
    ],
)
def test_the_check_sees_what_it_forbids(module, source, expected):
    assert sorted(faults(module, source)) == expected


def test_every_module_is_looked_at():
    assert {"index.model", "index.engines", "index.cli", "app"} <= set(map(module_of, SOURCES))
    assert {package.split(".")[0] for package in ORDER} == {"index", "app"}
