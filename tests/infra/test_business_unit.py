"""What the platform reads of the units: the file that the compiler writes, and nothing of its own."""

import json
import shutil
from pathlib import Path

import pytest

from infra.business_unit import Unit, UnitError, compile_units, read_units

ROOT = Path(__file__).parents[2]


def checkout(tmp_path: Path) -> Path:
    """A folder with a compiler and the sample units to spoil."""
    (tmp_path / "factory").symlink_to(ROOT / "factory")
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    return tmp_path


def test_what_the_compiler_writes_is_what_the_platform_reads(tmp_path):
    root = checkout(tmp_path)
    with (root / "configs/finance/unit.yaml").open("a", encoding="utf-8") as file:
        file.write("buckets: [finance-archive]\nprotect_key: finance_key\n")
    units = {unit.name: unit for unit in read_units(compile_units(root, tmp_path / "units.json"))}
    assert sorted(units) == [
        "billing",
        "controlling",
        "customer_service",
        "finance",
        "grid_operations",
        "procurement",
        "sales",
    ]
    assert units["finance"] == Unit(
        "finance",
        "finance",
        (None, "finance-archive"),
        "finance",
        "aws_finance",
        ("aws_finance", "finance_key", "salesforce_default"),
        ("salesforce",),
        "finance-data@example.com",
    )
    assert units["billing"].sources == ("postgresql",)
    assert units["controlling"].sources == ("redshift",)
    assert units["grid_operations"].sources == ("dynamodb", "salesforce")


def test_a_mistake_in_a_unit_is_told_in_the_compiler_s_words(tmp_path):
    root = checkout(tmp_path)
    path = root / "configs/finance/unit.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("owner:", "ownr:"), encoding="utf-8")
    with pytest.raises(UnitError, match=r"ING101(?s:.)*configs/finance/unit\.yaml"):
        compile_units(root, tmp_path / "units.json")


def test_units_that_overlap_are_refused(tmp_path):
    root = checkout(tmp_path)
    path = root / "configs/sales/unit.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("prefix: sales", "prefix: finance/sales"), encoding="utf-8"
    )
    with pytest.raises(UnitError, match="ING409"):
        compile_units(root, tmp_path / "units.json")


def test_no_units(tmp_path):
    root = checkout(tmp_path)
    shutil.rmtree(root / "configs")
    (root / "configs").mkdir()
    with pytest.raises(UnitError, match="configs"):
        compile_units(root, tmp_path / "units.json")


def test_names_that_an_output_cannot_tell_apart_are_refused(tmp_path):
    entry = {
        "database": "d",
        "buckets": [None],
        "prefix": "p",
        "aws_connection": "a",
        "contact": "c",
        "connections": ["a"],
    }
    path = tmp_path / "units.json"
    path.write_text(
        json.dumps({"version": 1, "units": [{"name": name, **entry} for name in ("grid_ops", "gridops")]})
    )
    with pytest.raises(UnitError, match="units grid_ops and gridops: without marks their names are the same"):
        read_units(path)


def test_a_file_of_another_form_is_refused(tmp_path):
    path = tmp_path / "units.json"
    path.write_text(json.dumps({"version": 2, "units": []}))
    with pytest.raises(UnitError, match="wrote form 2, and this platform reads form 1"):
        read_units(path)
