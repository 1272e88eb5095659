"""The platform knows the other rooms by their paths only."""

import ast
from collections.abc import Iterator
from pathlib import Path

INFRA = Path(__file__).parents[2] / "infra"
ROOMS = {"factory", "plugins", "lake_ingest", "operators", "sandbox", "benchmarks", "tests"}
# What a stage of the pipeline runs has no CDK: it is packed into the artifact. A proof asks Airflow as a release does.
CANARY = Path("proof/platform_canary.py")  # a DAG file, which a worker of Airflow runs
STAGES = {"release": ("release",), "review": ("review",), "proof": ("proof", "release")}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def modules() -> Iterator[tuple[Path, set[str]]]:
    for path in sorted(INFRA.rglob("*.py")):
        if "node_modules" not in path.parts:
            yield path.relative_to(INFRA), set(imported(path))


def test_no_other_room_is_imported():
    for path, names in modules():
        if path == CANARY:
            continue
        assert {name.partition(".")[0] for name in names} & ROOMS == set(), path


def test_what_runs_in_a_stage_needs_no_cdk_and_no_other_part_of_infra():
    for path, names in modules():
        if path.parts[0] in STAGES:
            assert not [name for name in names if name.startswith(("aws_cdk", "constructs", "jsii"))], path
            own = [name for name in names if name.startswith("infra.")]
            assert {name.split(".")[1] for name in own} <= set(STAGES[path.parts[0]]), path


def test_nothing_reads_the_environment_below_the_doors():
    doors = {
        "app.py",
        "release/__main__.py",
        "review/__main__.py",
    }
    reads = {str(path) for path, _ in modules() if "os.environ" in (INFRA / path).read_text(encoding="utf-8")}
    assert reads <= doors
