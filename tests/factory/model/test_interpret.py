"""Ingestions are typed: every text is read once, with its place and the layer that set it beside it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.window import Between, Full, Incremental, Last

from factory.tree.workspace import load


def ingestion(tree, text):
    (tree / "configs/finance/example.yaml").write_text(text, encoding="utf-8")
    return next(spec for spec in load(tree / "configs").specs if spec.name == "example")


def test_texts_become_values(tree):
    one = ingestion(
        tree,
        "object: Account\nwindow: {last: 6 months}\nbatch_size: 1 month\nschedule: '@daily'\n"
        "timezone: Europe/Brussels\nstart: '2026-03-01'\ncompare_ids: 7 days\nexpect: {min_rows: 1}\n"
        "fields: [Id, {name: Name, protect: mask}]\n",
    )
    assert (one.window, one.batch_size) == (Last(Duration(6, "month")), Duration(1, "month"))
    assert one.schedule is not None
    assert (one.schedule.text, one.schedule.cron, one.schedule.hours) == ("@daily", "0 0 * * *", (0,))
    assert (one.zone, one.start) == (ZoneInfo("Europe/Brussels"), date(2026, 3, 1))
    assert (one.overlap, one.compare_ids) == (Duration(10, "minute"), Duration(7, "day"))
    assert one.expect.min_rows == 1
    assert one.fields is not None
    assert [(field.name, field.protect, field.path) for field in one.fields] == [
        ("Id", None, ("fields", 0)),
        ("Name", "mask", ("fields", 1, "name")),
    ]
    assert one.faults == {}


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("window: full\n", Full()),
        ("window: incremental\n", Incremental()),
        ("query: SELECT Id FROM Account\n", Full()),
        ('window: {from: "2026-01-01"}\n', Between("2026-01-01", None)),
        ("fields: [Id]\n", None),
    ],
)
def test_a_window_is_typed_and_a_query_has_a_full_one(tree, text, window):
    assert ingestion(tree, "object: Account\n" + text).window == window


@pytest.mark.parametrize(
    ("key", "value", "inner"),
    [
        ("window", "{from: LAST_N_DAY:5}", ("from",)),
        ("window", "{from: 2026-01-01, to: 2026-02-30}", ("to",)),
        ("schedule", '"0 25 * * *"', ()),
        ("timezone", "Europe/Bruxelles", ()),
        ("start", '"2026-02-30"', ()),
        ("batch_size", "0 months", ()),
        ("overlap", "0 minutes", ()),
        ("compare_ids", "0 days", ()),
    ],
)
def test_what_cannot_be_read_is_none_and_its_fault_has_the_place(tree, key, value, inner):
    rest = "" if key == "window" else "window: {last: 6 months}\n"
    one = ingestion(tree, f"object: Account\n{rest}{key}: {value}\n")
    fault = one.faults[key]
    assert (fault.document.path, fault.path) == (one.document.path, (key, *inner))
    assert getattr(one, "zone" if key == "timezone" else key) is None
    assert key in one.unusable


def test_a_fault_in_a_default_has_the_place_of_the_default(tree):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text("utf-8") + "defaults: {timezone: Mars/Olympus}\n", encoding="utf-8")
    fault = ingestion(tree, "object: Account\nwindow: full\n").faults["timezone"]
    assert (fault.document.path, fault.path) == (str(unit), ("defaults", "timezone"))


def test_defaults_of_a_unit_count_only_where_they_can_have_an_effect(tree):
    unit = tree / "configs/finance/unit.yaml"
    defaults = (
        "defaults: {await_commits: true, batch_size: 1 month, compare_ids: 7 days, compression: snappy}\n"
    )
    unit.write_text(unit.read_text("utf-8") + defaults, encoding="utf-8")
    one = ingestion(tree, "object: Account\nwindow: full\nfields: [Name]\nformat: csv\n")
    assert (one.await_commits, one.batch_size, one.compare_ids, one.compression) == (
        False,
        None,
        None,
        "none",
    )
    one = ingestion(tree, "object: Account\nwindow: {last: 6 months}\nformat: parquet\n")
    assert (one.await_commits, one.batch_size) == (True, Duration(1, "month"))
    assert (one.compare_ids, one.compression) == (Duration(7, "day"), "snappy")
    one = ingestion(tree, "object: Account\nwindow: {last: 7 days}\n")
    assert (one.batch_size, one.deletes) == (None, "soft")


def test_a_unit_whose_datasets_are_tables_makes_them_of_parquet(tree):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text("utf-8") + "defaults: {table: true}\n", encoding="utf-8")
    assert ingestion(tree, "object: Account\nwindow: full\nformat: parquet\n").table
    assert not ingestion(tree, "object: Account\nwindow: full\nformat: csv\n").table
    assert not ingestion(tree, "object: Account\nwindow: full\nformat: parquet\ntable: false\n").table


def test_a_default_of_a_unit_for_deleted_rows_counts_where_they_are_read(tree):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(
        unit.read_text("utf-8") + "defaults: {deletes: ignore, expect: {min_rows: 1}}\n", encoding="utf-8"
    )
    assert ingestion(tree, "object: Account\nwindow: full\n").deletes == "soft"
    assert ingestion(tree, "object: Account\nwindow: full\ninclude_deleted: true\n").deletes == "ignore"


def test_what_lifts_a_demand_of_the_unit_has_an_effect(tree, run):
    unit, spec = tree / "configs/finance/unit.yaml", tree / "configs/finance/example.yaml"
    spec.write_text("object: Account\nwindow: full\nexpect: {min_rows: 0}\n", encoding="utf-8")
    assert "[ING224]" in run(tree, "lint", "--format", "concise").output
    unit.write_text(unit.read_text("utf-8") + "defaults: {expect: {min_rows: 1}}\n", encoding="utf-8")
    assert run(tree, "lint", "--format", "concise").output == ""
