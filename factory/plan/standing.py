"""What stands today: the specs of a Git revision or of a folder, or a folder of compiled DAGs."""

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from factory.command_failure import UsageFailure
from factory.compile.dag import compile_spec
from factory.linter.checks import lint
from factory.plan.change import Dag
from factory.rules.problem import Severity
from factory.tree.workspace import UNIT_FILE, Workspace, load


@dataclass(frozen=True)
class Compiled:
    """DAGs by their ids, and those whose specs have errors, so that there is nothing to compare."""

    dags: Mapping[str, Dag]
    broken: tuple[str, ...] = ()


def compiled(workspace: Workspace) -> Compiled:
    """The DAGs of a tree."""
    faulty = {one.path for one in lint(workspace) if one.severity == Severity.ERROR}
    dags: dict[str, Dag] = {}
    broken = []
    for spec in workspace.specs:
        if {spec.document.path, spec.unit.document.path} & faulty:
            broken.append(spec.dag_id)
        else:
            dags |= compile_spec(spec)
    return Compiled(dags, tuple(broken))


def baseline(against: str, configs: Path) -> Compiled:
    """The DAGs that a revision or folder stands for; a revision without configs stands for none.

    Raises:
        UsageFailure: it is neither a folder nor a revision of the repository that the configs lie in.
    """
    folder = Path(against)
    if folder.is_dir():
        return _of_folder(folder)
    with tempfile.TemporaryDirectory(prefix="factory-plan-") as temporary:
        _check_out(against, configs, Path(temporary))
        return _of_folder(Path(temporary))


def _of_folder(folder: Path) -> Compiled:
    if any(folder.glob(f"*/{UNIT_FILE}")):
        return compiled(load(folder))
    rendered = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/*.json")))
    return Compiled({dag_id: dag for one in rendered for dag_id, dag in one.items()})


def _check_out(revision: str, configs: Path, into: Path) -> None:
    """Write the tree of configs, as a revision has it, into a folder."""
    if revision.startswith("-"):
        raise UsageFailure(f"{revision} is neither a folder nor a Git revision")
    top = Path(_git(configs, "rev-parse", "--show-toplevel").decode().rstrip("\n"))
    prefix = configs.resolve().relative_to(top.resolve()).as_posix()
    commit = (
        _git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}", said=revision)
        .decode()
        .strip()
    )
    present = _git(top, "ls-tree", commit, prefix)
    if not present:
        return
    archive = _git(top, "archive", "--format=tar", commit if prefix == "." else f"{commit}:{prefix}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            content = (
                tar.extractfile(member) if member.isfile() else None
            )  # a link could lead out of the folder
            if content is not None:
                path = into / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())


def _git(folder: Path, *arguments: str, said: str = "") -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell; the one foreign argument is a revision, never an option
            ["git", *arguments],  # noqa: S607 - whichever git the author uses
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise UsageFailure(f"comparing with a revision needs git in {folder}: {error.strerror}") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip()
        raise UsageFailure(
            f"{said} is neither a folder nor a Git revision"
            if said
            else f"git cannot read {folder}: {reason}"
        )
    return done.stdout
