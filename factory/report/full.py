"""Problems for people: the sentence, the line with what is wrong underlined, and the cure."""

from collections.abc import Iterator, Sequence

import click

from factory.report.findings import Findings
from factory.rules.problem import Problem, Severity

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}

_FEW = 5  # DAGs that are named
_WIDTH = 120  # characters of a source line that are shown


def full(findings: Findings) -> str:
    """Each problem with its source line; colours are stripped where the output is not a terminal.

    Once there are no errors, what may be a mistake is told as well.
    """
    errors = any(problem.severity == Severity.ERROR for problem in findings.problems)
    blocks = [_block(problem, findings) for problem in findings.problems]
    return "\n".join([*blocks, summary(findings), *([] if errors else _by_hand(findings.by_hand))]) + "\n"


def summary(findings: Findings) -> str:
    """One line: how many problems in how many files."""
    errors = sum(problem.severity == Severity.ERROR for problem in findings.problems)
    warnings = len(findings.problems) - errors
    files = _count(findings.files, "file")
    if not findings.problems:
        return f"{files} checked, no problems."
    counts = [_count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return f"{files} checked: {', '.join(counts)}. `factory explain {findings.problems[0].rule}` explains the rule."


def _by_hand(dags: Sequence[str]) -> Iterator[str]:
    """Which DAGs run by hand only; no problem, for it may be meant."""
    if not dags:
        return
    shown, rest = ", ".join(dags[:_FEW]), len(dags) - _FEW
    names = (
        f"{shown} and {rest:,} more have" if rest > 0 else f"{shown} {'has' if len(dags) == 1 else 'have'}"
    )
    one = "it runs" if len(dags) == 1 else "they run"
    yield f"{names} no `schedule`: {one} by hand only. `schedule: null` says that it is meant."


def _block(problem: Problem, findings: Findings) -> str:
    colour = _COLOURS[problem.severity]
    head = click.style(f"{problem.severity}[{problem.rule}]", fg=colour, bold=True)
    lines = [f"{head} {problem.message}", f"  --> {problem.path}:{problem.span.line}:{problem.span.column}"]
    lines += _snippet(problem, findings.line(problem.path, problem.span.line), colour)
    if problem.advice:
        lines.append(click.style("   = ", dim=True) + problem.advice)
    return "\n".join(lines) + "\n"


def _snippet(problem: Problem, text: str, colour: str) -> Sequence[str]:
    if not text.strip():
        return ()
    span = problem.span
    end = span.end_column if span.end_line == span.line else len(text.rstrip()) + 1
    shown, column = _cropped(text.expandtabs(1), span.column)
    marks = click.style("^" * max(1, min(end - span.column, len(shown) + 1 - column)), fg=colour)
    number = str(span.line)
    margin = " " * len(number)
    return (f" {margin} |", f" {number} | {shown}", f" {margin} | {' ' * (column - 1)}{marks}")


def _cropped(text: str, column: int) -> tuple[str, int]:
    """A long line, cut to what lies around a column; and where the column is then."""
    if len(text) <= _WIDTH:
        return text, column
    first = max(0, min(column - _WIDTH // 3, len(text) - _WIDTH))
    head, tail = ("…" if first else ""), ("…" if first + _WIDTH < len(text) else "")
    return head + text[first : first + _WIDTH] + tail, column - first + len(head)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
