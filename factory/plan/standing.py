"""What stands today: the specs of a Git revision or of a folder, or a folder of compiled DAGs."""

import json
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from factory.compile.dag import compile_spec
from factory.linter.checks import lint
from factory.plan.change import Dag
from factory.plan.revision import Revision
from factory.rules.problem import Severity
from factory.tree.workspace import UNIT_FILE, Workspace, load


@dataclass(frozen=True)
class Compiled:
    """DAGs by their ids, and those whose specs have errors, so that there is nothing to compare."""

    dags: Mapping[str, Dag]
    broken: tuple[str, ...] = ()


def compiled(workspace: Workspace, faulty: Collection[str] | None = None) -> Compiled:
    """The DAGs of a tree.

    Args:
        workspace: the tree.
        faulty: the files that are known to have errors; left out, the tree is linted.
    """
    if faulty is None:
        faulty = {one.path for one in lint(workspace) if one.severity == Severity.ERROR}
    dags: dict[str, Dag] = {}
    broken = []
    for spec in workspace.specs:
        if spec.document.path in faulty or spec.unit.document.path in faulty:
            broken.append(spec.dag_id)
        else:
            dags |= compile_spec(spec)
    return Compiled(dags, tuple(broken))


def baseline(
    against: str, configs: Path, now: Compiled, placed: Callable[[Workspace], Workspace] = lambda tree: tree
) -> Compiled:
    """The DAGs that a revision or folder stands for; a revision without configs stands for none.

    Its specs are `placed` into the same environment as those that are compared with them. A unit whose files a revision has as they are now compiles to what it compiles to now.

    Raises:
        UsageFailure: it is neither a folder nor a revision of the repository that the configs lie in.
    """
    folder = Path(against)
    if folder.is_dir():
        return _of_folder(folder, placed)
    revision = Revision(configs, against)
    units = revision.changed_units()
    with tempfile.TemporaryDirectory(prefix="factory-plan-") as temporary:
        revision.check_out(Path(temporary), units)
        if units is None:
            return _of_folder(Path(temporary), placed)
        there = {unit for unit in units if (Path(temporary) / unit).is_dir()}
        former = compiled(placed(load(Path(temporary), frozenset(there)))) if there else Compiled({})
    same = {dag_id: dag for dag_id, dag in now.dags.items() if dag_id.partition(".")[0] not in units}
    return Compiled({**same, **former.dags}, former.broken)


def _of_folder(folder: Path, placed: Callable[[Workspace], Workspace]) -> Compiled:
    if any(folder.glob(f"*/{UNIT_FILE}")):
        return compiled(placed(load(folder)))
    rendered = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/*.json")))
    return Compiled({dag_id: dag for one in rendered for dag_id, dag in one.items()})
