"""Every type lands as the server itself writes it, in every format, or is refused by name."""

import json

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.postgresql.literal import quoted

from tests.runtime.tables import published_texts

FORMATS = ("csv", "ndjson", "parquet")

# type → (kind, values in SQL, what they are in the lake; None where that is the server's own text)
TYPES = {
    "smallint": ("integer", ["-32768", "32767"], None),
    "integer": ("integer", ["-2147483648", "0"], None),
    "bigint": ("integer", ["-9223372036854775808", "9223372036854775807"], None),
    "oid": ("integer", ["4294967295"], None),
    "boolean": ("boolean", ["true", "false"], ["true", "false"]),
    "numeric": ("number", ["0.00000000000000000000000000000000000000000123", "1e60", "-12.50", "'NaN'", "'Infinity'", "'-Infinity'", "1234567890123456789012345678901234567890.1"], None),
    "numeric(5)": ("number", ["12345", "-1"], None),
    "numeric(10,2)": ("number", ["99999999.99", "-0.01", "0", "1.5"], None),
    "numeric(38,18)": ("number", ["12345678901234567890.123456789012345678"], None),
    "numeric(50,30)": ("number", ["12345678901234567890.123456789012345678901234567890"], None),
    "numeric(80,40)": ("number", ["1234567890123456789012345678901234567890.1234567890123456789012345678901234567890"], None),
    "numeric(3,-2)": ("number", ["12345", "-99900"], None),
    "numeric(2,5)": ("number", ["0.00012", "-0.00099"], None),
    "real": ("float", ["0.1", "3.4e38", "'NaN'", "'-Infinity'"], None),
    "double precision": ("float", ["0.1", "1e300", "'NaN'", "'Infinity'", "123456789.125"], None),
    "money": ("number", ["'-92233720368547758.08'", "'$1,234.50'"], ["-92233720368547758.08", "1234.50"]),
    "text": ("text", ["''", "E'a\\n\"b\",\\t\\\\ é 🎈'", "' '"], None),
    "varchar(5)": ("text", ["'abc'"], None),
    "char(5)": ("text", ["'abc'"], ["abc  "]),
    '"char"': ("text", ["'x'"], None),
    "name": ("text", ["'a_name'"], None),
    "date": ("date", ["'0001-01-01'", "'9999-12-31'", "'1970-01-01'"], None),
    "timestamp": ("datetime", ["'0001-01-01 00:00:00'", "'2026-03-29 02:30:00.000001'", "'9999-12-31 23:59:59.999999'"],
                  ["0001-01-01T00:00:00.000000", "2026-03-29T02:30:00.000001", "9999-12-31T23:59:59.999999"]),
    "timestamp(0)": ("datetime", ["'2026-03-29 02:30:00'"], ["2026-03-29T02:30:00.000000"]),
    "timestamptz": ("datetime", ["'2026-03-29 02:30:00.5+02'", "'0001-01-01 00:00:00Z'"], ["2026-03-29T00:30:00.500000Z", "0001-01-01T00:00:00.000000Z"]),
    "time": ("time", ["'00:00'", "'23:59:59.999999'"], ["00:00:00.000000", "23:59:59.999999"]),
    "timetz": ("text", ["'12:00:00.5+02'", "'24:00:00-11'"], None),
    "interval": ("text", ["'1 year 2 mons -3 days 04:05:06.789'", "'-1 month'", "'0'"], ["P1Y2M-3DT4H5M6.789S", "P-1M", "PT0S"]),
    "uuid": ("text", ["'A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11'"], None),
    "json": ("json", ["'{\"b\": 1.50,  \"b\": [null]}'"], None),
    "jsonb": ("json", ["'{\"b\": 1.50,  \"a\": [null]}'", "'null'"], None),
    "bytea": ("binary", ["'\\x00ff10'", "''"], ["AP8Q", ""]),
    "integer[]": ("json", ["'{1,NULL,3}'", "'{}'"], ["[1,null,3]", "[]"]),
    "integer[][]": ("json", ["'{{1,2},{3,4}}'"], ["[[1,2],[3,4]]"]),
    "numeric[]": ("json", ["'{1.50,NaN}'"], ['[1.50,"NaN"]']),
    "text[]": ("json", ["ARRAY['a,\"b', '', NULL]"], ['["a,\\"b","",null]']),
    "timestamptz[]": ("json", ["ARRAY['2026-01-31 12:00+02'::timestamptz]"], ['["2026-01-31T10:00:00+00:00"]']),
    "mood": ("text", ["'so so'"], None),
    "mood[]": ("json", ["'{\"so so\",sad}'"], ['["so so","sad"]']),
    "pair": ("json", ["(1.50, 'a\"b')::pair", "(NULL, NULL)::pair"], ['{"amount":1.50,"note":"a\\"b"}', '{"amount":null,"note":null}']),
    "pair[]": ("json", ["ARRAY[(1.50, NULL)::pair]"], ['[{"amount":1.50,"note":null}]']),
    "euros": ("number", ["12.5"], ["12.50"]),
    "cents": ("number", ["7"], ["7.00"]),
    "pairs": ("json", ["ARRAY[(1, 'x')::pair]"], ['[{"amount":1,"note":"x"}]']),
    "inet": ("text", ["'10.1.2.3'", "'10.1.2.3/8'", "'::1'"], ["10.1.2.3", "10.1.2.3/8", "::1"]),
    "cidr": ("text", ["'10.0.0.0/8'"], None),
    "macaddr": ("text", ["'08:00:2b:01:02:03'"], None),
    "int4range": ("text", ["'[1,5)'", "'empty'"], None),
    "tstzrange": ("text", ["'[2026-01-01 00:00+02,)'"], ['["2025-12-31 22:00:00+00",)']),
    "nummultirange": ("text", ["'{[1.5,2],(3,)}'"], None),
    "bit(3)": ("text", ["B'101'"], None),
    "varbit": ("text", ["B''", "B'1'"], None),
    "point": ("text", ["'(0.1,1e300)'"], None),
    "tsvector": ("text", ["'a b:2'"], None),
    "jsonpath": ("text", ["'$.a[*]'"], None),
    "pg_lsn": ("text", ["'16/B374D848'"], None),
    "xid8": ("text", ["'18446744073709551615'"], None),
    "regclass": ("text", ["'pg_class'"], None),
    "hstore": ("text", ["'a=>1, b=>NULL'"], None),
    "citext": ("text", ["'MiXed'"], None),
}  # fmt: skip
OWN = """CREATE EXTENSION IF NOT EXISTS hstore SCHEMA public; CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
CREATE TYPE mood AS ENUM ('sad', 'so so'); CREATE TYPE pair AS (amount numeric, note text); CREATE DOMAIN euros AS numeric(10,2);
CREATE DOMAIN cents AS euros; CREATE DOMAIN pairs AS pair[];
"""


