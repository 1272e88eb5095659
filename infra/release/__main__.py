"""`python -m infra.release COMMAND`: one command a stage of the project pipeline."""

import argparse
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from infra.release.release_manifest import MANIFEST, Manifest, describe
from infra.release.triage import NOBODY, NotOneUnitsError, copy_without, named, spelled, triage

if TYPE_CHECKING:
    from botocore.config import Config

    from infra.release.arrival import Verdict
    from infra.release.dag_folder import DagFolder


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or rolled back."""
    arguments = _parser().parse_args(argv)
    status: int = arguments.run(arguments)
    return status


def _triage(arguments: argparse.Namespace) -> int:
    """Sort the units, and write the lists of those that are held for the build's variables."""
    out: Path = arguments.out
    try:
        sorted_out = triage(arguments.configs, arguments.deployed, out, every_change=arguments.every_change)
    except NotOneUnitsError as error:
        _complain(str(error))
        return 1
    _say(sorted_out.plan)
    for unit, why in sorted_out.broken.items():
        _complain(f"{unit} is held back: {why}")
    (out / "broken").write_text(spelled(sorted_out.broken), encoding="utf-8")
    (out / "waiting").write_text(spelled(sorted_out.waiting), encoding="utf-8")
    return 0


def _fit(arguments: argparse.Namespace) -> int:
    copy_without(arguments.configs, arguments.out, named(arguments.without))
    return 0


def _import(arguments: argparse.Namespace) -> int:
    from infra.release import imports  # noqa: PLC0415  # knows Airflow, which no other stage has

    return imports.main(arguments.dags, arguments.broken)


