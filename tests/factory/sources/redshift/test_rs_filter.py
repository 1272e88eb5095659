"""Filters in Redshift's SQL, as lint reads them, and keys that Redshift cannot honour."""

import json

import pytest

COLUMNS = {
    "id": {"type": "bigint"},
    "segment": {"type": "character varying"},
    "hedged": {"type": "boolean"},
    "day": {"type": "date", "clock": "day"},
    "loaded_at": {"type": "timestamp with time zone", "clock": "instant"},
}
SPEC = "source: redshift\nobject: mart.margin\nschedule: '@daily'\nfields: [id]\n{}\n"


@pytest.fixture
def linted(tree, run):
    """The problems of a spec with some more keys."""
    unit = tree / "configs/finance/unit.yaml"
    text = unit.read_text("utf-8").replace(
        "  aws: aws_connection", "  redshift: margin_dwh\n  aws: aws_connection"
    )
    unit.write_text(text.replace("objects:\n", 'objects:\n  redshift: ["mart.*"]\n'), "utf-8")
    folder = tree / "configs/_catalog/margin_dwh"
    folder.mkdir()
    table = {"name": "mart.margin", "key": ["id"], "indexed": ["day"], "columns": COLUMNS}
    (folder / "mart.margin.json").write_text(json.dumps(table), "utf-8")

    def problems(keys):
        (tree / "configs/finance/it.yaml").write_text(SPEC.format(keys), "utf-8")
        found = json.loads(run(tree, "lint", "--format", "json", "configs").output)["problems"]
        return [one for one in found if one["path"].endswith("it.yaml")]

    return problems


def filtered(linted, condition):
    keys = f"window: full\nfilter: {json.dumps(condition)}"
    return {(one["rule"], one["severity"]) for one in linted(keys)}


@pytest.mark.parametrize(
    "condition",
    [
        "hedged",
        "SEGMENT = 'it\\'s' AND \"day\" >= '2026-01-01'",
        "segment ILIKE 'B%' AND NVL(id, 0) > 3 -- ours",
        "id IN (SELECT contract_id FROM mart.contract)",
        "DATEDIFF(day, day, '2026-01-01') < 3 OR LEN(segment) > 2",
    ],
)
def test_what_redshift_takes_is_read(linted, condition):
    assert filtered(linted, condition) == set()


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ("id = 1; DROP TABLE mart.margin", "ING348"),
        ("id = 1) OR (id = 2", "ING348"),
        ("WHERE id = 1", "ING348"),
        ("segment", "ING348"),
        ("id = 'many'", "ING348"),
        ("nope = 1", "ING342"),
        ("id IN (SELECT id FROM hr.salary)", "ING349"),
        ("id IN (SELECT id FROM line)", "ING349"),
        ("pg_terminate_backend(id)", "ING349"),
    ],
)
def test_what_does_more_or_is_no_condition_is_refused(linted, condition, rule):
    assert (rule, "error") in filtered(linted, condition)


@pytest.mark.parametrize("moving", ["GETDATE()", "SYSDATE", "CURRENT_DATE"])
def test_what_means_something_else_each_time_is_warned_of(linted, moving):
    assert filtered(linted, f"day >= {moving}") == {("ING336", "warning")}


def test_commits_are_not_awaited_and_the_cure_says_what_is(linted):
    (found,) = linted("window: {last: 6 months}\ncursor: day\nawait_commits: true")
    assert found["rule"] == "ING108"
    assert "Write an `overlap` that is longer than any load" in json.dumps(found)


def test_a_cursor_without_a_sort_key_is_warned_of_in_redshifts_words(linted):
    (found,) = linted("window: {last: 6 months}\ncursor: loaded_at")
    assert (found["rule"], found["severity"]) == ("ING346", "warning")
    assert "no sort key of `mart.margin` begins with `loaded_at`" in found["message"]
    assert linted("window: {last: 6 months}\ncursor: day") == []
