"""`python -m sandbox.audit`: scan the templates of build/cdk.out, and simulate every call that the code makes."""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.analysis.template import Assembly
from infra.business_unit import compile_units, read_units
from sandbox.audit.account import Account
from sandbox.audit.calls import calls
from sandbox.audit.findings import ScannerError, findings
from sandbox.audit.simulation import SimulatorError, wrong_verdicts
from sandbox.audit.unused import unknown_calls, unused_rights

ROOT = Path(__file__).parents[2]


def main(argv: list[str] | None = None) -> int:
    """Print what is wrong; 1 when something is, or when a tool could not tell."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.audit", description=__doc__)
    parser.add_argument("--assembly", type=Path, required=True)
    parser.add_argument("--checkov", type=Path, required=True)
    parser.add_argument("--node", type=Path, required=True)
    parser.add_argument("--observed", type=Path, help="the calls that rehearsals were seen to make")
    arguments = parser.parse_args(argv)
    templates = sorted(arguments.assembly.glob("*.template.json"))
    if not templates:
        sys.stderr.write(f"{arguments.assembly}: there is no template in it; run `make synth` first\n")
        return 1
    account = Account(Assembly.read(templates))
    with TemporaryDirectory() as folder:
        units = read_units(compile_units(ROOT, Path(folder) / "units.json"))
    asked = list(calls(account, units))
    try:
        found = findings(arguments.checkov, arguments.assembly)
        found += wrong_verdicts(arguments.node, account, asked)
    except (ScannerError, SimulatorError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found += unused_rights(account, asked)
    observed = _observed(arguments.observed)
    found += unknown_calls(account, asked, observed)
    for sentence in found:
        sys.stderr.write(f"{sentence}\n")
    allowed = sum(call.allowed for call in asked)
    print(
        f"{len(templates)} templates; {allowed} calls allowed, {len(asked) - allowed} refused, as simulated"
    )
    print(
        f"{len(observed)} calls of rehearsals are among them"
        if observed
        else "no rehearsal was seen: `make rehearse`"
    )
    print(f"{len(found)} problems")
    return 1 if found else 0


def _observed(path: Path | None) -> list[tuple[str, str]]:
    if path is None or not path.exists():
        return []
    return [(role, action) for role, action in json.loads(path.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    sys.exit(main())
