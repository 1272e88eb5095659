"""Problems for programs: JSON, and SARIF 2.1.0 (OASIS) for code-scanning services."""

import json
from typing import Any

from factory.linter.all_rules import RULES
from factory.report.findings import Findings
from factory.rules.problem import Problem, Severity

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(findings: Findings) -> str:
    """One object: what was checked, and each problem with its place, key, cure and the rule's name."""
    return (
        json.dumps(
            {"files": findings.files, "problems": [_entry(one) for one in findings.problems]}, indent=2
        )
        + "\n"
    )


def sarif(findings: Findings) -> str:
    """One SARIF run; columns count UTF-16 code units there, ours count characters, which `columnKind` says."""
    used = sorted({problem.rule for problem in findings.problems})
    rules = [
        {
            "id": rule,
            "name": RULES[rule].name,
            "shortDescription": {"text": RULES[rule].summary},
            "help": {"text": RULES[rule].why},
        }
        for rule in used
    ]
    run = {
        "tool": {"driver": {"name": "factory", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem) for problem in findings.problems],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _entry(problem: Problem) -> dict[str, Any]:
    span = problem.span
    return {
        "rule": problem.rule,
        "name": RULES[problem.rule].name,
        "severity": problem.severity.value,
        "path": problem.path,
        "key": problem.key,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "message": problem.message,
        "cure": problem.cure,
        "near": problem.near,
        "instead": problem.instead,
        "sure": problem.sure,
    }


def _result(problem: Problem) -> dict[str, Any]:
    span = problem.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    location = {"artifactLocation": {"uri": problem.path}, "region": region}
    return {
        "ruleId": problem.rule,
        "level": "error" if problem.severity == Severity.ERROR else "warning",
        "message": {"text": f"{problem.message}. {problem.advice}".strip()},
        "locations": [{"physicalLocation": location}],
    }
