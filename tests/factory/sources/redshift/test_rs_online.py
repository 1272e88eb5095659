"""The commands that need a warehouse, against the margin mart of the samples."""

import json
from collections.abc import Iterator

import pytest

from sandbox.databases.samples import sample_databases
from tests.factory.conftest import REPOSITORY


@pytest.fixture(scope="module")
def margin() -> Iterator[dict[str, dict[str, object]]]:
    with sample_databases(["redshift"]) as connections:
        yield connections


@pytest.fixture
def connected(margin, monkeypatch):
    for name, body in margin.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(body))


def test_the_catalogue_of_the_samples_is_that_of_the_sandbox(connected, run):
    result = run(REPOSITORY, "catalog", "diff", "-c", "margin_dwh")
    assert result.exit_code == 0, result.output


def test_pull_stores_every_table_of_a_schema(connected, run, tree):
    unit = tree / "configs/finance/unit.yaml"
    text = unit.read_text("utf-8").replace(
        "  aws: aws_connection", "  redshift: margin_dwh\n  aws: aws_connection"
    )
    unit.write_text(text.replace("objects:\n", 'objects:\n  redshift: ["mart.*"]\n'), "utf-8")
    pulled = run(tree, "catalog", "pull", "-c", "margin_dwh")
    assert pulled.exit_code == 0, pulled.output
    found = json.loads((tree / "configs/_catalog/margin_dwh/mart.contract_margin.json").read_text())
    assert (found["key"], found["indexed"]) == (["contract_id", "month"], ["loaded_at"])
    assert found["columns"]["drivers"] == {
        "type": "super", "nullable": True, "comment": "What moved the margin since the month before"
    }  # fmt: skip
    absent = run(tree, "catalog", "pull", "-c", "margin_dwh", "--object", "mart.contract_margins")
    assert absent.exit_code == 1
    assert "did you mean contract_margin?" in absent.output


def test_preview_shows_the_first_rows(connected, run):
    spec = "configs/controlling/product_margin.yaml"
    result = run(REPOSITORY, "preview", spec, "--connection", "margin_dwh", "--rows", "3")
    assert result.exit_code == 0, result.output
    assert "month,product,contracts,revenue,margin_rate,closed_at" in result.output
    assert "Fixed 12" in result.output
