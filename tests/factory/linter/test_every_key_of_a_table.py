"""No key is accepted without its effect beside a source that is a database: each one acts on what is compiled, or is refused."""

from pathlib import Path
from typing import Any

import pytest

from factory.sources.registry import SOURCES
from factory.vocabulary.schemas import schema
from tests.factory.linter.outcomes import linted_and_rendered, said
from tests.factory.linter.strategies import as_yaml

DATABASES = ("postgresql", "mysql", "redshift")
SECOND = {"postgresql": "second_db", "mysql": "second_erp_db", "redshift": "second_dwh"}
OF_TABLE = {"object": "billing.invoice", "fields": ["id", "amount", "issued_at", "updated_at"]}
DAILY = {"schedule": "@daily"}
WAYS: dict[str, dict[str, Any]] = {
    "full": {**OF_TABLE, **DAILY, "window": "full"},
    "incremental": {**OF_TABLE, **DAILY, "window": "incremental", "start": "2026-01-01", "cursor": "updated_at"},
    "last": {**OF_TABLE, **DAILY, "window": {"last": "6 months"}, "cursor": "updated_at"},
    "stamps": {"object": "billing.meter_event", **DAILY, "window": {"last": "6 months"}, "cursor": "read_at", "cursor_timezone": "UTC"},
    "days": {**OF_TABLE, **DAILY, "window": {"last": "6 months"}, "cursor": "issued_at"},
    "query": {
        "object": "billing.invoice", **DAILY, "window": "incremental", "start": "2026-01-01", "cursor": "updated_at",
        "query": "SELECT id, amount, issued_at, updated_at FROM billing.invoice",
    },
    "numbers": {**OF_TABLE, **DAILY, "window": {"last": "6 months"}, "cursor": "customer_id", "cursor_unit": "seconds"},
}  # fmt: skip
# What one kind of database refuses, and the others do not.
OF_KIND = {
    ("redshift", "await_commits"): dict.fromkeys(WAYS, "ING108"),
    ("redshift", "batch_size", "500000 rows"): dict.fromkeys(WAYS, "ING235"),
    ("mysql", "one_snapshot"): dict.fromkeys(WAYS, "ING108"),
    ("redshift", "one_snapshot"): dict.fromkeys(WAYS, "ING108"),
}
KEYLESS = ("stamps",)
SLIDING = ("last", "stamps", "days", "numbers")

# Key, value, and the rule that refuses it by the way of reading; in every other way the key acts.
ROWS: list[tuple[str, Any, dict[str, str]]] = [
    ("source", "salesforce", dict.fromkeys(WAYS, "ING105")),
    ("object", "billing.customer", {"full": "ING342", "incremental": "ING342", "last": "ING342", "stamps": "ING343", "days": "ING342", "numbers": "ING342", "query": "ING360"}),
    ("description", "What it is for", {}),
    ("fields", ["kwh"], {"query": "ING363", "full": "ING342", "incremental": "ING342", "last": "ING342", "days": "ING342", "numbers": "ING342"}),
    ("fields", {"all": True, "except": ["kwh"]}, {"query": "ING363", "full": "ING342", "incremental": "ING342", "last": "ING342", "days": "ING342", "numbers": "ING342"}),
    ("fields", {"all": True, "except": ["iban", {"name": "id", "as": "number"}]}, {"stamps": "ING342", "query": "ING363"}),
    ("filter", "customer_id > 3", {"stamps": "ING342", "query": "ING363"}),
    ("query", "SELECT id, amount FROM billing.invoice", {**dict.fromkeys(WAYS, "ING363"), "stamps": "ING360", "query": "ING342"}),
    ("relationship_object", "OpportunityLineItems", dict.fromkeys(WAYS, "ING108")),
    ("schedule", "5 4 * * *", {}),
    ("after", "finance.neighbour", dict.fromkeys(WAYS, "ING252")),
    ("paused", True, {}),
    ("calendar", "belgium", {}),
    ("notify", True, {}),
    ("deadline", "33 days", dict.fromkeys(WAYS, "ING270")),
    ("timezone", "America/New_York", {}),
    ("start", "2026-03-01", {}),
    ("end", "2030-03-01", {}),
    ("window", {"last": "3 months"}, {"full": "ING340"}),
    ("overlap", "2 days", dict.fromkeys(("full", *SLIDING), "ING215")),
    ("await_commits", True, {"full": "ING218"}),
    ("include_deleted", True, dict.fromkeys(WAYS, "ING108")),
    ("include_deleted", False, dict.fromkeys(WAYS, "ING108")),
    ("deletes", "ignore", dict.fromkeys(WAYS, "ING108")),
    ("batch_size", "1 week", {"full": "ING214"}),
    ("batch_size", "500000 rows", dict.fromkeys(("incremental", "query", *SLIDING), "ING235")),
    ("one_snapshot", True, dict.fromkeys(WAYS, "ING249")),
    ("cursor", "issued_at", {"full": "ING219", "stamps": "ING343", "numbers": "ING358"}),
    ("cursor_unit", "milliseconds", dict.fromkeys(("full", "incremental", "last", "stamps", "days", "query"), "ING358")),
    ("cursor_timezone", "Europe/Brussels", dict.fromkeys(("full", "incremental", "last", "days", "numbers", "query"), "ING344")),
    ("read_by", "scan", dict.fromkeys(WAYS, "ING108")),
    ("read_capacity", 200, dict.fromkeys(WAYS, "ING108")),
    ("other_attributes", "rest", dict.fromkeys(WAYS, "ING108")),
    ("written_at", True, dict.fromkeys(WAYS, "ING108")),
    ("api", "rest", dict.fromkeys(WAYS, "ING108")),
    ("format", "parquet", {}),
    ("compression", "gzip", {}),
    ("csv", {"delimiter": "tab"}, {}),
    ("csv", {"null": "NULL"}, {}),
    ("csv", {"header": "labels"}, dict.fromkeys(WAYS, "ING238")),
    ("file_name", "rows.csv", {}),
    ("partition_by", "issued_at", {"stamps": "ING246"}),
    ("partition_by", "amount", dict.fromkeys(WAYS, "ING246")),
    ("table", True, dict.fromkeys(WAYS, "ING226")),
    ("table", {"keep": "90 days"}, dict.fromkeys(WAYS, "ING226")),
    ("table", {"compact": "1 day"}, dict.fromkeys(WAYS, "ING248")),
    ("record_time_added", True, {}),
    ("coerce_to_timestamp", True, {}),
    ("destination", {"prefix": "elsewhere"}, {}),
    ("retries", 0, {}),
    ("owner", "Somebody", {}),
    ("tags", ["cockpit"], {}),
    ("connection", "second_db", {}),
    ("expect", {"min_rows": 1}, {}),
    ("drift", "freeze", {}),
    ("compare_ids", "7 days", {"stamps": "ING222", "query": "ING222"}),
    ("refresh", "7 days", dict.fromkeys(("full", *SLIDING), "ING215")),
]  # fmt: skip


