"""`partition_by`: the rows of each value in a folder of its own, as Hive names them, one manifest over all."""

import io

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.rows.by_value import ByValue
from lake_ingest.rows.text_array import text_array
from lake_ingest.spec.folder_of_value import MOST_FOLDERS, folder_of

from tests.runtime.landing import DAY, PREFIX
from tests.runtime.published import written_rows

FOLDER = f"{PREFIX}/dt=20261101T000000Z/"
BY_STAGE = {
    "object": "Opportunity",
    "fields": [{"name": "Id"}, {"name": "StageName", "as": "stage"}, {"name": "Amount"}],
    "partition_by": "StageName",
    "format": "parquet",
}


def rows_by_folder(landing, manifest):
    found = {}
    for batch in manifest["batches"]:
        one = {**manifest, "batches": [batch]}
        found.setdefault(batch["partition"], []).extend(
            row["Id"] for row in written_rows(landing.bucket, one)
        )
    return {folder: sorted(ids) for folder, ids in found.items() if ids}


def stages(org):
    found = {}
    for row in org.rows("Opportunity", ["Id", "StageName"]):
        value = row["StageName"]
        found.setdefault(folder_of("stage", value), []).append(row["Id"])
    return {folder: sorted(ids) for folder, ids in found.items()}


CUT = {"batch_size": "4 years", "window": {"from": "2023-01-01", "to": "2030-01-01"}, "format": "csv"}


@pytest.mark.parametrize("cut", [{}, CUT])
def test_each_row_lies_in_the_folder_of_its_value(landing, cut):
    manifest = landing.land(**{**BY_STAGE, **cut})
    assert rows_by_folder(landing, manifest) == stages(landing.org)
    assert all(batch["key"].startswith(f"{FOLDER}{batch['partition']}/") for batch in manifest["batches"])
    assert manifest["partition_by"] == {"field": "StageName", "folder": "stage", "kind": "text"}
    assert [column["name"] for column in manifest["schema"]] == ["Id", "Amount"]
    assert manifest["rows"] == len(landing.org.rows("Opportunity", ["Id"]))
    assert verify_publication(landing.bucket, f"{FOLDER}_manifest.json").problems == ()
    assert set(landing.bucket.keys("")) == {
        f"{FOLDER}_manifest.json",
        *(one["key"] for one in manifest["batches"]),
    }


def test_engines_read_the_column_from_the_folders(landing, tmp_path):
    manifest = landing.land(**BY_STAGE)
    for batch in manifest["batches"]:
        file = tmp_path / batch["key"].removeprefix(FOLDER)
        file.parent.mkdir(exist_ok=True)
        landing.bucket.download(batch["key"], file)
    found = duckdb.sql(
        f"SELECT stage, count(*) FROM read_parquet('{tmp_path}/*/*.parquet', hive_partitioning=true) GROUP BY 1"
    ).fetchall()
    expected = {}
    for row in landing.org.rows("Opportunity", ["StageName"]):
        expected[row["StageName"]] = expected.get(row["StageName"], 0) + 1
    assert dict(found) == expected


def test_a_rerun_leaves_no_folder_of_a_value_that_is_gone(landing):
    row, _ = landing.org.insert(
        "Account", [{"Name": "of a folder", "BillingCountry": "Åland/øy"}, {"Name": "of a folder"}]
    )
    spec = {
        "object": "Account",
        "fields": [{"name": "Id"}, {"name": "BillingCountry"}],
        "filter": "Name = 'of a folder'",
        "partition_by": "billingcountry",
        "format": "csv",
    }
    first = landing.land(**spec)
    nulls = "billingcountry=__HIVE_DEFAULT_PARTITION__"
    assert {batch["partition"] for batch in first["batches"]} == {"billingcountry=Åland%2Føy", nulls}
    landing.org.delete("Account", row)
    second = landing.land(run_id="again", **spec)
    assert {batch["partition"] for batch in second["batches"]} == {nulls}
    assert set(landing.bucket.keys("")) == {
        f"{FOLDER}_manifest.json",
        *(one["key"] for one in second["batches"]),
    }


def test_no_rows_are_an_empty_file_in_the_folder_of_nulls(landing):
    manifest = landing.land(**BY_STAGE, filter="Name = 'nobody has this name'")
    (batch,) = manifest["batches"]
    assert (batch["partition"], batch["rows"]) == ("stage=__HIVE_DEFAULT_PARTITION__", 0)
    assert written_rows(landing.bucket, manifest) == []


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        (
            {"partition_by": "Amount"},
            "Amount is of type currency; folders take the values of a column of text",
        ),
        ({"partition_by": "CloseDate"}, "names CloseDate, which is none of the columns"),
        (
            {"fields": [{"name": "Id"}, {"name": "StageName", "protect": "hash"}], "protect_conn_id": "key"},
            "StageName is protected",
        ),
        ({"fields": [{"name": "StageName"}]}, "StageName is the only column, so the files would have none"),
        ({"partition_by": "Id"}, f"the column id has more than {MOST_FOLDERS} values in one batch"),
    ],
)
def test_what_cannot_name_folders_is_refused_and_nothing_is_left(landing, spec, reason):
    with pytest.raises(FatalError, match=reason):
        landing.land(**{**BY_STAGE, **spec})
    assert [key for key in landing.bucket.keys("") if "/_staging/" not in key] == []


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("DE", "c=DE"),
        (None, "c=__HIVE_DEFAULT_PARTITION__"),
        ("a b/c=d:%", "c=a%20b%2Fc%3Dd%3A%25"),
        ("Škoda", "c=Škoda"),
        ("2026-01-31", "c=2026-01-31"),
        ("..", "c=.."),
    ],
)
def test_names_of_folders(value, folder):
    assert folder_of("c", value) == folder


@pytest.mark.parametrize("value", ["", "__HIVE_DEFAULT_PARTITION__", "x" * 256])
def test_values_that_no_folder_can_have(tmp_path, value):
    rows = pa.RecordBatch.from_arrays([text_array(["a"])], names=["Id"])
    with (
        pytest.raises(FatalError, match="partition_by: a row's value of c is "),
        ByValue(tmp_path, "c", "u.n") as spread,
    ):
        spread.add(text_array([value]), rows)


def test_rows_keep_their_order_and_are_spread_in_large_pieces(tmp_path):
    size = 40_000
    texts = [f"{number:0300d}" for number in range(size)]
    with ByValue(tmp_path, "c", "u.n") as spread:
        for start in range(0, size, 1000):
            some = texts[start : start + 1000]
            spread.add(
                text_array([["x", None, "y"][number % 3] for number in range(start, start + 1000)]),
                pa.RecordBatch.from_arrays([text_array(some)], names=["Id"]),
            )
    found = {folder: list(spread.rows(number)) for folder, number in spread.folders.items()}
    assert list(found) == ["c=__HIVE_DEFAULT_PARTITION__", "c=x", "c=y"]
    assert [value for batch in found["c=y"] for value in batch.column(0).to_pylist()] == texts[2::3]
    assert all(len(batches) < 4 for batches in found.values())


def test_the_file_of_a_folder_is_like_any_other(landing):
    """Types and compression are those of a file that is not partitioned."""
    manifest = landing.land(**BY_STAGE, compression="zstd")
    body = landing.bucket.client.get_object(Bucket=landing.bucket.name, Key=manifest["batches"][0]["key"])[
        "Body"
    ].read()
    file = pq.ParquetFile(io.BytesIO(body))
    assert str(file.schema_arrow.field("Amount").type) == "decimal128(38, 18)"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert DAY.year == 2026
