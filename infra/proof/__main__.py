"""`python -m infra.proof`: prove that Airflow works with what was provisioned; if it does not, take the former files."""

import argparse
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from infra.proof.judgement import Proof
from infra.proof.provisioned import CodeBucket, Environment, Provisioned

if TYPE_CHECKING:
    from collections.abc import Callable


def main(argv: list[str] | None = None) -> int:
    """0 proven, 1 not; then the environment is back at what was proven last, where there is such a thing."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # --help needs none

    arguments = _parser().parse_args(argv)
    try:
        return _prove(arguments)
    except (BotoCoreError, ClientError) as error:
        _complain(f"the environment or its bucket could not be asked: {error}; run the stage again")
        return 1


def _prove(arguments: argparse.Namespace) -> int:
    from botocore.config import Config  # noqa: PLC0415

    from infra.release.airflow_api import AirflowApi  # noqa: PLC0415
    from infra.release.session import session  # noqa: PLC0415

    config = Config(
        connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 6}
    )
    acting = session(arguments.become, arguments.region)
    mwaa = acting.client("mwaa", config=config)
    environment = Environment(mwaa, arguments.environment)
    described = environment.describe()
    bucket = CodeBucket(acting.client("s3", config=config), arguments.bucket or described.bucket)
    expected, former = bucket.newest(described.runs.airflow), bucket.proven()
    airflow = AirflowApi(mwaa, arguments.environment)
    run_id = f"proof-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    proof = Proof(environment, airflow, expected, former.import_errors if former else 0, run_id)
    judgement = proof.judge(seconds=arguments.seconds, patience=arguments.patience, say=_say)
    if judgement.wrong is None:
        bucket.note_proven(replace(expected, import_errors=judgement.import_errors))
        return 0
    _complain(judgement.wrong)
    if not judgement.known:
        _complain("it is not known whether anything is wrong, so everything stays: run the stage again")
        return 1
    _go_back(environment, expected, former, arguments.seconds)
    return 1


def _go_back(
    environment: Environment, expected: Provisioned, former: Provisioned | None, seconds: float
) -> None:
    if former is None:
        _complain("no former files have been proven, so there is nothing to go back to")
    elif former.is_code_of(expected):
        _complain("these very files were proven before: look for the cause elsewhere, they stay")
    elif former.airflow != expected.airflow:
        _complain(
            f"the former files are of Airflow {former.airflow}, to which MWAA does not go back: correct this commit"
        )
    elif environment.describe().runs.is_code_of(former):
        _complain("the environment runs on the former files already")
    else:
        environment.go_back(former)
        _complain(f"going back to plugins.zip {former.plugins} and requirements.txt {former.requirements}")
        _await(lambda: environment.describe().status == "AVAILABLE", seconds)


def _await(done: "Callable[[], bool]", seconds: float) -> None:
    deadline = time.monotonic() + seconds
    time.sleep(min(30.0, seconds))  # MWAA needs a moment to call itself UPDATING
    while not done():
        if time.monotonic() > deadline:
            _complain("MWAA has not finished yet; it goes on by itself")
            return
        time.sleep(30)
    _complain("the environment runs on the former files")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()  # a build's log is read while it runs


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.proof", description=__doc__)
    parser.add_argument("--environment", required=True)
    parser.add_argument("--bucket", help="its bucket; MWAA is asked unless said")
    parser.add_argument("--become", metavar="ROLE", help="the ARN of a role to act as")
    parser.add_argument("--region", help="the Region to act in")
    parser.add_argument("--seconds", type=float, default=3300, help="how long to wait (3300)")
    parser.add_argument("--patience", type=float, default=180, help="how long something may be wrong (180)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
