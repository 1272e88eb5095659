"""Problems on the lines of a pull request: GitHub's workflow commands, and CodeCommit's comments."""

import json
from hashlib import sha256

from factory.linter.all_rules import RULES
from factory.report.findings import Findings
from factory.rules.problem import Problem, Severity


def github(findings: Findings) -> str:
    """GitHub Actions workflow commands, which annotate the changed lines."""
    return "".join(_command(problem) for problem in findings.problems)


def codecommit(findings: Findings) -> str:
    """A list of what `PostCommentForPullRequest` takes: `location` and `content` of each comment.

    `clientRequestToken` is the same for the same problem, so that posting twice makes one comment. The caller adds the
    pull request, the repository and the commits.
    """
    return json.dumps([_comment(problem) for problem in findings.problems], indent=2) + "\n"


def _command(problem: Problem) -> str:
    level = "error" if problem.severity == Severity.ERROR else "warning"
    span = problem.span
    place = f"file={_property(problem.path)},line={span.line},endLine={span.end_line},col={span.column},endColumn={span.end_column}"
    title = _property(f"{problem.rule} {RULES[problem.rule].name}")
    return f"::{level} {place},title={title}::{_data(f'{problem.message}. {problem.advice}'.strip())}\n"


def _comment(problem: Problem) -> dict[str, object]:
    advice = f"\n\n{problem.advice}" if problem.advice else ""
    content = (
        f"**{problem.severity} {problem.rule}** ({RULES[problem.rule].name}): {problem.message}.{advice}"
    )
    return {
        "location": {
            "filePath": problem.path,
            "filePosition": problem.span.line,
            "relativeFileVersion": "AFTER",
        },
        "content": content,
        "clientRequestToken": _token(problem),
    }


def _token(problem: Problem) -> str:
    place = f"{problem.path}:{problem.span.line}:{problem.span.column}:{problem.rule}:{problem.message}"
    return sha256(place.encode()).hexdigest()[:32]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
