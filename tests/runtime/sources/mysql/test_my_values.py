"""Any value of any type, in any format: what lands is what the server itself says of it."""

import json
import struct
from datetime import datetime, time

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.typed import text_of
from lake_ingest.run.extract import write_rows
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run
from lake_ingest.sources.mysql.literal import text

from tests.runtime.landing import DAY

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
LATIN = st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=8)
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999))
STAMPS = st.datetimes(datetime(1970, 1, 2), datetime(2038, 1, 18))
FLOATS = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
SINGLES = st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False, width=32)
LONG = st.sampled_from((250, 251, 65_535, 65_536)).map(
    lambda size: b"\xfe" * size
)  # at which lengths take more bytes
WORDS = ("new", "it's", "ümläut", "")
MOMENT = "DATE_FORMAT({0}, '%Y-%m-%dT%H:%i:%s.%f')"
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**31), 2**31) | TEXTS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=4,
)

# column → type, values, how the server itself says them
COLUMNS = {
    "tiny": ("tinyint", st.integers(-128, 127), "{0}"),
    "flag": ("tinyint(1)", st.integers(-128, 127), "{0}"),
    "small": ("smallint unsigned", st.integers(0, 2**16 - 1), "{0}"),
    "middle": ("mediumint", st.integers(-(2**23), 2**23 - 1), "{0}"),
    "filled": ("int(10) zerofill", st.integers(0, 2**32 - 1), "{0} + 0"),
    "large": ("bigint", st.integers(-(2**63), 2**63 - 1), "{0}"),
    "huge": ("bigint unsigned", st.integers(0, 2**64 - 1), "{0}"),
    "price": ("decimal(12,3)", st.decimals(-(10**9) + 1, 10**9 - 1, places=3), "{0}"),
    "exact": ("decimal(38,0)", st.integers(-(10**38) + 1, 10**38 - 1), "{0}"),
    "wide": ("decimal(65,30)", st.decimals(-(10**34), 10**34, places=30), "{0}"),
    "padded": ("decimal(10,2) zerofill", st.decimals(0, 10**8 - 1, places=2), "{0} + 0"),
    "one": ("bit(1)", st.integers(0, 1), "IF({0} IS NULL, NULL, IF({0}, 'true', 'false'))"),
    "bits": ("bit(37)", st.integers(0, 2**37 - 1), "{0} + 0"),
    "all_bits": ("bit(64)", st.integers(0, 2**64 - 1), "{0} + 0"),
    "vintage": ("year", st.integers(1901, 2155), "{0}"),
    "words": ("text", TEXTS, "{0}"),
    "old_words": ("varchar(20) CHARACTER SET latin1", LATIN, "{0}"),
    "fixed": ("char(8)", TEXTS.map(lambda one: one.rstrip(" ")), "{0}"),
    "choice": ("enum('new', 'it''s', 'ümläut', '')", st.sampled_from(WORDS), "{0}"),
    "choices": ("set('a', 'b c', 'd')", st.sets(st.sampled_from(("a", "b c", "d"))).map(lambda one: ",".join(sorted(one))), "{0}"),
    "raw": ("varbinary(90)", st.binary(max_size=80), "REPLACE(TO_BASE64({0}), '\\n', '')"),
    "stored": ("longblob", st.binary(max_size=80) | LONG, "REPLACE(TO_BASE64({0}), '\\n', '')"),
    "even": ("binary(4)", st.binary(min_size=4, max_size=4), "REPLACE(TO_BASE64({0}), '\\n', '')"),
    "day": ("date", MOMENTS.map(datetime.date), "{0}"),
    "moment": ("timestamp(6) NULL", STAMPS, f"CONCAT({MOMENT}, 'Z')"),
    "shown": ("datetime(6)", MOMENTS, MOMENT),
    "shown_coarse": ("datetime", MOMENTS.map(lambda one: one.replace(microsecond=0)), MOMENT),
    "clock": ("time(6)", st.times(time(0), time(23, 59, 59, 999999)), "DATE_FORMAT(CONCAT('2000-01-01 ', {0}), '%H:%i:%s.%f')"),
    "document": ("json", DOCUMENTS.map(json.dumps), "{0}"),
    "id": ("uuid", st.uuids(version=4), "{0}"),
    "address": ("inet6", st.ip_addresses(v=6), "{0}"),
    "broad": ("double", FLOATS, "{0}"),
    "narrow": ("float", SINGLES, "{0}"),
}  # fmt: skip
FLOATING = ("broad", "narrow")


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if isinstance(value, (int, float)):
        return repr(value)
    return text(str(value))


@pytest.fixture
def table(my_tables):
    columns = ", ".join(f"{name} {kind}" for name, (kind, _, _) in COLUMNS.items())
    my_tables.database.sql(f"CREATE TABLE deals (number int PRIMARY KEY, {columns})")
    with my_tables.database.session() as cursor:
        cursor.execute("SET time_zone = '+00:00'")
        yield my_tables, cursor


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
    max_examples=20,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), fmt=st.sampled_from(["csv", "ndjson", "parquet"]))