def name(number: int, way: str, kind: str) -> str:
    return f"{kind}_{number}_{way}"


@pytest.fixture
def report(tree: Path) -> tuple[dict[str, set[str]], dict[str, Any]]:
    """Errors by spec, and the DAGs of those without any; all specs lie in one tree."""
    folder = tree / "configs/finance"
    unit = (folder / "unit.yaml").read_text("utf-8")
    catalogue = tree / "configs/_catalog/billing_db"
    (folder / "unit.yaml").write_text(
        unit.replace(
            "postgresql: billing_db",
            "postgresql: [billing_db, second_db]\n  mysql: [erp_db, second_erp_db]\n  redshift: [dwh, second_dwh]",
        ).replace(
            'postgresql: ["billing.*"]',
            'postgresql: ["billing.*"]\n  mysql: ["billing.*"]\n  redshift: ["billing.*"]',
        ),
        "utf-8",
    )
    for other in ("second_db", "erp_db", "second_erp_db", "dwh", "second_dwh"):
        catalogue.with_name(other).symlink_to(catalogue)
    without = len(ROWS)
    for kind in DATABASES:
        for way, spec in WAYS.items():
            for number, row in [*enumerate(ROWS), (without, None)]:
                one = name(number, way, kind)
                given = {"source": kind, **spec, **({row[0]: row[1]} if row else {})}
                if "connection" in given:
                    given["connection"] = SECOND[kind]
                place = {"prefix": f"{one}/{given.get('destination', {}).get('prefix', 'here')}"}
                (folder / f"{one}.yaml").write_text(as_yaml({**given, "destination": place}), "utf-8")
    return linted_and_rendered(tree)


def test_a_key_acts_or_is_refused(report):
    errors, dags = report
    wrong = []
    for kind in DATABASES:
        for way, spec in WAYS.items():
            without = name(len(ROWS), way, kind)
            assert without not in errors, (without, errors[without])
            for number, (key, value, usual) in enumerate(ROWS):
                one = name(number, way, kind)
                found = errors.get(one, set())
                refused = OF_KIND.get((kind, key)) or OF_KIND.get((kind, key, str(value))) or usual
                if spec.get(key) == value:
                    continue  # it says so already
                if way in refused:
                    wrong += [] if refused[way] in found else [(key, way, found, refused[way])]
                elif found or said(dags[one]) == said(dags[without]):
                    wrong.append((key, value, way, found or "accepted without an effect"))
    assert wrong == []


@pytest.mark.parametrize("way", ["full", "last"])
def test_batches_of_one_moment_are_one_task(tree, way):
    """The key beside batches, in a spec or by a default of its unit, which acts only where there are batches."""
    folder = tree / "configs/finance"
    batches = {"batch_size": "500000 rows" if way == "full" else "1 month"}
    spec = {"source": "postgresql", **WAYS[way]}
    for one, given in {"own": batches | {"one_snapshot": True}, "several": batches, "one": {}}.items():
        text = as_yaml(spec | given | {"destination": {"prefix": one}})
        (folder / f"{one}.yaml").write_text(text, "utf-8")
    errors, dags = linted_and_rendered(tree)
    assert not {"own", "several", "one"} & errors.keys()
    assert list(dags["own"]["tasks"]) == ["ingest"]
    assert dags["own"]["tasks"]["ingest"]["ingestion"]["one_snapshot"] is True
    assert "plan_batches" in dags["several"]["tasks"]
    unit = folder / "unit.yaml"
    unit.write_text(unit.read_text("utf-8").rstrip() + "\ndefaults:\n  one_snapshot: true\n", "utf-8")
    errors, dags = linted_and_rendered(tree)
    assert not {"own", "several", "one"} & errors.keys()
    assert list(dags["several"]["tasks"]) == ["ingest"]
    assert "one_snapshot" not in dags["one"]["tasks"]["ingest"]["ingestion"]


def test_the_table_has_every_key_of_the_schema():
    assert {key for key, _, _ in ROWS} == set(schema("ingestion")["properties"])
    assert set(DATABASES) < set(SOURCES)
