"""Findings as people and programs read them."""

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from ...terminal import as_json_text, printable
from .finding import RULES, Finding

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text(findings: Sequence[Finding], posts: int) -> str:
    """Write a line for each finding, as compilers do, and a sum."""
    lines = [
        f"{_place(each)}: {each.level}: {printable(each.message)}; {printable(each.advice)} [{each.rule}]"
        for each in findings
    ]
    levels = Counter(each.level for each in findings)
    errors, warnings = _counted(levels["error"], "error"), _counted(levels["warning"], "warning")
    return "\n".join([*lines, f"{errors} and {warnings} in {_counted(posts, 'post')}"])


def json(findings: Sequence[Finding], posts: int) -> str:
    """Write `{"posts": ..., "findings": [...]}`."""
    return as_json_text({"posts": posts, "findings": findings})


def github(findings: Sequence[Finding], posts: int) -> str:  # noqa: ARG001 (every format is given both)
    """Write workflow commands, which GitHub shows at the lines of a pull request."""
    return "\n".join(
        f"::{each.level} file={_property(each.file)},line={each.line or 1},title={each.rule}"
        f"::{_data(f'{each.message}; {each.advice}')}"
        for each in findings
    )


def sarif(findings: Sequence[Finding], posts: int) -> str:  # noqa: ARG001 (every format is given both)
    """Write SARIF 2.1.0, the OASIS standard for what static analysis finds."""
    rules = list(RULES)
    log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Backmatter",
                        "semanticVersion": version("backmatter"),
                        "rules": [_rule(name) for name in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, rules.index(each.rule)) for each in findings],
            }
        ],
    }
    return as_json_text(log)


OUTPUT_FORMATS: dict[str, Callable[[Sequence[Finding], int], str]] = {
    "text": text,
    "json": json,
    "github": github,
    "sarif": sarif,
}


def _rule(name: Any) -> dict[str, object]:
    about = RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": f"{about.text}."},
        "defaultConfiguration": {"level": about.level},
    }


def _result(finding: Finding, index: int) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": quote(finding.file)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": f"{finding.message}; {finding.advice}"},
        "locations": [{"physicalLocation": place}],
    }


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def _place(finding: Finding) -> str:
    """Return file and line; a name cannot pass for a command of GitHub's runner, which begins with two colons."""
    file = f"./{finding.file}" if finding.file.startswith(":") else finding.file
    return printable(f"{file}:{finding.line}" if finding.line else file)


def _data(text: str) -> str:
    """Escape as the runner reads it: github.com/actions/toolkit, packages/core/src/command.ts."""
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
