"""Tables read by point-in-time export: the whole, and what changed; nothing is left behind."""

from datetime import timedelta
from decimal import Decimal

import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.run.frozen_plan import make_plan
from lake_ingest.run.opening import open_run
from lake_ingest.run.preview import preview

from tests.runtime.sources.dynamodb.meters import DAY, Meters, item

HOUR = timedelta(hours=1)
FIELDS = [
    {"name": "meter"},
    {"name": "slot", "type": "integer"},
    {"name": "reading", "type": "number(18, 3)"},
    {"name": "state"},
]


def reading(number, state="ok"):
    return {"reading": {"N": number}, "state": {"S": state}}


@pytest.fixture
def filled(meters):
    """Ten items before DAY; on DAY one is changed, one is made, one is deleted, one comes and goes."""
    meters.put(DAY - HOUR, *(item(f"m{number}", 1, **reading(f"{number}.5")) for number in range(10)))
    meters.put(DAY + HOUR, item("m1", 1, **reading("100", "replaced")), item("m10", 1, **reading("7")))
    meters.delete(DAY + 2 * HOUR, "m2", 1)
    meters.put(DAY + 3 * HOUR, item("m11", 1))
    meters.delete(DAY + 4 * HOUR, "m11", 1)
    meters.put(DAY + 24 * HOUR, item("m3", 1, **reading("3", "next day")))
    return meters


def test_a_full_export_lands_the_table(filled):
    manifest = filled.land(fields=FIELDS)
    found = filled.rows(manifest)
    assert [row["meter"] for row in found] == sorted(["m0", "m1", "m3", *(f"m{n}" for n in range(4, 11))])
    assert found[1] == {"meter": "m1", "slot": 1, "reading": Decimal("100.000"), "state": "replaced"}
    assert manifest["batches"][0]["route"] == "export"
    assert [field.get("key") for field in manifest["schema"]] == [0, 1, None, None]
    assert filled.left_over() == []


def test_a_full_window_has_no_deleted_items_to_mark(filled):
    manifest = filled.land(fields=FIELDS, include_deleted=True)
    assert [field["name"] for field in manifest["schema"]] == [field["name"] for field in FIELDS]


def test_an_incremental_export_lands_each_changed_item_once(filled):
    spec = {"fields": FIELDS, "window": "incremental", "include_deleted": True, "written_at": True}
    manifest = filled.land(DAY, end=DAY + 24 * HOUR, **spec)
    found = filled.rows(manifest)
    assert [(row["meter"], row["state"], row["is_deleted"]) for row in found] == [
        ("m1", "replaced", False),
        ("m10", "ok", False),
        ("m2", None, True),
    ]
    assert found[2]["reading"] is None
    assert found[2]["written_at"] == f"{DAY + 2 * HOUR:%Y-%m-%dT%H:%M:%S}.000000Z"
    assert filled.left_over() == []


def test_deleted_items_are_left_out_where_they_are_not_asked_for(filled):
    for spec in ({}, {"include_deleted": True, "deletes": "ignore"}):
        manifest = filled.land(DAY, end=DAY + 24 * HOUR, fields=FIELDS, window="incremental", **spec)
        assert [row["meter"] for row in filled.rows(manifest)] == ["m1", "m10"]


def test_the_end_of_a_window_belongs_to_the_next(filled):
    """m1 was written at DAY + 1 h, which is the start of one window and the end of the other."""
    first = filled.land(DAY, end=DAY + HOUR, fields=FIELDS, window="incremental")
    second = filled.land(DAY + HOUR, end=DAY + 2 * HOUR, fields=FIELDS, window="incremental")
    assert filled.rows(first) == []
    assert [row["meter"] for row in filled.rows(second)] == ["m1", "m10"]


def test_a_longer_window_is_cut_into_exports(filled):
    """An item that changed on both days comes once for each; written_at says which is the last."""
    filled.put(DAY + 30 * HOUR, item("m1", 1, **reading("101")))
    spec = {"fields": FIELDS, "window": "incremental", "written_at": True}
    manifest = filled.land(DAY, end=DAY + 36 * HOUR, **spec)
    found = [row for row in filled.rows(manifest) if row["meter"] == "m1"]
    assert [row["reading"] for row in sorted(found, key=lambda row: row["written_at"])] == [100, 101]
    assert filled.left_over() == []


def test_batches_are_exports_of_their_own(filled):
    window = {"from": f"{DAY:%Y-%m-%d}", "to": f"{DAY + 48 * HOUR:%Y-%m-%d}"}
    manifest = filled.land(DAY, end=DAY + 48 * HOUR, fields=FIELDS, window=window, batch_size="1 day")
    assert [batch["rows"] for batch in manifest["batches"]] == [2, 1]