def servers_own_texts(schema):
    """What the server's output function makes of each value."""
    asked = [
        f"SELECT json_agg(format('%s', x)) FROM unnest(ARRAY[{', '.join(values)}]::{name}[]) x;"
        for name, (_, values, own) in TYPES.items()
        if own is None
    ]
    answers = schema.sql("SET extra_float_digits = 1; SET TimeZone TO 'UTC';" + "".join(asked)).split("\n")
    return dict(
        zip(
            [name for name, (_, _, own) in TYPES.items() if own is None],
            map(json.loads, answers),
            strict=True,
        )
    )


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_type_lands_as_the_server_writes_it(tables, tmp_path, fmt):
    """One table with a column for each type; a row for each value, and one of nulls."""
    columns = ", ".join(f"{quoted(name)} {name}" for name in TYPES)
    most = max(len(values) for _, values, _ in TYPES.values())
    rows = [[values[number % len(values)] for _, values, _ in TYPES.values()] for number in range(most)]
    rows.append(["NULL"] * len(TYPES))
    tables.schema.sql(
        f"{OWN} CREATE TABLE deals ({columns}); INSERT INTO deals VALUES {', '.join('(' + ', '.join(row) + ')' for row in rows)}"
    )
    manifest = tables.land(format=fmt)
    assert {one["name"]: one["kind"] for one in manifest["schema"]} == {
        name: kind if kind != "json" else "text" for name, (kind, _, _) in TYPES.items()
    }
    landed = published_texts(tables.bucket, manifest, tmp_path)
    assert landed[-1] == dict.fromkeys(TYPES)
    own = servers_own_texts(tables.schema)
    for name, (kind, values, expected) in TYPES.items():
        texts = [row[name] for row in landed[: len(values)]]
        if kind == "float":
            assert [repr(float(text)) for text in texts] == [repr(float(text)) for text in own[name]], name
        else:
            assert texts == (expected or own[name]), name


@pytest.mark.parametrize(
    ("kind", "value"),
    [("date", "infinity"), ("date", "-infinity"), ("date", "0044-03-15 BC"), ("date", "10000-01-01"), ("timestamp", "infinity"), ("timestamptz", "-infinity"),
     ("timestamptz", "4713-01-01 BC"), ("timestamp", "294276-12-31"), ("time", "24:00:00")],
)  # fmt: skip
@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_a_moment_that_no_file_can_hold_is_refused_by_the_name_of_its_column(tables, kind, value, fmt):
    tables.schema.sql(
        f"CREATE TABLE deals (id int, odd {kind}); INSERT INTO deals SELECT 1, NULL; INSERT INTO deals VALUES (2, '{value}')"
    )
    with pytest.raises(FatalError, match=r"column odd of .*deals .* holds .* files cannot hold"):
        tables.land(format=fmt)


def test_a_number_that_is_none_is_text_in_csv_and_refused_by_parquet(tables, tmp_path):
    tables.schema.sql("CREATE TABLE deals (odd numeric(10,2)); INSERT INTO deals VALUES ('NaN')")
    assert published_texts(tables.bucket, tables.land(format="csv"), tmp_path) == [{"odd": "NaN"}]
    assert published_texts(tables.bucket, tables.land(format="json"), tmp_path) == [{"odd": "NaN"}]
    with pytest.raises(
        FatalError, match=r"field odd holds a value that does not fit into Parquet's decimal128\(10, 2\)"
    ):
        tables.land(format="parquet")
