"""Every value of every type lands as it was, in each format, whether it comes from an export or a scan."""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.errors import FatalError
from lake_ingest.rows.canonical import canonical
from lake_ingest.rows.column import Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.encode import open_encoder
from lake_ingest.rows.typed import text_of
from lake_ingest.sources.dynamodb.field_types import FieldType, parse_field_type
from lake_ingest.sources.dynamodb.items import Item, ItemReader
from lake_ingest.sources.dynamodb.values import json_text, number_text

from tests.runtime.sources.dynamodb.meters import DAY, item

EXTREME = [
    "9.9999999999999999999999999999999999999E+125",
    "-1E-130",
    "12345678901234567890123456789012345678",
    "0.12345678901234567890123456789012345678",
    "-0",
    "1.50",
    "00012",
    "1E+2",
]


def number_texts():
    digits = st.integers(-(10**38) + 1, 10**38 - 1)
    return st.one_of(
        st.sampled_from(EXTREME),
        st.builds(lambda whole, power: f"{whole}E{power}", digits, st.integers(-100, 80)),
    )


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
binaries = st.binary(max_size=12)
scalars = st.one_of(
    texts.map(lambda text: {"S": text}),
    number_texts().map(lambda text: {"N": text}),
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    binaries.map(lambda data: {"B": data}),
    st.lists(texts, min_size=1, max_size=3, unique=True).map(lambda some: {"SS": some}),
    st.lists(number_texts(), min_size=1, max_size=3).map(lambda some: {"NS": some}),
    st.lists(binaries, min_size=1, max_size=3, unique=True).map(lambda some: {"BS": some}),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda some: {"L": some}),
        st.dictionaries(texts, inner, max_size=3).map(lambda some: {"M": some}),
    ),
    max_leaves=6,
)


def plain(value):
    """What a value means, computed by other means than the source's."""
    ((kind, inner),) = value.items()
    return {
        "S": lambda: inner,
        "N": lambda: Decimal(inner),
        "BOOL": lambda: inner,
        "NULL": lambda: None,
        "B": lambda: base64.b64encode(inner).decode(),
        "SS": lambda: sorted(inner),
        "NS": lambda: sorted(map(Decimal, inner)),
        "BS": lambda: sorted(base64.b64encode(one).decode() for one in inner),
        "L": lambda: [plain(one) for one in inner],
        "M": lambda: {name: plain(one) for name, one in inner.items()},
    }[kind]()


@given(value=values)
def test_json_keeps_every_value(value):
    assert json.loads(json_text(value), parse_int=Decimal, parse_float=Decimal) == plain(value)


@given(text=number_texts())
def test_a_number_keeps_all_its_digits(text):
    found = number_text(text)
    assert Decimal(found) == Decimal(text)
    assert "E" not in found
    assert number_text(found) == found


COLUMNS = {
    "text": ("S", texts),
    "integer": ("N", st.integers(-(2**63), 2**63 - 1).map(str)),
    "number": ("N", number_texts()),
    "number(38, 10)": ("N", st.decimals(-(10**27), 10**27, places=10).map(str)),
    "boolean": ("BOOL", st.booleans()),
    "binary": ("B", binaries),
    "date": ("S", st.dates().map(str)),
    "datetime": (
        "S",
        st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)).map(
            lambda moment: f"{moment.isoformat()}+05:30"
        ),
    ),
    "json": ("M", st.dictionaries(texts, values, max_size=2)),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("values") / "rows"


@settings(max_examples=60)
@given(data=st.data())
def test_every_type_survives_every_format(data, file):
    written = data.draw(st.sampled_from(list(COLUMNS)), "type")
    fmt = data.draw(st.sampled_from(["csv", "json", "ndjson", "parquet"]), "format")
    tag, drawn = COLUMNS[written]
    some = data.draw(st.lists(st.one_of(st.none(), drawn.map(lambda one: {tag: one})), max_size=4), "values")
    found = through_a_file(written, some, fmt, file)
    assert [None if text is None else meant(written, text) for text in found] == [
        None if one is None else meant_by(written, one) for one in some
    ]


def through_a_file(written, some, fmt, file):
    kind = parse_field_type(written)
    unit = "us" if kind.kind == "datetime" else None
    measures = {"precision": kind.precision, "scale": kind.scale, "unit": unit}
    other = Column("other", "text", "other", distinguishes_empty=True)
    column = Column("it", kind.kind, "it", str(kind), distinguishes_empty=True, verbatim=True, **measures)
    reader = ItemReader("meters", [column, other], frozenset(["it", "other"]), strict=True)
    items = [Item({"other": {"S": "x"}, **({} if one is None else {"it": one})}) for one in some]
    with file.open("wb") as sink:
        encoder = open_encoder(fmt, "none", [column, other], sink)
        encoder.write(canonical(reader.batch(items, "a test"), [column, other]))
        encoder.close()
    batches = list(read_rows(file, fmt, "none", ["it", "other"]))
    return [text for batch in batches for text in text_of(batch.column(0), column).to_pylist()]


