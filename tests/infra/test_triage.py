"""Which units of a commit go out: over the real compiler and the sample specs, as Validate runs it.

What stands is made by commands in processes of their own, as in the pipeline; the cases then call the same commands in this one.
"""

import json
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from factory.cli import app
from infra.release import triage as triage_module
from infra.release.__main__ import main
from infra.release.triage import clashes, undecided_units

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples as they were deployed."""
    out = tmp_path_factory.mktemp("triage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triage_module, "factory_command", called)
        assert triage(ROOT / "configs", out / "nothing", out) == 0
    assert [(out / name).read_text() for name in ("broken", "waiting")] == ["-", "-"], (
        "no variable may be empty"
    )
    return out / "dags"


def triage(configs: Path, deployed: Path, out: Path, *options: str) -> int:
    deployed.mkdir(exist_ok=True)
    return main(
        ["triage", "--configs", str(configs), "--deployed", str(deployed), "--out", str(out), *options]
    )


def called(*arguments: str) -> CompletedProcess[str]:
    done = CliRunner().invoke(app, list(arguments))
    return CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def configs(tmp_path: Path, standing: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(triage_module, "factory_command", called)
    return Path(shutil.copytree(ROOT / "configs", tmp_path / "configs"))


def test_the_compiler_is_called_as_a_process(tmp_path):
    """The other tests call it in theirs."""
    (tmp_path / "sales").mkdir()
    (tmp_path / "sales/unit.yaml").write_text("nme: sales\n")
    arguments = ("lint", str(tmp_path), "--format", "concise")
    done, here = triage_module.factory_command(*arguments), called(*arguments)
    assert (done.returncode, done.stdout) == (here.returncode, here.stdout)
    assert done.returncode == 1
    assert "[ING101]" in done.stdout


def test_a_broken_spec_and_a_removed_one_hold_their_own_units(configs, standing, tmp_path, capsys):
    (configs / "finance/bad.yaml").write_text("object: Product2\nwindow: ful\nformat: csv\n")
    (configs / "sales/lead.yaml").unlink()
    assert triage(configs, standing, tmp_path / "fit") == 0
    assert (tmp_path / "fit/broken").read_text() == "finance"
    assert (tmp_path / "fit/waiting").read_text() == "sales"
    told = capsys.readouterr()
    assert (
        "finance is held back: configs/finance/bad.yaml:2:9: ING104 `ful` is not a value of `window`"
        in told.err
    )
    assert "sales.lead" in told.out
    assert "finance.product" not in told.out, "a unit that is held back is not planned to go"
    fit = {path.name for path in (tmp_path / "fit/configs").glob("[!_]*/")}
    assert fit == {path.name for path in configs.glob("[!_]*/")} - {"finance"}


def test_every_change_may_need_a_decision(configs, standing, tmp_path):
    (configs / "sales/more.yaml").write_text(
        "object: Lead\nfields: [Id, Status]\nwindow: full\nformat: csv\n"
    )
    assert triage(configs, standing, tmp_path / "fit", "--every-change") == 0
    assert (tmp_path / "fit/waiting").read_text() == "sales"


def test_what_all_share_stops_all(configs, standing, tmp_path, capsys):
    (configs / "group.yaml").write_text("defaults: {format: word}\n")
    assert triage(configs, standing, tmp_path / "fit") == 1
    assert "every unit shares this file, so none goes out" in capsys.readouterr().err


def test_no_unit_without_an_error_is_a_failure(configs, standing, tmp_path, capsys):
    for unit in configs.glob("*/unit.yaml"):
        (unit.parent / "bad.yaml").write_text("window: ful\n")
    assert triage(configs, standing, tmp_path / "fit") == 1
    assert "no unit is without errors: billing, controlling, customer_service, " in capsys.readouterr().err


def compiled(folder: Path, dag_id: str, prefix: str) -> None:
    unit, _, name = dag_id.partition(".")
    (folder / unit).mkdir(parents=True, exist_ok=True)
    body = {dag_id: {"default_args": {"bucket": "lake", "prefix": prefix}}}
    (folder / unit / f"{name}.json").write_text(json.dumps(body))


@pytest.mark.parametrize(
    ("prefix", "clash"),
    [("finance/product", True), ("finance", True), ("finance/product/x", True), ("finance/product2", False)],
)
def test_nobody_moves_to_where_a_held_unit_still_writes(tmp_path, prefix, clash):
    compiled(tmp_path / "standing", "finance.product", "finance/product")
    compiled(tmp_path / "fresh", "sales.lead", prefix)
    found = clashes(tmp_path / "fresh", tmp_path / "standing", {"finance"})
    assert set(found) == ({"sales"} if clash else set())
    assert clashes(tmp_path / "fresh", tmp_path / "standing", set()) == {}


def test_only_destructive_changes_wait_unless_all_do():
    plan = {"dags": [{"dag_id": "a.x", "is_destructive": False}, {"dag_id": "b.y", "is_destructive": True}]}
    assert undecided_units(plan, every_change=False) == {"b"}
    assert undecided_units(plan, every_change=True) == {"a", "b"}
