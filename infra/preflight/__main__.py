"""`python -m infra.preflight`: ask the account with the caller's credentials, and print what is missing."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.business_unit import UnitError, compile_units, read_units
from infra.parameters.context_reader import read_context, read_settings
from infra.parameters.parameter import ParameterError
from infra.preflight.account_questions import ACCOUNT_QUESTIONS
from infra.preflight.parameter_questions import PARAMETER_QUESTIONS
from infra.preflight.question import State, answer
from infra.preflight.target import Target

ROOT = Path(__file__).parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """0 when nothing is missing, 1 otherwise; what could not be asked is printed, and fails nothing."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__)
    parser.add_argument("-c", "--context", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--parameters", type=Path, default=ROOT / "infra" / "cdk.json", help="infra/cdk.json")
    arguments = parser.parse_args(argv)
    try:
        target = _target(_context(arguments.parameters, arguments.context))
    except (ParameterError, UnitError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        sys.stderr.write(
            f"AWS does not know you here: {error}; set credentials and AWS_REGION in your shell\n"
        )
        return 1
    _say(f"account {target.account} in {target.region}, environment {target.settings.env_name}")
    answers = []
    for question in (*PARAMETER_QUESTIONS, *ACCOUNT_QUESTIONS):
        answers.append(answer(question, target))
        _say(str(answers[-1]))
    missing, unknown = (
        sum(one.state is state for one in answers) for state in (State.MISSING, State.UNKNOWN)
    )
    _say(f"{len(answers)} asked, {missing} missing, {unknown} unknown")
    return 1 if missing else 0


def _context(path: Path, given: Sequence[str]) -> Mapping[str, Any]:
    """The parameters of cdk.json, and those of the command line over them, as the CDK's own command line takes them."""
    context = read_context(path)
    for pair in given:
        name, given, value = pair.partition("=")
        if not given:
            raise ParameterError(f"parameter {name}: got no value; write -c {name}=value")
        context[name] = value
    return context


def _target(context: Mapping[str, Any]) -> Target:
    settings = read_settings(context)
    with TemporaryDirectory() as folder:
        units = read_units(compile_units(ROOT, Path(folder) / "units.json", settings.environment))
    session = boto3.Session()
    account = session.client("sts").get_caller_identity()["Account"]
    return Target(session, account, str(session.region_name), settings, units)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