def _pack(arguments: argparse.Namespace) -> int:
    """Gather what Deploy and Verify need: the DAGs, their manifest, and these commands."""
    out: Path = arguments.out
    shutil.rmtree(out, ignore_errors=True)
    held = {
        **dict.fromkeys(named(arguments.broken), "its specs have errors, which the log of Validate names"),
        **dict.fromkeys(
            named(arguments.unimportable), "Airflow cannot import its DAGs, says the log of Build"
        ),
    }
    shutil.copytree(arguments.dags, out / "dags", ignore=shutil.ignore_patterns(".*", *held))
    package = Path(__file__).parent
    shutil.copytree(package, out / "infra" / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(package.parent / "__init__.py", out / "infra")
    release = replace(describe(out / "dags", arguments.commit), held=held)
    (out / MANIFEST).write_text(release.to_json(), encoding="utf-8")
    _say(f"{len(release.dags)} DAGs of {release.commit} in {out}{_holding(release)}")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    standing = _folder(arguments.bucket).fetch(arguments.out)
    arguments.out.mkdir(parents=True, exist_ok=True)
    _say(f"{len(standing.dags)} DAGs of {standing.commit or 'no deployment yet'}")
    return 0


def _deploy(arguments: argparse.Namespace) -> int:
    folder, release, dags = _folder(arguments.bucket), _release(arguments.release), arguments.release / "dags"
    if arguments.decided:
        change = folder.deploy_units(release, dags, named(arguments.decided))
        if change is None:
            _say("a later commit has been deployed since; it asks anew for what still differs")
            return 0
    else:
        change = folder.deploy(release, dags, named(arguments.waiting))
    for verb, paths in (("wrote", change.written), ("removed", change.removed)):
        for path in paths:
            _say(f"{verb} dags/{path}")
    _say(f"{len(change.written)} written, {len(change.removed)} removed{_holding(folder.manifest())}")
    return 0


def _promote(arguments: argparse.Namespace) -> int:
    """Bring a release to the second environment, or say what that would change."""
    from infra.release.promotion import promotable, unproven  # noqa: PLC0415

    first, proven, second = _release(arguments.release), _folder(arguments.proven), _folder_of(arguments)
    behind = unproven(first, proven.manifest(), proven.seen(), arguments.proven_in)
    if behind is None:
        _say(f"a later commit stands in {arguments.proven_in}: promote that one; nothing changes here")
        return 0
    built = arguments.release / "promoted"
    release = promotable(_release(built), built / "dags", behind, second)
    change = second.deploy(release, built / "dags") if arguments.apply else second.difference(release)
    verbs = ("wrote", "removed") if arguments.apply else ("would write", "would remove")
    for verb, paths in zip(verbs, (change.written, change.removed), strict=True):
        for path in paths:
            _say(f"{verb} dags/{path}")
    for unit, why in sorted(release.held.items()):
        _say(f"{unit} stays at what was deployed before: {why}")
    _say(f"{len(change.written)} to write, {len(change.removed)} to remove{_holding(release)}")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from infra.release.airflow_api import AirflowApi  # noqa: PLC0415
    from infra.release.arrival import Comparison, wait_until_arrived  # noqa: PLC0415
    from infra.release.session import session  # noqa: PLC0415

    try:
        mwaa = session(arguments.become, arguments.region).client("mwaa", config=_patient())
        folder, airflow = _folder_of(arguments), AirflowApi(mwaa, arguments.environment)
        comparison = Comparison(folder.manifest(), folder.seen(), airflow)
        verdict = wait_until_arrived(
            comparison, seconds=arguments.seconds, patience=arguments.patience, say=_say
        )
        standing = _settle(folder, comparison.release, verdict)
    except (BotoCoreError, ClientError) as error:
        _complain(
            f"the bucket {arguments.bucket or f'of {arguments.environment}'} could not be read or written: {error}; what was "
            "deployed stands, and nothing was rolled back: run the stage again"
        )
        return 1
    if standing is None:
        return 1
    for unit, why in standing.held.items():
        _complain(f"{unit} stays at what was deployed before: {why}")
    return 1 if standing.held and arguments.all else 0


def _show(arguments: argparse.Namespace) -> int:
    from infra.release.page_bucket import show  # noqa: PLC0415
    from infra.release.session import session  # noqa: PLC0415

    client = session(None, None).client("s3", config=_patient())
    written, removed = show(client, arguments.bucket, arguments.pages)
    _say(f"{written} pages in {arguments.bucket}, {removed} removed")
    return 0


def _settle(folder: "DagFolder", release: Manifest, verdict: "Verdict") -> Manifest | None:
    """Note what has arrived, and put back what has not: the units that it is of, or all where that is not known.

    Returns what stands then; None when all was put back.
    """
    wrong = verdict.units
    if wrong == {}:
        folder.note_seen(release)
        return release
    _tell(verdict)
    if wrong is None or not release.units - set(wrong):
        former = folder.roll_back()
        _complain(f"rolled back to {former.commit or 'the empty folder'}: {len(former.dags)} DAGs")
        return None
    standing = folder.roll_back(wrong)
    _complain(f"rolled back {', '.join(sorted(wrong))}; the other units are at {release.commit}")
    folder.note_seen(release.of(lambda unit: unit not in wrong))
    return standing


def _holding(release: Manifest) -> str:
    return f", held back: {', '.join(sorted(release.held))}" if release.held else ""


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


def _folder(bucket: str, become: str | None = None, region: str | None = None) -> "DagFolder":
    from infra.release.dag_folder import DagFolder  # noqa: PLC0415  # `import` and `pack` run without boto3
    from infra.release.session import session  # noqa: PLC0415

    return DagFolder(session(become, region).client("s3", config=_patient()), bucket)


def _folder_of(arguments: argparse.Namespace) -> "DagFolder":
    """That of an environment, whose bucket MWAA names where nobody else did."""
    from infra.release.session import session  # noqa: PLC0415

    bucket = arguments.bucket
    if bucket is None:
        mwaa = session(arguments.become, arguments.region).client("mwaa", config=_patient())
        described = mwaa.get_environment(Name=arguments.environment)["Environment"]
        bucket = described["SourceBucketArn"].rpartition(":")[2]
    return _folder(bucket, arguments.become, arguments.region)


def _patient() -> "Config":
    """A client that asks again by itself: after throttling, server errors and lost connections, with back-off."""
    from botocore.config import Config  # noqa: PLC0415

    return Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 6})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.release", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser(
        "triage", help="which units of the specs can go out, and what a person decides"
    )
    command.add_argument("--configs", type=Path, required=True)
    command.add_argument(
        "--deployed", type=Path, required=True, help="the DAGs that stand, as `fetch` left them"
    )
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--every-change", action="store_true", help="a person decides every change")
    command.set_defaults(run=_triage)

    command = commands.add_parser("fit", help="copy the specs without those of some units")
    command.add_argument("--configs", type=Path, required=True)
    command.add_argument("--without", default=NOBODY)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_fit)

    command = commands.add_parser("import", help="import compiled DAGs in the Airflow that runs this")
    command.add_argument("--dags", type=Path, required=True)
    command.add_argument(
        "--broken", type=Path, required=True, help="where to write the units whose DAGs fail"
    )
    command.set_defaults(run=_import)

    command = commands.add_parser("pack", help="gather the artifact that Deploy and Verify work from")
    command.add_argument("--dags", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--commit", required=True)
    command.add_argument("--broken", default=NOBODY, help="units that are held back, because of their specs")
    command.add_argument("--unimportable", default=NOBODY, help="the same, because of their DAGs")
    command.set_defaults(run=_pack)

    command = commands.add_parser("fetch", help="download the DAGs that are deployed")
    command.add_argument("--bucket", required=True)
    command.add_argument("--out", type=Path, required=True)
    command.set_defaults(run=_fetch)

    command = commands.add_parser("deploy", help="make dags/ of the bucket hold exactly a release")
    command.add_argument("--bucket", required=True)
    command.add_argument("--release", type=Path, required=True)
    command.add_argument("--waiting", default=NOBODY, help="units that a person has to decide on first")
    command.add_argument("--decided", help="bring in these units, which waited, and nothing else")
    command.set_defaults(run=_deploy)

    command = commands.add_parser(
        "promote", help="bring to the second environment what the first was seen to show"
    )
    command.add_argument("--release", type=Path, required=True)
    command.add_argument("--proven", required=True, help="the bucket of the first environment")
    command.add_argument("--proven-in", required=True, help="the name of the first environment")
    command.add_argument("--apply", action="store_true", help="do it; else what would change is said")
    _elsewhere(command)
    command.set_defaults(run=_promote)

    command = commands.add_parser(
        "verify", help="wait until Airflow shows a release; roll back if it does not"
    )
    _elsewhere(command)
    command.add_argument("--all", action="store_true", help="fail when a unit is held back")
    command.add_argument("--seconds", type=float, default=900, help="how long to wait (900)")
    command.add_argument(
        "--patience", type=float, default=420, help="how long an import error may stand (420)"
    )
    command.set_defaults(run=_verify)
    _add_show(commands.add_parser("show", help="make the bucket of the catalogue hold the pages of a folder"))
    return parser


def _add_show(command: argparse.ArgumentParser) -> None:
    command.add_argument("--bucket", required=True)
    command.add_argument("--pages", type=Path, required=True)
    command.set_defaults(run=_show)


def _elsewhere(command: argparse.ArgumentParser) -> None:
    """An environment that may be in another account."""
    command.add_argument("--environment", required=True)
    command.add_argument("--bucket", help="its bucket; MWAA is asked unless said")
    command.add_argument("--become", metavar="ROLE", help="the ARN of a role to act as")
    command.add_argument("--region", help="the Region to act in")


if __name__ == "__main__":
    sys.exit(main())
