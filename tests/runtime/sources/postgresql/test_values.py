"""Any value of any type, in any format: what lands is what the server itself says of it."""

import io
import json
from datetime import datetime, time

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.typed import text_of
from lake_ingest.run.extract import write_rows
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run
from lake_ingest.sources.postgresql.literal import text

from tests.runtime.landing import DAY

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999))
FLOATS = st.floats(allow_subnormal=True)
OWN_TEXT = "format('%s', {0})"

# column → type, values, how the server itself says them
COLUMNS = {
    "small": ("smallint", st.integers(-(2**15), 2**15 - 1), OWN_TEXT),
    "large": ("bigint", st.integers(-(2**63), 2**63 - 1), OWN_TEXT),
    "price": ("numeric(12,3)", st.decimals(-(10**9) + 1, 10**9 - 1, places=3), OWN_TEXT),
    "exact": ("numeric(38,0)", st.integers(-(10**38) + 1, 10**38 - 1), OWN_TEXT),
    "wide": ("numeric(70,35)", st.decimals(-(10**34), 10**34, places=35), OWN_TEXT),
    "any_number": ("numeric", st.decimals(allow_nan=False).filter(lambda one: not one.is_finite() or abs(one.adjusted()) < 4000), OWN_TEXT),
    "double": ("double precision", FLOATS, OWN_TEXT),
    "single": ("real", st.floats(width=32), OWN_TEXT),
    "cash": ("money", st.decimals(-(10**12), 10**12, places=2), "format('%s', {0}::numeric)"),
    "words": ("text", TEXTS, OWN_TEXT),
    "padded": ("char(8)", TEXTS.map(lambda one: one.rstrip(" ")), OWN_TEXT),
    "raw": ("bytea", st.binary(max_size=80), r"replace(encode({0}, 'base64'), E'\n', '')"),
    "day": ("date", MOMENTS.map(datetime.date), OWN_TEXT),
    "moment": ("timestamptz", MOMENTS, """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""),
    "shown": ("timestamp", MOMENTS, """to_char({0}, 'YYYY-MM-DD"T"HH24:MI:SS.US')"""),
    "clock": ("time", st.times(time(0), time(23, 59, 59, 999999)), "to_char({0}, 'HH24:MI:SS.US')"),
    "span": ("interval", st.tuples(st.integers(-3000, 3000), st.integers(-9000, 9000), st.integers(-(10**12), 10**12)).map(lambda one: "{} months {} days {} microseconds".format(*one)), OWN_TEXT),
    "document": ("json", st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3), max_leaves=4).map(json.dumps).filter(lambda one: "\\u0000" not in one), OWN_TEXT),
    "list": ("text[]", st.lists(st.none() | TEXTS, max_size=4), "to_json({0})"),
    "numbers": ("numeric[]", st.lists(st.decimals(-100, 100, places=3), max_size=4), "to_json({0})"),
    "id": ("uuid", st.uuids(), OWN_TEXT),
    "span_of_days": ("daterange", st.tuples(st.dates(), st.dates()).map(sorted).map(lambda two: f"[{two[0]},{two[1]}]"), OWN_TEXT),
    "flags": ("varbit", st.text("01", max_size=20), OWN_TEXT),
    "address": ("inet", st.ip_addresses(), OWN_TEXT),
}  # fmt: skip
FLOATING = ("double", "single")


def literal(value, kind):
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"ARRAY[{', '.join(literal(one, kind[:-2]) for one in value)}]::{kind}"
    if isinstance(value, bytes):
        return f"decode('{value.hex()}', 'hex')"
    shown = (
        f"{value.isoformat()}+00"
        if kind == "timestamptz"
        else repr(value)
        if isinstance(value, float)
        else str(value)
    )
    return f"{text(shown)}::{kind}"


@pytest.fixture
def table(tables):
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in COLUMNS.items())
    tables.schema.sql(f"CREATE TABLE deals (number int, {columns})")
    with tables.schema.session() as cursor:
        yield tables, cursor


def landed(tables, fmt, file):
    """Read, encoded and read again: what a run does, without a bucket."""
    source = tables.source()
    plan = make_plan(source, open_run(tables.compiled(format=fmt), tables.run(DAY, "run", DAY)))
    with file.open("wb") as sink:
        write_rows(source.begin(plan.request(0), lambda _: None), plan, sink, None)
    names = [column.name for column in plan.columns]
    (batch,) = read_rows(file, fmt, "snappy" if fmt == "parquet" else "none", names)
    texts = [
        text_of(array, column).to_pylist() for array, column in zip(batch.columns, plan.columns, strict=True)
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*texts, strict=True)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), fmt=st.sampled_from(["csv", "ndjson", "parquet"]))
def test_what_lands_is_what_the_server_says(table, tmp_path, data, fmt):
    tables, cursor = table
    row = st.fixed_dictionaries({name: st.none() | values for name, (_, values, _) in COLUMNS.items()})
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    inserted = ", ".join(
        f"({number}, {', '.join(literal(one[name], kind) for name, (kind, _, _) in COLUMNS.items())})"
        for number, one in enumerate(rows)
    )
    cursor.execute("DELETE FROM deals")
    cursor.execute(f"INSERT INTO deals VALUES {inserted}")
    cursor.execute(
        "SELECT set_config('TimeZone', 'UTC', false), set_config('IntervalStyle', 'iso_8601', false), set_config('extra_float_digits', '3', false)"
    )
    said = ", ".join(
        f"CASE WHEN {name} IS NOT NULL THEN ({how.format(name)})::text END AS {name}"
        for name, (_, _, how) in COLUMNS.items()
    )
    cursor.execute(f"SELECT number::text AS number, {said} FROM deals ORDER BY deals.number")
    expected = cursor.fetch_arrow_table().to_pylist()
    found = sorted(landed(tables, fmt, tmp_path / "rows"), key=lambda one: int(one["number"]))
    for one, other in zip(found, expected, strict=True):
        for name in FLOATING:
            one[name], other[name] = (value and repr(float(value)) for value in (one[name], other[name]))
        assert one == other


def test_parquet_has_the_types_of_the_table(tables):
    """Numbers are decimals of the column's own precision, moments are moments: nothing was made a text on its way."""
    tables.schema.sql(
        "CREATE TABLE deals (a numeric(10,2), b numeric, c timestamptz, d timestamp, e date, f int, g real, h bytea, i bool, j time); INSERT INTO deals (a) VALUES (0.1)"
    )
    manifest = tables.land(format="parquet")
    body = tables.bucket.client.get_object(Bucket=tables.bucket.name, Key=manifest["batches"][0]["key"])[
        "Body"
    ].read()
    types = {field.name: str(field.type) for field in pq.read_schema(io.BytesIO(body))}
    assert types == {
        "a": "decimal128(10, 2)", "b": "string", "c": "timestamp[us, tz=UTC]", "d": "timestamp[us]", "e": "date32[day]", "f": "int64", "g": "float", "h": "binary", "i": "bool", "j": "time64[us]",
    }  # fmt: skip