def meant(written, text):
    if written.startswith("number") or written == "integer":
        assert written != "number" or text == number_text(text)
        return Decimal(text)
    return json.loads(text, parse_int=Decimal, parse_float=Decimal) if written == "json" else text


def meant_by(written, value):
    if written == "datetime":
        moment = datetime.fromisoformat(value["S"]).astimezone(UTC).replace(tzinfo=None)
        return moment.isoformat(timespec="microseconds") + "Z"
    found = plain(value)
    return ("true" if found else "false") if written == "boolean" else found


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("date", "31.1.2026", "S of another form"),
        ("date", "2026-01-31T00:00:00Z", "S of another form"),
        ("datetime", "2026-01-31T06:00:00", "S without a zone, or finer than a microsecond"),
        ("datetime", "2026-01-31T06:00:00.1234567Z", "S without a zone, or finer than a microsecond"),
        ("datetime", "yesterday", "S of another form"),
    ],
)
def test_a_text_that_is_no_moment(kind, text, said, file):
    with pytest.raises(FatalError, match=f"declared {kind}, and an item holds {said}; write type: "):
        through_a_file(kind, [{"S": text}], "csv", file)


def test_moments_in_other_forms_of_iso_8601(file):
    found = through_a_file(
        "datetime", [{"S": "20260131T060000+0100"}, {"S": "2026-01-31 06:00Z"}, {"NULL": True}], "csv", file
    )
    assert found == ["2026-01-31T05:00:00.000000Z", "2026-01-31T06:00:00.000000Z", None]


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_moments_as_seconds(meters, fmt):
    """Cut off towards the past; a date counts as its midnight."""
    meters.put(
        DAY, item("m1", 1, seen={"S": "1969-12-31T23:59:59.5Z"}, day={"S": "2026-01-31"}), item("m2", 1)
    )
    fields = [
        {"name": "meter"},
        {"name": "slot"},
        {"name": "seen", "type": "datetime"},
        {"name": "day", "type": "date"},
    ]
    found = meters.rows(meters.land(fields=fields, coerce_to_timestamp=True, format=fmt))
    assert (str(found[0]["seen"]), str(found[0]["day"])) == ("-1", "1769817600")
    assert found[1]["seen"] in (None, "")


def test_types_as_they_are_written():
    assert parse_field_type(" Number( 18 ,3) ") == FieldType("number", 18, 3)
    for wrong in ("number(39, 2)", "number(3, 4)", "number(0,0)", "decimal", "number(3)", ""):
        with pytest.raises(ValueError, match="is not a type"):
            parse_field_type(wrong)


def test_a_scan_and_an_export_give_the_same_rows(meters):
    """Binary comes as bytes from the one and as base64 from the other; both are read by real clients."""
    attributes = {
        "data": {"B": b"\0\xff"},
        "tags": {"BS": [b"b", b"a"]},
        "deep": {"M": {"b": {"L": [{"B": b"x"}, {"N": "1.10"}, {"NULL": True}]}, "a": {"NS": ["10", "9"]}}},
        "empty": {"S": ""},
    }
    meters.put(DAY, item("m1", 1, **attributes), item("m2", 1))
    fields = [
        {"name": "meter"},
        {"name": "slot"},
        {"name": "data", "type": "binary"},
        {"name": "tags", "type": "json"},
        {"name": "deep", "type": "json"},
        {"name": "empty"},
    ]
    exported = meters.rows(meters.land(fields=fields, format="parquet"))
    scanned = meters.rows(meters.land(fields=fields, format="parquet", read_by="scan"))
    assert exported == scanned
    assert exported[0] == {
        "meter": "m1",
        "slot": "1",
        "data": b"\0\xff",
        "tags": '["YQ==","Yg=="]',
        "deep": '{"a":[9,10],"b":["eA==",1.1,null]}',
        "empty": "",
    }
    assert exported[1] == dict.fromkeys(exported[1]) | {"meter": "m2", "slot": "1"}


def test_protected_values_are_hashed_over_their_text(meters):
    meters.put(DAY, item("m1", 1, reading={"N": "1.50"}))
    meters.put(DAY, item("m2", 1, reading={"N": "1.5"}))
    fields = [{"name": "meter"}, {"name": "slot"}, {"name": "reading", "type": "number", "protect": "hash"}]
    manifest = meters.land(fields=fields, protect_conn_id="key")
    first, second = meters.rows(manifest)
    assert first["reading"] == second["reading"]
    assert len(first["reading"]) == 64


def test_the_largest_number_lands_whole_in_parquet(meters):
    meters.put(DAY, item("m1", 1, reading={"N": EXTREME[0]}))
    fields = [{"name": "meter"}, {"name": "slot"}, {"name": "reading", "type": "number"}]
    manifest = meters.land(fields=fields, format="parquet")
    assert Decimal(meters.rows(manifest)[0]["reading"]) == Decimal(EXTREME[0])