def test_what_lands_is_what_the_server_says(table, tmp_path, data, fmt):
    tables, cursor = table
    row = st.fixed_dictionaries({name: st.none() | values for name, (_, values, _) in COLUMNS.items()})
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    inserted = ", ".join(
        f"({number}, {', '.join(literal(one[name]) for name in COLUMNS)})" for number, one in enumerate(rows)
    )
    cursor.execute("DELETE FROM deals")
    cursor.execute(f"INSERT INTO deals VALUES {inserted}")
    said = ", ".join(f"CAST({how.format(name)} AS CHAR)" for name, (_, _, how) in COLUMNS.items())
    cursor.execute(f"SELECT CAST(number AS CHAR), {said} FROM deals ORDER BY deals.number")
    expected = [dict(zip(("number", *COLUMNS), one, strict=True)) for one in cursor.fetchall()]
    found = sorted(landed(tables, fmt, tmp_path / "rows"), key=lambda one: int(one["number"]))
    for given_row, one, other in zip(rows, found, expected, strict=True):
        for name in FLOATING:  # the server says six digits of a float
            value = given_row[name]
            other[name] = value if value is None else value + 0.0  # MariaDB stores -0 as 0
            one[name] = one[name] and float(one[name])
        if one["narrow"] is not None:
            assert struct.pack("f", one.pop("narrow")) == struct.pack("f", other.pop("narrow"))
        assert one == other


def test_parquet_has_the_types_of_the_table(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (a decimal(10,2), b bigint unsigned, c timestamp NULL, d datetime, e date, f int, g float, h blob, i bit, j time, k decimal(65,30),"
        " l tinyint(1), m point, n double); INSERT INTO deals (a) VALUES (0.1)"
    )
    manifest = my_tables.land(format="parquet")
    file = tmp_path / "rows"
    my_tables.bucket.download(manifest["batches"][0]["key"], file)
    types = {field.name: str(field.type) for field in pq.read_schema(file)}
    assert types == {
        "a": "decimal128(10, 2)", "b": "decimal128(20, 0)", "c": "timestamp[us, tz=UTC]", "d": "timestamp[us]", "e": "date32[day]", "f": "int64", "g": "float",
        "h": "binary", "i": "bool", "j": "time64[us]", "k": "decimal256(65, 30)", "l": "int64", "m": "binary", "n": "double",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("planned", "changed", "value"),
    [
        ("float", "double", "0.123456789"),
        ("double", "varchar(9)", "'0.1'"),
        ("int", "double", "1.5"),
        ("int", "varchar(9)", "'1'"),
        ("int", "bigint unsigned", "18446744073709551615"),
        ("bit(1)", "tinyint", "2"),
        ("bit(1)", "tinyint", "-1"),
        ("decimal(5,2)", "decimal(9,4)", "1.2345"),
        ("decimal(5,2)", "int", "7"),
        ("varchar(9)", "int", "7"),
        ("varchar(9)", "date", "'2026-01-31'"),
        ("varchar(9)", "varbinary(9)", "X'ff'"),
        ("date", "datetime", "'2026-01-31 10:00:00'"),
        ("datetime", "date", "'2026-01-31'"),
        ("datetime", "time", "'10:00:00'"),
        ("time", "datetime", "'2026-01-31 10:00:00'"),
        ("date", "int", "20260131"),
        ("blob", "int", "7"),
    ],
)
def test_a_type_that_was_changed_since_the_plan_is_refused(my_tables, tmp_path, planned, changed, value):
    my_tables.database.sql(f"CREATE TABLE deals (id int, at {planned})")
    source = my_tables.source()
    plan = make_plan(source, open_run(my_tables.compiled(format="csv"), my_tables.run(DAY, "run", DAY)))
    my_tables.database.sql(f"ALTER TABLE deals MODIFY at {changed}; INSERT INTO deals VALUES (1, {value})")
    with (
        (tmp_path / "rows").open("wb") as sink,
        pytest.raises(FatalError, match=r"column at of t_\w+\.deals was of type .* when the run was planned"),
    ):
        write_rows(source.begin(plan.request(0), lambda _: None), plan, sink, None)


def test_a_geometry_lands_as_well_known_binary(my_tables, tmp_path):
    my_tables.database.sql(
        "CREATE TABLE deals (place point); INSERT INTO deals VALUES (ST_GeomFromText('POINT(1.5 -2)', 4326))"
    )
    (row,) = landed(my_tables, "parquet", tmp_path / "rows")
    import base64  # noqa: PLC0415

    assert base64.b64decode(row["place"]) == struct.pack("<bIdd", 1, 1, 1.5, -2)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (
            "date",
            "'0000-00-00'",
            r"column odd of t_\w+\.deals \(date\) holds a zero date, such as 0000-00-00",
        ),
        ("date", "'2026-02-00'", "holds a zero date"),
        ("date", "'2026-00-01'", "holds a zero date"),
        ("date", "'0000-01-01'", "holds a zero date"),
        ("datetime(6)", "'0000-12-31 23:59:59.999999'", "holds a zero date"),
        ("datetime", "'0000-00-00 00:00:00'", r"column odd of t_\w+\.deals \(datetime\) holds a zero date"),
        ("timestamp NULL", "'0000-00-00 00:00:00'", "holds a zero date"),
        ("time", "'24:00:00'", "holds a time below 0 or of 24 hours and more"),
        ("time", "'-00:00:01'", "holds a time below 0"),
        ("time", "'838:59:59'", "holds a time below 0"),
        ("date", "'2026-02-31'", "holds a value that is none of that type"),
    ],
)
def test_what_no_file_can_hold_is_refused_by_the_columns_name(my_tables, kind, value, message):
    my_tables.database.sql(
        f"SET sql_mode = 'ALLOW_INVALID_DATES'; CREATE TABLE deals (id int, odd {kind}); INSERT INTO deals VALUES (1, {value})"
    )
    with pytest.raises(FatalError, match=message) as raised:
        my_tables.land(format="parquet")
    assert value.strip("'") not in str(raised.value).replace("such as 0000-00-00", "").replace(
        "NULLIF(odd, '0000-00-00')", ""
    )