def test_a_window_without_length_is_an_empty_object(meters):
    manifest = meters.land(
        DAY, end=DAY, fields=FIELDS, window={"from": f"{DAY:%Y-%m-%d}", "to": f"{DAY:%Y-%m-%d}"}
    )
    assert manifest["rows"] == 0


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (
            DAY,
            DAY + timedelta(minutes=14),
            "the window is 14 minutes long, and DynamoDB exports no less than 15",
        ),
        (
            DAY - timedelta(days=40),
            DAY - timedelta(days=39),
            "the window begins at .* reaches back to .*35 days",
        ),
        (DAY - timedelta(hours=8), DAY, "reaches back to .*Read the table once with window: full"),
        (DAY + timedelta(days=20), DAY + timedelta(days=21), "the window ends at .*, which is still to come"),
        (DAY, DAY + timedelta(hours=1, microseconds=5), "on whole seconds"),
    ],
)
def test_a_window_that_no_export_holds_is_refused(meters, start, end, said):
    with pytest.raises(FatalError, match=said):
        meters.land(start, end=end, fields=FIELDS, window="incremental")


def test_a_window_that_has_just_ended_is_waited_for(meters, tables):
    """Point-in-time recovery lags behind by five minutes; the run starts its export when it has caught up."""
    end = tables.clock.now().replace(microsecond=0) - timedelta(minutes=1)
    meters.put(end - timedelta(minutes=2), item("m1", 1))
    looked = []
    source = meters.source()

    def watched():
        looked.append(tables.clock.now())
        tables.clock.advance(120)
        return source

    meters.source = watched
    manifest = meters.land(end - HOUR, end=end, fields=FIELDS, window="incremental")
    tables.clock.advance(-120 * len(looked))
    assert [row["meter"] for row in meters.rows(manifest)] == ["m1"]
    assert len(looked) >= 3


def test_attributes_that_the_spec_does_not_name(filled, caplog):
    filled.put(DAY, item("m99", 1, reading={"N": "1"}, colour={"S": "red"}, size={"N": "2"}))
    manifest = filled.land(fields=FIELDS)
    assert "colour" not in filled.rows(manifest)[0]
    assert "have attributes that the spec does not name, which were left out: colour, size" in caplog.text
    with pytest.raises(
        FatalError,
        match="an attribute that the spec does not name, and the spec says drift: fail: colour, size",
    ):
        filled.land(fields=FIELDS, drift="fail")
    kept = filled.land(fields=FIELDS, other_attributes="rest")
    assert {row["meter"]: row["rest"] for row in filled.rows(kept)}["m99"] == '{"colour":"red","size":2}'


def test_without_fields_the_key_and_everything_else_as_json(filled):
    manifest = filled.land()
    found = filled.rows(manifest)
    assert list(found[0]) == ["meter", "slot", "attributes"]
    assert found[0]["attributes"] == '{"reading":0.5,"state":"ok"}'


def test_a_renamed_attribute_keeps_its_place_in_the_key(filled):
    fields = [{"name": "meter", "as": "meter_id"}, *FIELDS[1:]]
    manifest = filled.land(fields=fields, format="parquet")
    assert [(one["name"], one["key"]) for one in manifest["schema"]][:2] == [("meter_id", 0), ("slot", 1)]
    assert manifest["rows"] == 10
    taken = [{"name": "meter"}, {"name": "state", "as": "rest"}]
    with pytest.raises(FatalError, match="the column rest is added to every row"):
        filled.land(fields=taken, other_attributes="rest")


def test_a_dropped_attribute_is_in_no_other_column(filled):
    fields = [*FIELDS[:3], {"name": "state", "protect": "drop"}]
    manifest = filled.land(fields=fields, other_attributes="rest")
    assert {row["rest"] for row in filled.rows(manifest)} == {"{}"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            [{"name": "meter"}, {"name": "reading"}],
            "attribute reading of .* is declared text, and an item holds N; write type: number",
        ),
        (
            [{"name": "reading", "type": "integer"}],
            "declared integer, and an item holds a value that does not fit .*json.gz, up to line",
        ),
        ([{"name": "reading", "type": "number(4, 1)"}], "value that does not fit"),
        (
            [{"name": "slot", "type": "text"}],
            "the key attribute slot of .* is of type number, and the spec says text",
        ),
        ([{"name": "meter", "type": "varchar"}], "'varchar' is not a type; write one of text, integer"),
        ([{"name": "meter", "protect": "drop"}], "every field is dropped"),
    ],
)
def test_a_type_that_the_items_do_not_have(filled, fields, said):
    filled.put(DAY, item("m50", 1, **reading("12345.125")))
    with pytest.raises(FatalError, match=said):
        filled.land(fields=fields)
    assert filled.left_over() == []


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"object": "no_such_table"}, "no such table in the connection's account and region"),
        ({"filter": "a = 1"}, "DynamoDB has no filter"),
        ({"cursor": "updated_at", "window": "incremental"}, "DynamoDB has no cursor"),
        ({"surprise": 1}, r"unknown key \['surprise'\]"),
        ({"read_by": "stream"}, "'stream' is not a valid read_by"),
        ({"other_attributes": "meter", "fields": FIELDS}, "the column meter is added to every row"),
    ],
)
def test_a_spec_that_dynamodb_cannot_honour(meters, spec, said):
    with pytest.raises(FatalError, match=said):
        meters.land(end=DAY + 24 * HOUR, **spec)


