"""What is read of a unit.yaml."""

from pathlib import Path

import pytest

from infra.business_unit import Unit, UnitError, read_units

TEXT = """
name: {name}
connections: {{salesforce: salesforce_default, aws: aws_{name}}}
destination: {{bucket: "{bucket}", prefix: {prefix}}}
"""


def write(configs: Path, name: str, *, prefix: str, bucket: str = "{{ var.value.bucket_name }}") -> None:
    (configs / name).mkdir(parents=True)
    (configs / name / "unit.yaml").write_text(TEXT.format(name=name, bucket=bucket, prefix=prefix))


def test_the_platform_of_the_tests():
    finance, sales = read_units(Path(__file__).parent / "platform" / "configs")
    assert finance == Unit(
        "finance",
        (None,),
        "finance",
        "aws_finance",
        ("aws_finance", "protect_finance", "salesforce_default", "salesforce_oauth"),
    )
    assert sales == Unit(
        "sales",
        ("sales-own-bucket", "sales-archive"),
        "crm/sales",
        "aws_sales",
        ("aws_sales", "salesforce_default"),
    )


def test_a_prefix_within_another_is_refused(tmp_path):
    write(tmp_path, "finance", prefix="finance")
    write(tmp_path, "audit", prefix="finance/audit/")
    with pytest.raises(UnitError, match="unit audit would write below the prefix finance/ of unit finance"):
        read_units(tmp_path)


def test_a_second_bucket_counts_as_well(tmp_path):
    write(tmp_path, "finance", prefix="landing", bucket="shared")
    write(tmp_path, "sales", prefix="landing")
    with (tmp_path / "sales" / "unit.yaml").open("a") as file:
        file.write("buckets: [shared]\n")
    with pytest.raises(UnitError, match="unit sales would write below the prefix landing/ of unit finance"):
        read_units(tmp_path)


def test_the_same_prefix_of_another_bucket_is_fine(tmp_path):
    write(tmp_path, "finance", prefix="landing")
    write(tmp_path, "sales", prefix="landing", bucket="sales-own-bucket")
    assert [unit.name for unit in read_units(tmp_path)] == ["finance", "sales"]


def test_a_prefix_that_only_begins_alike_is_fine(tmp_path):
    write(tmp_path, "finance", prefix="finance")
    write(tmp_path, "finance_audit", prefix="finance-audit")
    assert len(read_units(tmp_path)) == 2


def test_no_units(tmp_path):
    with pytest.raises(UnitError, match=r"no unit\.yaml below it"):
        read_units(tmp_path)


def test_what_is_missing_is_named(tmp_path):
    (tmp_path / "finance").mkdir()
    (tmp_path / "finance" / "unit.yaml").write_text("name: finance\ndestination: {prefix: finance}\n")
    with pytest.raises(UnitError, match=r"finance/unit\.yaml: 'connections' is missing"):
        read_units(tmp_path)
