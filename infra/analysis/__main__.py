"""`python -m infra.analysis`: the checks of a deployment's own templates, as a report of tests.

The Synthesise stage runs it over what `cdk synth` wrote. Synthesis has applied cdk-nag and the platform's rules before,
and stops at a finding; here each rule is a line of a report, and cfn-lint holds every property against AWS's schemas.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from infra.analysis.platform_rules import RULES
from infra.analysis.template import Assembly

# The CDK writes every dependency down, also those that a reference implies (W3005). With credentials it writes the
# zones that it looked up, so that a zone that AWS opens moves no subnet (W3010).
_NOT_LOOKED_AT = ["W3005", "W3010"]


@dataclass(frozen=True)
class Check:
    """One check by its name, and what it found."""

    name: str
    findings: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """0 when no check found anything, 1 with the findings otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.analysis", description=__doc__)
    parser.add_argument("--assembly", type=Path, required=True, help="the folder that `cdk synth` wrote")
    parser.add_argument("--region", required=True, help="where it will be deployed")
    parser.add_argument("--junit", type=Path, help="write a report of tests here")
    arguments = parser.parse_args(argv)
    paths = sorted(arguments.assembly.glob("*.template.json"))
    if not paths:
        sys.stderr.write(f"{arguments.assembly}: there is no template in it; run `make synth` first\n")
        return 1
    checks = [*_rules(paths), *schema_checks(paths, arguments.region)]
    if arguments.junit:
        arguments.junit.parent.mkdir(parents=True, exist_ok=True)
        arguments.junit.write_text(_junit(checks), encoding="utf-8")
    for check in checks:
        for finding in check.findings:
            sys.stderr.write(f"{check.name}: {finding}\n")
    failed = [check for check in checks if check.findings]
    sys.stdout.write(f"{len(paths)} templates, {len(checks)} checks, {len(failed)} found something\n")
    return 1 if failed else 0


def _rules(paths: Sequence[Path]) -> Iterator[Check]:
    assembly = Assembly.read(paths)
    for rule in RULES:
        found = tuple(f"{finding.where} {finding.text}" for finding in rule(assembly))
        yield Check(rule.__name__.replace("_", " "), found)


def schema_checks(paths: Sequence[Path], region: str) -> Iterator[Check]:
    """What cfn-lint says of each template, by AWS's own schemas of that region."""
    from cfnlint.api import lint_by_config  # noqa: PLC0415 - takes two seconds to load
    from cfnlint.config import ManualArgs  # noqa: PLC0415 - as above

    asked = ManualArgs(templates=list(map(str, paths)), regions=[region], ignore_checks=_NOT_LOOKED_AT)
    found: dict[str, list[str]] = {str(path): [] for path in paths}
    # All at once: to load the rules takes longer than most templates.
    for match in lint_by_config(asked) if paths else ():
        found[str(match.filename)].append(f"line {match.linenumber}: {match.rule.id} {match.message}")
    for path in paths:
        yield Check(f"cfn-lint {path.name}", tuple(found[str(path)]))


def _junit(checks: Sequence[Check]) -> str:
    counts = {"tests": str(len(checks)), "failures": str(sum(bool(check.findings) for check in checks))}
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {"name": "the deployment", **counts})
    for check in checks:
        case = SubElement(suite, "testcase", {"classname": "deployment", "name": check.name})
        if check.findings:
            SubElement(case, "failure", {"message": check.findings[0]}).text = "\n".join(check.findings)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


if __name__ == "__main__":
    sys.exit(main())
