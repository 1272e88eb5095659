"""No key is accepted without its effect beside DynamoDB: each one acts on what is compiled, or is refused."""

from pathlib import Path
from typing import Any

from factory.vocabulary.schemas import schema
from tests.factory.linter.outcomes import linted_and_rendered, said
from tests.factory.linter.strategies import as_yaml

OF_ITEMS = {
    "source": "dynamodb",
    "object": "meter_state",
    "fields": ["meter", {"name": "seen", "type": "date"}],
}
DAILY = {"schedule": "@daily"}
WAYS: dict[str, dict[str, Any]] = {
    "full": {**OF_ITEMS, **DAILY, "window": "full"},
    "scan": {**OF_ITEMS, **DAILY, "window": "full", "read_by": "scan"},
    "incremental": {**OF_ITEMS, **DAILY, "window": "incremental", "start": "2026-01-01"},
    "last": {**OF_ITEMS, **DAILY, "window": {"last": "7 days"}},
    "deleted": {**OF_ITEMS, **DAILY, "window": {"last": "7 days"}, "include_deleted": True},
}
OF_CHANGES = ("incremental", "last", "deleted")
WHOLE = ("full", "scan")
EVERY = tuple(WAYS)

# Key, value, and the rule that refuses it by the way of reading; in every other way the key acts.
ROWS: list[tuple[str, Any, dict[str, str]]] = [
    ("source", "postgresql", dict.fromkeys(EVERY, "ING105")),
    ("object", "meter_events", {}),
    ("description", "What it is for", {}),
    ("fields", ["meter"], {}),
    ("fields", {"all": True, "except": ["meter"]}, dict.fromkeys(EVERY, "ING108")),
    ("fields", [{"name": "reading", "type": "number(18, 3)"}], {}),
    ("fields", [{"name": "meter", "as": "meter_id"}], {}),
    ("fields", ["meter", {"name": "gone", "as": "rest"}], {}),
    ("fields", [{"name": "reading", "type": "money"}], dict.fromkeys(EVERY, "ING354")),
    ("filter", "a = 1", dict.fromkeys(EVERY, "ING108")),
    ("query", "SELECT 1", dict.fromkeys(EVERY, "ING108")),
    ("relationship_object", "Lines", dict.fromkeys(EVERY, "ING108")),
    ("schedule", "5 4 * * *", {}),
    ("after", "finance.neighbour", dict.fromkeys(EVERY, "ING252")),
    ("paused", True, {}),
    ("calendar", "belgium", {"last": "ING261", "deleted": "ING261"}),
    ("notify", True, {}),
    ("deadline", "33 days", dict.fromkeys(EVERY, "ING270")),
    ("timezone", "America/New_York", {}),
    ("start", "2026-03-01", {}),
    ("end", "2030-03-01", {}),
    ("window", {"last": "3 days"}, {"scan": "ING352"}),
    ("window", {"last": "3 months"}, {"scan": "ING352", **dict.fromkeys(("full", *OF_CHANGES), "ING351")}),
    ("overlap", "2 days", dict.fromkeys(EVERY, "ING108")),
    ("await_commits", True, dict.fromkeys(EVERY, "ING108")),
    ("include_deleted", True, dict.fromkeys(WHOLE, "ING353")),
    ("deletes", "ignore", dict.fromkeys(("full", "scan", "incremental", "last"), "ING221")),
    ("batch_size", "1 day", dict.fromkeys(WHOLE, "ING214")),
    ("batch_size", "500000 rows", dict.fromkeys(EVERY, "ING235")),
    ("one_snapshot", True, dict.fromkeys(EVERY, "ING108")),
    ("cursor", "seen", dict.fromkeys(EVERY, "ING108")),
    ("cursor_unit", "seconds", dict.fromkeys(EVERY, "ING108")),
    ("cursor_timezone", "Europe/Brussels", dict.fromkeys(EVERY, "ING108")),
    ("read_by", "export", {}),
    ("read_by", "scan", dict.fromkeys(OF_CHANGES, "ING352")),
    ("read_capacity", 200, dict.fromkeys(OF_CHANGES, "ING352")),
    ("other_attributes", "rest", {}),
    ("written_at", True, dict.fromkeys(WHOLE, "ING353")),
    ("api", "rest", dict.fromkeys(EVERY, "ING108")),
    ("format", "parquet", {}),
    ("compression", "gzip", {}),
    ("csv", {"delimiter": "tab"}, {}),
    ("file_name", "rows.csv", {}),
    ("partition_by", "seen", {}),
    ("table", True, dict.fromkeys(EVERY, "ING226")),
    ("table", {"keep": "90 days"}, dict.fromkeys(EVERY, "ING226")),
    ("table", {"compact": "1 day"}, dict.fromkeys(EVERY, "ING248")),
    ("record_time_added", True, {}),
    ("coerce_to_timestamp", True, {}),
    ("destination", {"prefix": "elsewhere"}, {}),
    ("retries", 0, {}),
    ("owner", "Somebody", {}),
    ("tags", ["cockpit"], {}),
    ("connection", "second_meters", {}),
    ("expect", {"min_rows": 1}, {}),
    ("drift", "freeze", {}),
    ("compare_ids", "7 days", dict.fromkeys(EVERY, "ING108")),
    ("refresh", "7 days", dict.fromkeys((*WHOLE, "last", "deleted"), "ING215")),
]  # fmt: skip


def test_a_key_acts_or_is_refused(tree):
    errors, dags = linted_and_rendered(written(tree))
    wrong = []
    for way, spec in WAYS.items():
        assert f"it_{way}" not in errors, errors[f"it_{way}"]
        for number, (key, value, refused) in enumerate(ROWS):
            if spec.get(key) == value:
                continue  # it says so already
            one = f"it_{number}_{way}"
            found = errors.get(one, set())
            if way in refused:
                wrong += [] if refused[way] in found else [(key, value, way, found, refused[way])]
            elif found or said(dags[one]) == said(dags[f"it_{way}"]):
                wrong.append((key, value, way, found or "accepted without an effect"))
    assert wrong == []


def written(tree: Path) -> Path:
    """A tree with all specs."""
    folder = tree / "configs/finance"
    unit = (folder / "unit.yaml").read_text("utf-8")
    unit = unit.replace("dynamodb: smart_meters", "dynamodb: [smart_meters, second_meters]")
    (folder / "unit.yaml").write_text(unit.replace("[meter_state]", "[meter_state, meter_events]"), "utf-8")
    for way, spec in WAYS.items():
        for number, row in [*enumerate(ROWS), ("", None)]:
            one = f"it_{number}_{way}" if row else f"it_{way}"
            given = {**spec, **({row[0]: row[1]} if row else {})}
            place = {"prefix": f"{one}/{given.get('destination', {}).get('prefix', 'here')}"}
            (folder / f"{one}.yaml").write_text(as_yaml({**given, "destination": place}), "utf-8")
    return tree


def test_the_rows_name_every_key_of_the_schema():
    assert {key for key, _, _ in ROWS} == set(schema("ingestion")["properties"])
