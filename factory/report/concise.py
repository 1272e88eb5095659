"""Problems as `file:line:column: severity[rule] sentence`, one on each line, for editors and grep."""

from factory.report.findings import Findings


def concise(findings: Findings) -> str:
    """One line a problem."""
    return "".join(
        f"{p.path}:{p.span.line}:{p.span.column}: {p.severity}[{p.rule}] {' '.join(part for part in (p.message + '.', p.advice) if part)}\n"
        for p in findings.problems
    )