@pytest.mark.parametrize(
    ("operation", "code", "error", "said"),
    [
        ("DescribeTable", "AccessDeniedException", FatalError, "lacks this right"),
        ("DescribeTable", "UnrecognizedClientException", FatalError, "access key is not valid"),
        ("ExportTableToPointInTime", "LimitExceededException", RetriableError, "Too many exports"),
        ("ExportTableToPointInTime", "AccessDeniedException", FatalError, "could not export the table"),
        ("DescribeExport", "InternalServerError", RetriableError, "could not look at export"),
    ],
)
def test_what_dynamodb_refuses(filled, tables, operation, code, error, said):
    tables.fault(operation, code, times=None)
    with pytest.raises(error, match=said) as caught:
        filled.land(fields=FIELDS)
    assert "secret" not in str(caught.value)
    assert filled.left_over() == []


def test_passing_failures_are_tried_again(filled, tables):
    for operation in ("DescribeTable", "ExportTableToPointInTime", "DescribeExport"):
        tables.fault(operation, "ThrottlingException", times=2)
    assert filled.land(fields=FIELDS)["rows"] == 10


@pytest.mark.parametrize(
    ("code", "message", "error"),
    [
        ("S3AccessDenied", "The role may not write", FatalError),
        ("Unknown", "something went wrong inside", RetriableError),
    ],
)
def test_an_export_that_fails_leaves_the_publication_as_it_was(filled, tables, code, message, error):
    before = filled.land(fields=FIELDS)
    tables.fail_next_export(code, message)
    with pytest.raises(error, match=f"failed: {code}"):
        filled.land(run_id="second", fields=FIELDS)
    assert filled.bucket.get_json("finance/deals/dt=20261101T000000Z/_manifest.json") == before


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("cut", "has not the MD5"),
        ("lost", "NoSuchKey"),
        ("counted", "counts 11 items, and its data files 10"),
        ("other", "is the manifest of another export"),
    ],
)
def test_a_damaged_export_is_not_published(filled, damage, said):
    source = filled.source()
    pending = source.begin(request_of(filled, source), lambda _: None)
    pending = source.look(pending)
    keys = filled.left_over()
    summary = next(key for key in keys if key.endswith("manifest-summary.json"))
    data = next(key for key in keys if key.endswith(".json.gz"))
    if damage == "cut":
        body = filled.bucket.client.get_object(Bucket=filled.bucket.name, Key=data)["Body"].read()
        filled.bucket.put_bytes(data, body[:-9])
    elif damage == "lost":
        filled.bucket.delete([data])
    else:
        value = filled.bucket.get_json(summary)
        value |= {"itemCount": 11} if damage == "counted" else {"exportArn": "arn:another"}
        filled.bucket.put_json(summary, value)
    rows = source.resume(request_of(filled, source), pending, lambda _: None)
    with pytest.raises((RetriableError, FatalError), match=said):
        list(rows.batches())


def request_of(meters: Meters, source):
    plan = make_plan(source, open_run(meters.compiled(fields=FIELDS), meters.run(DAY, "run", DAY)))
    return plan.request(0)


def test_a_preview_needs_no_export(filled):
    opening = open_run(filled.compiled(fields=FIELDS), filled.run(DAY, "run", DAY))
    shown = preview(filled.source(), opening, 3)
    assert len(shown.rows) == 3
    assert filled.left_over() == []


def test_a_connection_that_says_too_little(meters):
    source = meters.new_source(export_bucket=None)
    said = "names no place for exports; write export_bucket into its extra, or read_by: scan"
    with pytest.raises(FatalError, match=said):
        request_of(meters, source)
    with pytest.raises(FatalError, match="connection 'dynamodb' names no region"):
        meters.new_source(region_name=None)


def test_a_role_is_assumed_through_the_same_endpoint(filled, s3):
    """Its credentials sign what is asked, and they are asked for once."""
    source = filled.new_source(role_arn="arn:aws:iam::123456789012:role/reads_the_tables")
    before = s3.requests
    request_of(filled, source)
    assert s3.requests - before == source.calls + 1
    credentials = source._service.client("s3")._request_signer._credentials
    assert credentials.access_key.startswith("ASIA")
    said = "could not describe the table"
    with pytest.raises(RetriableError, match=said):
        request_of(filled, filled.new_source(endpoint_url="http://127.0.0.1:9"))
