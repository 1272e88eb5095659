"""Which units of a commit can go out: a unit whose specs have errors, or whose change needs a decision, holds back itself and nobody else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOBODY = "-"  # a list of no unit, for a variable that must not be empty


@dataclass(frozen=True)
class Triage:
    """`broken` units stay as they are, and why; `waiting` ones until somebody has decided; all others go out."""

    broken: Mapping[str, str]
    waiting: frozenset[str]
    plan: str


def triage(configs: Path, deployed: Path, out: Path, *, every_change: bool) -> Triage:
    """Sort the units of a commit. `deployed` is what stands; `out/configs` becomes the tree without the broken ones.

    Raises:
        NotOneUnitsError: an error is not in a unit's folder, or no unit is without one.
    """
    tree, dags, standing = out / "configs", out / "dags", out / "standing"
    broken = broken_units(configs, tree)
    _factory("render", str(tree), "--out", str(dags))
    copy_without(deployed, standing, broken)
    against = ("plan", str(tree), "--against", str(standing), "--allow-destructive")
    waiting = undecided_units(json.loads(_factory(*against, "--format", "json")), every_change=every_change)
    clashing = clashes(dags, deployed, {*broken, *waiting})
    copy_without(configs, tree, {*broken, *clashing})
    return Triage({**broken, **clashing}, frozenset(waiting - set(clashing)), _factory(*against))


def factory_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the compiler's command line."""
    command = [sys.executable, "-m", "factory", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own arguments


def _factory(*arguments: str) -> str:
    done = factory_command(*arguments)
    if done.returncode:
        raise NotOneUnitsError((done.stdout + done.stderr).strip())
    return done.stdout


class NotOneUnitsError(ValueError):
    """Something is wrong that all units share, or with all of them; the message says what."""


def spelled(units: Iterable[str]) -> str:
    """Units as a variable of a build names them."""
    return " ".join(sorted(units)) or NOBODY


def named(text: str) -> set[str]:
    """The units that a variable of a build names."""
    return set(text.split()) - {NOBODY}


def copy_without(configs: Path, out: Path, units: Collection[str]) -> None:
    """The tree of configs, without some units."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(configs, out)
    for unit in units:
        shutil.rmtree(out / unit, ignore_errors=True)


def broken_units(configs: Path, out: Path) -> dict[str, str]:
    """The units with errors, and the first of them; `out` becomes the tree without them, which has none.

    A clash between two units is found in one of them. That one is held, and what stands of it is where it was, so it
    is looked for again among the others.

    Raises:
        NotOneUnitsError: an error is not in a unit's folder, or no unit is without one.
    """
    broken: dict[str, str] = {}
    copy_without(configs, out, ())
    while found := _errors(out):
        broken |= found
        copy_without(configs, out, broken)
        if not any(out.glob("*/unit.yaml")):
            raise NotOneUnitsError(f"no unit is without errors: {', '.join(sorted(broken))}")
    return broken


def _errors(tree: Path) -> dict[str, str]:
    done = factory_command("lint", str(tree), "--format", "json")
    try:
        problems = json.loads(done.stdout)["problems"]
    except (ValueError, KeyError) as error:
        raise NotOneUnitsError((done.stdout + done.stderr).strip()) from error
    found: dict[str, str] = {}
    for problem in problems:
        if problem["severity"] == "error":
            found.setdefault(_unit(tree, problem), _sentence(tree, problem))
    return found


def _unit(tree: Path, problem: Mapping[str, Any]) -> str:
    path = Path(problem["path"])
    below = path.relative_to(tree) if path.is_relative_to(tree) else path
    if len(below.parts) < 2 or below.parts[0].startswith("_"):
        raise NotOneUnitsError(f"{_sentence(tree, problem)}; every unit shares this file, so none goes out")
    return below.parts[0]


def _sentence(tree: Path, problem: Mapping[str, Any]) -> str:
    path = str(problem["path"]).replace(str(tree), "configs")
    return f"{path}:{problem['line']}:{problem['column']}: {problem['rule']} {problem['message']}"


def undecided_units(plan: Mapping[str, Any], *, every_change: bool) -> set[str]:
    """The units whose change a person decides: a destructive one, or any."""
    return {
        str(dag["dag_id"]).partition(".")[0] for dag in plan["dags"] if every_change or dag["is_destructive"]
    }


def clashes(fresh: Path, standing: Path, held: Collection[str]) -> dict[str, str]:
    """Units of a release that would write below a folder of a unit that is held, which no lint has seen beside them.

    Both folders hold compiled DAGs.
    """
    kept = [place for unit in held for place in _places(standing / unit)]
    return {
        dag_id.partition(".")[
            0
        ]: f"{dag_id} would write where {other} of a unit that is held back writes: {folder}"
        for path in sorted(fresh.iterdir())
        if path.is_dir() and path.name not in held
        for dag_id, folder in _places(path)
        for other, theirs in kept
        if f"{folder}/".startswith(f"{theirs}/") or f"{theirs}/".startswith(f"{folder}/")
    }


def _places(unit: Path) -> list[tuple[str, str]]:
    """Id and folder in the lake of every DAG of a unit."""
    compiled = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(unit.glob("*.json"))]
    return [
        (dag_id, f"{dag['default_args']['bucket']}/{dag['default_args']['prefix']}")
        for document in compiled
        for dag_id, dag in document.items()
    ]
