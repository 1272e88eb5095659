"""Columns that are called otherwise than their fields: in every format, in the manifest, in what is held against the last one."""

import pytest
from lake_ingest.errors import FatalError
from lake_ingest.lake.verification import verify_publication
from lake_ingest.spec.ingestion import Ingestion

from tests.runtime.landing import PREFIX
from tests.runtime.published import written_rows
from tests.runtime.run.test_engine import NEXT_DAY

OWN = [{"name": "Id"}, {"name": "StageName"}, {"name": "Account.Name"}, {"name": "CloseDate"}]
RENAMED = [
    {"name": "Id", "as": "opportunity_id"},
    {"name": "StageName", "as": "stage", "protect": "mask"},
    {"name": "Account.Name", "as": "account_name"},
    {"name": "CloseDate"},
]
NAMES = ["opportunity_id", "stage", "account_name", "CloseDate"]


@pytest.mark.parametrize("api", ["rest", "bulk"])
@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "parquet"])
def test_a_column_has_its_own_name_and_the_same_values(landing, fmt, api):
    spec = {"object": "Opportunity", "api": api, "format": fmt}
    before = landing.land(**spec, fields=OWN)
    own = written_rows(landing.bucket, before)
    manifest = landing.land(NEXT_DAY, "next", **spec, fields=RENAMED, coerce_to_timestamp=False)
    assert [column["name"] for column in manifest["schema"]] == NAMES
    renamed = written_rows(landing.bucket, manifest)
    values = [(row["Id"], row["Account.Name"], row["CloseDate"]) for row in own]
    assert [(row["opportunity_id"], row["account_name"], row["CloseDate"]) for row in renamed] == values
    assert {row["stage"] for row in renamed} == {"****"}
    assert set(manifest["drift"]["added"]) == {"opportunity_id", "stage", "account_name"}
    key = f"{PREFIX}/dt={NEXT_DAY:%Y%m%dT%H%M%SZ}/_manifest.json"
    assert verify_publication(landing.bucket, key).problems == ()


def test_drift_is_of_the_names_that_are_written(landing):
    spec = {"object": "Opportunity", "format": "csv", "record_time_added": True}
    landing.land(**spec, fields=RENAMED)
    again = landing.land(NEXT_DAY, "next", **spec, fields=RENAMED, drift="fail")
    assert again["drift"] == {"added": [], "removed": [], "changed": []}
    more = [*RENAMED, {"name": "Name", "as": "title"}]
    with pytest.raises(FatalError, match="added: title"):
        landing.land(NEXT_DAY, "third", **spec, fields=more, drift="fail")
    frozen = landing.land(NEXT_DAY, "third", **spec, fields=more, drift="freeze")
    assert [column["name"] for column in frozen["schema"]] == [*NAMES, "time_fetched_from_salesforce"]


def test_two_columns_of_one_name_are_refused(landing):
    spec = landing.compiled(object="Opportunity", fields=[{"name": "Id"}, {"name": "Name", "as": "ID"}])
    with pytest.raises(ValueError, match="two columns would be called Id"):
        Ingestion.from_dict(spec)
