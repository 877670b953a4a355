"""Every test is of the part that says what it needs, without anybody marking it; `make check` depends on it."""

import re
from pathlib import Path

import pytest

from tests import parts

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def test(): ...", ""),
        ("from backmatter.index.sync.runner import publish\ndef test(): ...", ""),
        ("import subprocess\ndef test(): ...", "process"),
        ("from tests.serving import running\ndef test(): ...", "process"),
        ("import pytest\n@pytest.mark.cluster\ndef test(): ...", "cluster"),
        ("import subprocess\ndef test(disk): ...", "disk"),
        ("import subprocess\ndef test(chromium): ...", "browser"),
        ("def test(opensearch): ...", "cluster"),
    ],
)
def test_what_a_test_uses_says_its_part(request: pytest.FixtureRequest, tmp_path: Path, source: str, expected: str):
    file = tmp_path / f"{tmp_path.name}.py"  # each its own name, as all are imported
    file.write_text(source, "utf-8")
    module = pytest.Module.from_parent(request.session, path=file)
    [item] = module.collect()
    assert isinstance(item, pytest.Item)
    assert parts.part_of(item) == expected


def test_the_fast_tests_are_those_of_no_part():
    chosen = re.search(r"^FAST := (.*)$", MAKEFILE, re.MULTILINE)
    assert chosen
    assert chosen[1].split(" and ") == [f"not {part}" for part in parts.ORDER]


def test_ci_runs_all_tests_and_the_fast_ones_with_the_lowest_versions():
    run = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r"^time make (?:--jobs 2 )?(\w+)", run, re.MULTILINE) == ["lowest", "test"]
    assert "--resolution lowest-direct" in MAKEFILE
