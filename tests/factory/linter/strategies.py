"""Specs that the compiler must accept, and ways to spoil them, for property tests."""

import json
from typing import Any

from hypothesis import strategies as st

FIELDS = [
    "Id",
    "Name",
    "AccountId",
    "Account.Name",
    "StageName",
    "Amount",
    "CloseDate",
    "IsDeleted",
    "SystemModstamp",
]
DURATIONS = st.builds(
    "{} {}".format, st.integers(1, 30), st.sampled_from(["hours", "days", "weeks", "months", "quarters"])
)
POINTS = st.sampled_from(["2025-06-01", "2026-01-01T06:00:00Z", "LAST_N_DAYS:40", "LAST_YEAR"])
WINDOWS = st.one_of(
    st.just("full"),
    st.just("incremental"),
    DURATIONS.map(lambda text: {"last": text}),
    POINTS.map(lambda text: {"from": text}),
    st.just({"from": "2026-01-01", "to": "2026-07-01"}),
    st.just({"to": "TODAY"}),
)
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="{}%"),
    min_size=1,
    max_size=30,
)
OPTIONAL = st.fixed_dictionaries(
    {},
    optional={
        "description": TEXT,
        "fields": st.lists(st.sampled_from(FIELDS), min_size=1, unique=True),
        "timezone": st.sampled_from(["UTC", "Europe/Brussels", "America/New_York", "Asia/Kolkata"]),
        "include_deleted": st.booleans(),
        "cursor": st.sampled_from(["SystemModstamp", "CreatedDate", "LastModifiedDate"]),
        "api": st.sampled_from(["auto", "rest", "bulk"]),
        "format": st.sampled_from(["csv", "json", "ndjson", "parquet"]),
        "compression": st.sampled_from(["none", "gzip", "zstd"]),
        "record_time_added": st.booleans(),
        "coerce_to_timestamp": st.booleans(),
        "retries": st.integers(0, 20),
        "owner": TEXT,
        "tags": st.lists(TEXT, max_size=3, unique=True),
        "expect": st.just({"min_rows": 1, "max_drop": 0.5}),
        "drift": st.sampled_from(["follow", "freeze", "fail"]),
    },
)


@st.composite
def good_specs(draw: st.DrawFn) -> dict[str, Any]:
    """A spec about Opportunity that breaks no rule."""
    window = draw(WINDOWS)
    spec: dict[str, Any] = {"object": "Opportunity", "window": window, "start": "2026-01-01"}
    spec["schedule"] = (
        f"{draw(st.integers(0, 59))} {draw(st.integers(0, 23))} * * {draw(st.sampled_from(['*', '1', '1-5']))}"
    )
    spec |= draw(OPTIONAL)
    cuttable = window == "incremental" or (isinstance(window, dict) and "from" in window)
    months = isinstance(window, dict) and "last" in window and window["last"].endswith(("months", "quarters"))
    cuttable |= months
    if cuttable and draw(st.booleans()):
        spec["batch_size"] = draw(
            st.sampled_from(["1 week"] if months else ["1 week", "1 month", "1 quarter"])
        )
    if window != "full" and spec.get("cursor", "SystemModstamp") == "SystemModstamp" and draw(st.booleans()):
        spec["await_commits"] = True
    if "Id" in spec.get("fields", ["Id"]) and draw(st.booleans()):
        spec["compare_ids"] = draw(DURATIONS)
    if isinstance(window, dict) and "to" in window and "from" in window:
        spec["schedule"] = None
        del spec["start"]
    if spec.get("include_deleted") and draw(st.booleans()):
        spec["deletes"] = draw(st.sampled_from(["soft", "ignore"]))
    return _agreeing(spec)


def _agreeing(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec whose keys have what they need beside them, and nothing that would have no effect."""
    fields = spec.get("fields", ())
    if spec["window"] == "full":
        spec.pop("cursor", None)
    if spec["window"] == "incremental" and "Account.Name" in fields:
        spec["refresh"] = "7 days"
        spec.pop("expect", None)
    needed = {"include_deleted": "IsDeleted", "coerce_to_timestamp": "CloseDate"}
    if fields:
        spec["fields"] = list(
            dict.fromkeys([*fields, *(name for key, name in needed.items() if spec.get(key))])
        )
    return spec


def as_yaml(spec: dict[str, Any]) -> str:
    """A spec as YAML; JSON is YAML, and quotes keep every value what it is."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in spec.items())


@st.composite
def spoilt(draw: st.DrawFn, texts: list[str]) -> str:
    """A good file with a few characters, lines or bytes of YAML put in, taken out or doubled."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        position = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        piece = draw(ANY_PIECE)
        lines = text.splitlines(keepends=True)
        how = draw(st.sampled_from(["insert", "delete", "replace", "double", "swap"]))
        if how == "insert":
            text = text[:position] + piece + text[position:]
        elif how == "delete":
            text = text[:position] + text[position + length :]
        elif how == "replace":
            text = text[:position] + piece + text[position + length :]
        elif how == "double" and lines:
            text += draw(st.sampled_from(lines))
        elif lines:
            index = draw(st.integers(0, len(lines) - 1))
            text = "".join([*lines[index:], *lines[:index]])
    return text


PIECES = [
    "\t", "\r\n", "\ufeff", "\x00", "\x85", "\u2028", "  ", "\n", ":", ": ", "- ", "? ", "&a ", "*a", "!!int ", "!x ", "<<: ", "[", "]",
    "{", "}", "|", ">-\n", "'", '"', "#", "%", "@", "`", "---\n", "...\n", "~", "null", "NO", "010", "1e999", "0x1F", ".inf", "12:30",
    "{{ x }}", "2026-02-30", "\U0001f600", "object: X\n", "fields: 3\n", "window: {from: 9999-12-31, to: 0001-01-01}\n",
    "batch_size: 1 minute\n", "window: {last: 999999 years}\n", "query: SELECT\n", "query: SELECT Id FROM Opportunity WHERE (\n",
    "schedule: '* * 31 2 *'\n", "# factory: ignore[ING101]\n", "# factory: ignore\n", "timezone: ../etc/passwd\n", "defaults: [1]\n",
    "destination: {prefix: 3}\n", "start: 0000-00-00\n", "objects: {}\n", "rules: {ING999: off}\n", "connections: 1\n",
]  # fmt: skip
ANY_PIECE = st.one_of(st.sampled_from(PIECES), st.text(max_size=4))
