"""Problems as JUnit XML, which CodeBuild shows as a test report: a test case for each file, failed by its errors."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from factory.report.findings import Findings
from factory.rules.problem import Problem, Severity

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2 Characters


def junit(findings: Findings) -> str:
    """One test suite; warnings go to the case's output and fail nothing."""
    paths = sorted({*findings.documents, *(problem.path for problem in findings.problems)})
    errors = [problem for problem in findings.problems if problem.severity == Severity.ERROR]
    failed = {problem.path for problem in errors}
    counts = {"tests": str(len(paths)), "failures": str(len(failed)), "errors": "0"}
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "factory lint", **counts})
    for path in paths:
        case = SubElement(suite, "testcase", {"classname": "factory.lint", "name": path, "file": path})
        _tell(case, [problem for problem in findings.problems if problem.path == path])
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _tell(case: Element, problems: list[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity == Severity.ERROR]
    warnings = [problem for problem in problems if problem.severity == Severity.WARNING]
    if errors:
        failure = SubElement(case, "failure", {"type": errors[0].rule, "message": _clean(errors[0].message)})
        failure.text = "\n".join(_line(problem) for problem in errors)
    if warnings:
        SubElement(case, "system-out").text = "\n".join(_line(problem) for problem in warnings)


def _line(problem: Problem) -> str:
    place = f"{problem.path}:{problem.span.line}:{problem.span.column}"
    return _clean(f"{place}: {problem.rule} {problem.message}. {problem.advice}".strip())


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
