"""What becomes of many specs in one tree: the errors of each, and the DAG of those without any."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from factory.cli import app


def linted_and_rendered(tree: Path) -> tuple[dict[str, set[str]], dict[str, Any]]:
    """Lint all specs of finance at once, and render those without errors; both by the spec's name, which the DAG has no more."""
    errors: dict[str, set[str]] = {}
    linted = CliRunner().invoke(app, ["lint", "--format", "json", str(tree / "configs")])
    for problem in json.loads(linted.output)["problems"]:
        if problem["severity"] == "error":
            errors.setdefault(Path(problem["path"]).stem, set()).add(problem["rule"])
    for name in errors:
        (tree / "configs/finance" / f"{name}.yaml").unlink()
    rendered = CliRunner().invoke(app, ["render", str(tree / "configs"), "--out", str(tree / "out")])
    assert rendered.exit_code == 0, rendered.output
    dags = {
        path.stem: json.loads(path.read_text("utf-8").replace(path.stem, "it"))["finance.it"]
        for path in (tree / "out/finance").glob("*.json")
    }
    return errors, dags


def said(dag: dict[str, Any]) -> dict[str, Any]:
    """A compiled DAG without the version of its spec, which differs with anything."""
    text = json.dumps(dag)
    for task in dag["tasks"].values():
        if "ingestion" in task:
            text = text.replace(task["ingestion"]["spec_version"], "")
    found: dict[str, Any] = json.loads(text)
    return found
