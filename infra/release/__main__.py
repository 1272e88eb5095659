"""`python -m infra.release COMMAND`: one command a stage of the project pipeline."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.release.release_manifest import MANIFEST, Manifest, describe, stamp

if TYPE_CHECKING:
    from botocore.config import Config

    from infra.release.arrival import Verdict
    from infra.release.dag_folder import DagFolder


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or rolled back."""
    arguments = _parser().parse_args(argv)
    status: int = arguments.run(arguments)
    return status


def _import(arguments: argparse.Namespace) -> int:
    from infra.release import imports  # noqa: PLC0415  # knows Airflow, which no other stage has

    return imports.main(arguments.dags)


def _pack(arguments: argparse.Namespace) -> int:
    """Gather what Deploy and Verify need: the DAGs, their manifest, and these commands."""
    out: Path = arguments.out
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(arguments.dags, out / "dags", ignore=shutil.ignore_patterns(".*"))
    package = Path(__file__).parent
    shutil.copytree(package, out / "infra" / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(package.parent / "__init__.py", out / "infra")
    stamp(out / "dags")
    release = describe(out / "dags", arguments.commit)
    (out / MANIFEST).write_text(release.to_json(), encoding="utf-8")
    _say(f"{len(release.dags)} DAGs of {release.commit} in {out}")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    standing = _folder(arguments.bucket).fetch(arguments.out)
    arguments.out.mkdir(parents=True, exist_ok=True)
    _say(f"{len(standing.dags)} DAGs of {standing.commit or 'no deployment yet'}")
    return 0


def _deploy(arguments: argparse.Namespace) -> int:
    change = _folder(arguments.bucket).deploy(_release(arguments.release), arguments.release / "dags")
    for verb, paths in (("wrote", change.written), ("removed", change.removed)):
        for path in paths:
            _say(f"{verb} dags/{path}")
    _say(f"{len(change.written)} written, {len(change.removed)} removed")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from infra.release.airflow_api import AirflowApi  # noqa: PLC0415
    from infra.release.arrival import Comparison, wait_until_arrived  # noqa: PLC0415

    folder = _folder(arguments.bucket)
    airflow = AirflowApi(boto3.client("mwaa", config=_patient()), arguments.environment)
    try:
        comparison = Comparison(_release(arguments.release), folder.seen(), airflow)
        verdict = wait_until_arrived(
            comparison, seconds=arguments.seconds, patience=arguments.patience, say=_say
        )
        if verdict.arrived:
            folder.note_seen(comparison.release)
            return 0
        _tell(verdict)
        former = folder.roll_back()
    except (BotoCoreError, ClientError) as error:
        _complain(
            f"the bucket {arguments.bucket} could not be read or written: {error}; what was deployed stands, and nothing "
            "was rolled back: run the stage again"
        )
        return 1
    _complain(f"rolled back to {former.commit or 'the empty folder'}: {len(former.dags)} DAGs")
    return 1


def _tell(verdict: "Verdict") -> None:
    """What is wrong, or that it is not known whether anything is."""
    for difference in verdict.differences:
        _complain(difference.text)
    if verdict.could_not_ask is not None:
        _complain(
            f"Airflow could not be asked, so it is not known whether the release is right: {verdict.could_not_ask}"
        )


def _release(folder: Path) -> Manifest:
    return Manifest.from_json((folder / MANIFEST).read_bytes())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()  # a build's log is read while it runs


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _folder(bucket: str) -> "DagFolder":
    import boto3  # noqa: PLC0415  # `import` and `pack` run without it

    from infra.release.dag_folder import DagFolder  # noqa: PLC0415

    return DagFolder(boto3.client("s3", config=_patient()), bucket)


def _patient() -> "Config":
    """A client that asks again by itself: after throttling, server errors and lost connections, with back-off."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 6})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.release", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("import", help="import compiled DAGs in the Airflow that runs this")
    command.add_argument("--dags", type=Path, required=True)
    command.set_defaults(run=_import)

    command = commands.add_parser("pack", help="gather the artifact that Deploy and Verify work from")
    command.add_argument("--dags", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--commit", required=True)
    command.set_defaults(run=_pack)

    command = commands.add_parser("fetch", help="download the DAGs that are deployed")
    command.add_argument("--bucket", required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_fetch)

    command = commands.add_parser("deploy", help="make dags/ of the bucket hold exactly a release")
    command.add_argument("--bucket", required=True)
    command.add_argument("--release", type=Path, required=True)
    command.set_defaults(run=_deploy)

    command = commands.add_parser(
        "verify", help="wait until Airflow shows a release; roll back if it does not"
    )
    command.add_argument("--bucket", required=True)
    command.add_argument("--release", type=Path, required=True)
    command.add_argument("--environment", required=True)
    command.add_argument("--seconds", type=float, default=900, help="how long to wait (900)")
    command.add_argument("--patience", type=float, default=90, help="how long an import error may stand (90)")
    command.set_defaults(run=_verify)
    return parser


if __name__ == "__main__":
    sys.exit(main())
