"""The parts of the tests: what a test uses says to which part it belongs, so that nobody has to mark it."""

from inspect import isfunction
from sys import modules
from types import ModuleType

import pytest

# What a test needs beside Python, by the fixture that starts it.
BY_FIXTURE = {
    "chromium": "browser",
    "driver": "browser",
    "opensearch": "cluster",
    "nodes": "cluster",
    "guarded": "cluster",
    "disk": "disk",
}

# What starts processes; a module that has one of these, or a function of a test module that has, is all of one part.
STARTERS = {"subprocess", "multiprocessing", "BACKMATTER"}

# These compute for a quarter of a minute or more: a slow and obvious search beside ours, texts that are made up,
# and long ones.
SLOW = {"test_oracle", "test_posts_properties", "test_growth"}

# Parts that take long or wait are run first, so that all workers end at the same time.
ORDER = ("cluster", "browser", "disk", "process", "slow")


def assign(items: list[pytest.Item]) -> None:
    """Mark tests with their part, and sort them by part."""
    for item in items:
        part = part_of(item)
        if part:
            item.add_marker(part)
    items.sort(key=lambda item: [*ORDER, ""].index(part_of(item)))


def part_of(item: pytest.Item) -> str:
    """Return the name of a test's part; a test that runs in one process of Python, and fast, has none."""
    marked = [part for part in ORDER if item.get_closest_marker(part)]
    used = [part for fixture, part in BY_FIXTURE.items() if fixture in getattr(item, "fixturenames", ())]
    process = ["process"] if starts_processes(getattr(item, "module", None)) else []
    slow = ["slow"] if item.path.stem in SLOW else []
    return next(iter(marked + used + process + slow), "")


def starts_processes(module: ModuleType | None) -> bool:
    """Return whether a module, or a test module that it takes functions from, can start a process."""
    names = vars(module) if module else {}
    origins = {value.__module__ for value in names.values() if isfunction(value) and is_ours(value.__module__)}
    return any(STARTERS & namespace.keys() for namespace in [names, *(vars(modules[origin]) for origin in origins)])


def is_ours(name: str) -> bool:
    """Return whether a module is one of the tests; `app` and `index` start processes on their own account."""
    return name.startswith("tests.")
