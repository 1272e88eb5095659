"""CSV with another delimiter, and with a byte-order mark: written, described, and read again by everything that reads."""

import csv
import io

import pytest
from lake_ingest.lake.verification import verify_publication
from lake_ingest.rows.decode import read_rows
from lake_ingest.run.opening import open_run
from lake_ingest.run.preview import preview
from lake_ingest.spec.ingestion import Ingestion

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import written_rows

FIELDS = [{"name": "Id"}, {"name": "Name"}, {"name": "StageName"}]
COMMAS = {"object": "Opportunity", "fields": FIELDS, "format": "csv"}
AWKWARD = 'a;b,c|d\te "quoted"\nnext line'


def text_of(landing, manifest):
    (batch,) = manifest["batches"]
    return landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=batch["key"])["Body"].read()


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize(("delimiter", "character"), [(";", ";"), ("tab", "\t"), ("|", "|"), (",", ",")])
def test_the_same_rows_in_another_dialect(landing, delimiter, character, bom):
    landing.org.insert(
        "Opportunity", {"Name": AWKWARD, "StageName": "Prospecting", "CloseDate": "2019-05-05"}
    )
    usual = written_rows(landing.bucket, landing.land(**COMMAS))
    dialect = {"delimiter": delimiter, "bom": bom}
    manifest = landing.land(**COMMAS, csv=dialect)
    text = text_of(landing, manifest).decode()
    assert text.startswith("\ufeff") is bom
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=character))
    assert rows[0] == ["Id", "Name", "StageName"]
    assert [dict(zip(rows[0], [one or None for one in row], strict=True)) for row in rows[1:]] == [
        {name: value or None for name, value in row.items()} for row in usual
    ]
    assert AWKWARD in {row[1] for row in rows}
    assert manifest.get("csv", {}) == {
        **({"delimiter": delimiter} if delimiter != "," else {}),
        **({"bom": True} if bom else {}),
    }
    assert verify_publication(landing.bucket, f"{PREFIX}/dt=20261101T000000Z/_manifest.json").problems == ()


def test_preview_and_comparison_read_it(landing):
    spec = {**COMMAS, "csv": {"delimiter": ";", "bom": True}}
    opening = open_run(landing.compiled(**spec), landing.run(DAY, "preview", DAY))
    assert len(preview(landing.source(), opening, 3).rows) == 3


@pytest.mark.parametrize("names", [["Id"], ["Name", "Id"], []])
@pytest.mark.parametrize("head", ['\ufeff"Id";"Name"\n', '"Id"|"Name"\n', '"Id"\t"Name"\n', '"Id","Name"\n'])
def test_a_file_says_its_delimiter_itself(tmp_path, names, head):
    character = head.removeprefix("\ufeff")[4]
    (tmp_path / "rows").write_text(f'{head}"1"{character}"a;b,c"\n', encoding="utf-8")
    (batch,) = read_rows(tmp_path / "rows", "csv", "none", names)
    values = {"Id": "1", "Name": "a;b,c"}
    assert batch.num_rows == 1
    assert [column.to_pylist() for column in batch.columns][: len(names)] == [
        [values[name]] for name in names
    ]


def test_another_format_has_no_dialect(landing):
    with pytest.raises(ValueError, match="cannot be written as parquet"):
        Ingestion.from_dict(landing.compiled(**{**COMMAS, "format": "parquet"}, csv={"delimiter": ";"}))
    with pytest.raises(ValueError, match="is no dialect of CSV"):
        Ingestion.from_dict(landing.compiled(**COMMAS, csv={"delimiter": "x"}))


def test_labels_and_a_text_for_nulls(landing):
    fields = [{"name": "Id"}, {"name": "Name"}, {"name": "NextStep", "as": "next"}, {"name": "CloseDate"}]
    labels = {"Id": "Opportunity ID", "Name": "Deal name", "NextStep": "Next step", "Gone": "It went"}
    spec = {**COMMAS, "fields": fields, "csv": {"null": "\\N", "labels": labels}}
    landing.org.insert("Opportunity", {"Name": "bare", "StageName": "Prospecting", "CloseDate": "2019-05-05"})
    manifest = landing.land(**spec)
    head, *rows = text_of(landing, manifest).decode().splitlines()
    assert head == '"Opportunity ID","Deal name","next","CloseDate"'
    assert any('"bare",\\N,"2019-05-05"' in row for row in rows)
    assert [column["name"] for column in manifest["schema"]] == ["Opportunity ID", "Deal name", "next", "CloseDate"]  # fmt: skip
    assert manifest["csv"] == {"null": "\\N"}
    assert verify_publication(landing.bucket, f"{PREFIX}/dt=20261101T000000Z/_manifest.json").problems == ()
    one = landing.compiled(**spec, filter="Name = 'bare'")
    shown = preview(landing.source(), open_run(one, landing.run(DAY, "preview", DAY)), 5)
    assert [row[1:] for row in shown.rows] == [("bare", None, "2019-05-05")]
