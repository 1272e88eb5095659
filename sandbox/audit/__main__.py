"""`python -m sandbox.audit`: scan the templates of build/cdk.out, and simulate every call that the code makes."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.analysis.template import Assembly
from infra.business_unit import compile_units, read_units
from sandbox.audit.account import Account
from sandbox.audit.calls import calls
from sandbox.audit.findings import ScannerError, findings
from sandbox.audit.observed_calls import evaluable, of_rehearsals, of_runs
from sandbox.audit.simulation import SimulatorError, wrong_verdicts
from sandbox.audit.unused import unknown_calls, unused_rights
from sandbox.observed import kept

ROOT = Path(__file__).parents[2]


def main(argv: list[str] | None = None) -> int:
    """Print what is wrong; 1 when something is, or when a tool could not tell."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.audit", description=__doc__)
    parser.add_argument("--assembly", type=Path, required=True)
    parser.add_argument("--checkov", type=Path, required=True)
    parser.add_argument("--node", type=Path, required=True)
    parser.add_argument(
        "--rehearsed", type=Path, required=True, help="the calls that rehearsals were seen to make"
    )
    parser.add_argument("--ran", type=Path, required=True, help="those of `make run`")
    arguments = parser.parse_args(argv)
    templates = sorted(arguments.assembly.glob("*.template.json"))
    if not templates:
        sys.stderr.write(f"{arguments.assembly}: there is no template in it; run `make synth` first\n")
        return 1
    account = Account(Assembly.read(templates))
    with TemporaryDirectory() as folder:
        units = read_units(compile_units(ROOT, Path(folder) / "units.json"))
    asked = list(calls(account, units))
    rehearsed = list(of_rehearsals(account, kept(arguments.rehearsed)))
    ran = list(of_runs(account, units, kept(arguments.ran)))
    seen = [call for call in (*rehearsed, *ran) if evaluable(call)]
    try:
        found = findings(arguments.checkov, arguments.assembly)
        found += wrong_verdicts(arguments.node, account, [*asked, *seen])
    except (ScannerError, SimulatorError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    found += unused_rights(account, asked)
    found += unknown_calls(account, asked, [*rehearsed, *ran])
    for sentence in found:
        sys.stderr.write(f"{sentence}\n")
    allowed = sum(call.allowed for call in asked)
    print(
        f"{len(templates)} templates; {allowed} calls allowed, {len(asked) - allowed} refused, as simulated"
    )
    for command, made in (("make rehearse", rehearsed), ("make run", ran)):
        evaluated = sum(map(evaluable, made))
        print(
            f"{command}: {evaluated} calls evaluated, {len(made)} seen"
            if made
            else f"{command}: none seen, run it first"
        )
    print(f"{len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
