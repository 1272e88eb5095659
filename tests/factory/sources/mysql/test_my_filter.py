"""Filters in MySQL's SQL, as lint reads them, and queries that import-dag takes apart."""

import json

import pytest

from factory.importing.sql_select import NotASelectError, read_select

COLUMNS = {
    "id": {"type": "bigint(20) unsigned"},
    "Status": {"type": "enum('open','paid')"},
    "is_urgent": {"type": "tinyint(1)"},
    "day": {"type": "date", "clock": "day"},
}
SPEC = "source: mysql\nobject: erp.orders\nwindow: full\nschedule: '@daily'\nfields: [id]\nfilter: {}\n"


@pytest.fixture
def linted(tree, run):
    """The rules that refuse a filter, or warn of it."""
    unit = tree / "configs/finance/unit.yaml"
    text = unit.read_text("utf-8").replace("  aws: aws_connection", "  mysql: erp_db\n  aws: aws_connection")
    unit.write_text(text.replace("objects:\n", 'objects:\n  mysql: ["erp.*"]\n'), "utf-8")
    folder = tree / "configs/_catalog/erp_db"
    folder.mkdir()
    (folder / "erp.orders.json").write_text(
        json.dumps({"name": "erp.orders", "key": ["id"], "columns": COLUMNS}), "utf-8"
    )

    def rules(condition):
        (tree / "configs/finance/it.yaml").write_text(SPEC.format(json.dumps(condition)), "utf-8")
        found = json.loads(run(tree, "lint", "--format", "json", "configs").output)["problems"]
        return {(one["rule"], one["severity"]) for one in found if one["path"].endswith("it.yaml")}

    return rules


@pytest.mark.parametrize(
    "condition",
    [
        "is_urgent",
        "STATUS = 'open' AND `status` <> \"paid\"",
        "id IN (SELECT order_id FROM erp.line) # ours",
        "NOT is_urgent OR id DIV 2 = 1 && day >= '2026-01-01'",
        "Status REGEXP '^o' AND day <=> NULL IS NOT TRUE",
    ],
)
def test_what_mysql_takes_is_read(linted, condition):
    assert linted(condition) == set()


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ("id = 1; DROP TABLE erp.orders", "ING348"),
        ("id = 1) OR (id = 2", "ING348"),
        ("id = 1 /*! OR SLEEP(10) */", "ING348"),
        ("id = 1 /*M!100100 OR 1 */", "ING348"),
        ("id = @x", "ING348"),
        ("id = @@server_id", "ING348"),
        ("Status", "ING348"),
        ("id = 'many'", "ING348"),
        ("day > 2026-01-31", "ING348"),
        ("nope = 1", "ING342"),
        ("SLEEP(10) = 0", "ING349"),
        ("BENCHMARK(1000000, MD5('x')) = 0", "ING349"),
        ("GET_LOCK('x', 10) = 1", "ING349"),
        ("LOAD_FILE('/etc/passwd') IS NOT NULL", "ING349"),
        ("id IN (SELECT id FROM hr.salary)", "ING349"),
        ("id IN (SELECT id FROM line)", "ING349"),
        ("id IN (SELECT id FROM erp.line FOR UPDATE)", "ING349"),
    ],
)
def test_what_does_more_or_is_no_condition_is_refused(linted, condition, rule):
    assert (rule, "error") in linted(condition)


@pytest.mark.parametrize("moving", ["NOW()", "CURDATE()", "UTC_TIMESTAMP()", "SYSDATE()", "CURRENT_DATE"])
def test_what_means_something_else_each_time_is_warned_of(linted, moving):
    assert linted(f"day >= {moving}") == {("ING336", "warning")}


def test_a_query_keeps_the_case_of_mysqls_names():
    select = read_select('SELECT Id, `Odd Name` FROM erp.Orders WHERE `Status` = "open";', "mysql")
    assert (select.table, [column.name for column in select.columns or ()], select.conditions) == (
        "erp.Orders",
        ["Id", "Odd Name"],
        ('`Status` = "open"',),
    )
    with pytest.raises(NotASelectError, match="stands without its schema"):
        read_select("SELECT id FROM orders", "mysql")
