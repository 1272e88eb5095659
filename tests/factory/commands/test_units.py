"""`factory units`: what the platform gets to know of the units."""

import json

from tests.factory.conftest import REPOSITORY


def test_the_sample_units_are_written(tmp_path, run):
    out = tmp_path / "build/units.json"
    result = run(REPOSITORY, "units", "configs", "--out", str(out))
    assert (result.exit_code, result.output) == (0, f"7 units in {out}.\n")
    written = json.loads(out.read_text())
    assert written["version"] == 1
    assert [unit["name"] for unit in written["units"]] == [
        "billing",
        "controlling",
        "customer_service",
        "finance",
        "grid_operations",
        "procurement",
        "sales",
    ]
    assert written["units"][3] == {
        "name": "finance",
        "owner": "Finance data",
        "contact": "finance-data@example.com",
        "buckets": [None],
        "prefix": "finance",
        "database": "finance",
        "sources": ["salesforce"],
        "aws_connection": "aws_finance",
        "connections": ["aws_finance", "salesforce_default"],
    }


def test_buckets_and_the_key_of_hashes_are_named_once(tree, run):
    path = tree / "configs/finance/unit.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text + "buckets: [second-bucket, '{{ var.value.bucket_name }}']\nprotect_key: finance_key\n", "utf-8"
    )
    unit = json.loads(run(tree, "units").output)["units"][0]
    assert unit["buckets"] == [None, "second-bucket"]
    assert "finance_key" in unit["connections"]


def test_errors_of_a_unit_are_printed_instead(tree, run):
    path = tree / "configs/finance/unit.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("owner:", "ownr:"), encoding="utf-8")
    result = run(tree, "units", "--out", "units.json")
    assert result.exit_code == 1
    assert "ING101" in result.output
    assert not (tree / "units.json").exists()


def test_units_one_inside_the_other_are_refused_whatever_the_template_of_the_lake(tree, run):
    path = tree / "configs/finance/unit.yaml"
    intruder = tree / "configs/audit/unit.yaml"
    intruder.parent.mkdir()
    text = path.read_text(encoding="utf-8").replace("name: finance", "name: audit")
    text = text.replace("prefix: finance", "prefix: finance/audit").replace("{{ var.value.", "{{var.value.")
    intruder.write_text(text, encoding="utf-8")
    result = run(tree, "units")
    assert result.exit_code == 1
    assert "ING409" in result.output


def test_errors_of_a_spec_do_not_matter(tree, run):
    (tree / "configs/finance/wrong.yaml").write_text("object: Account\n", encoding="utf-8")
    assert run(tree, "units").exit_code == 0
