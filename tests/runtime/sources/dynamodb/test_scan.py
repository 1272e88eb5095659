"""Tables without point-in-time recovery are scanned: in segments, at a measured pace."""

import time
from dataclasses import replace

import pytest
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.dynamodb import scan
from lake_ingest.sources.dynamodb.scan import Pace, pace_for
from lake_ingest.sources.dynamodb.table import describe_table

from tests.runtime.sources.dynamodb.meters import DAY, Meters, item

FIELDS = [{"name": "meter"}, {"name": "slot", "type": "integer"}, {"name": "text"}]


@pytest.fixture
def scanned(bucket, tables, dynamodb_client):
    made = Meters(None, bucket, tables=tables, api=dynamodb_client)
    made.make(recovery=False)
    made.put(DAY, *(item(f"m{number}", number, text={"S": "x" * 50_000}) for number in range(75)))
    return made


def test_without_recovery_the_table_is_scanned(scanned, monkeypatch):
    """3.7 MB are four pages at the least; each item comes once, whatever segment it lies in."""
    monkeypatch.setattr(scan, "_BYTES_A_SEGMENT", 2**20)
    manifest = scanned.land(fields=FIELDS, read_capacity=10_000)
    assert manifest["batches"][0]["route"] == "scan"
    assert sorted(row["slot"] for row in scanned.rows(manifest)) == list(range(75))


def test_changes_cannot_be_scanned(scanned):
    said = "point-in-time recovery is off for .* only window: full can be read"
    with pytest.raises(FatalError, match=said):
        scanned.land(DAY, end=DAY.replace(hour=1), fields=FIELDS, window="incremental")
    with pytest.raises(FatalError, match="Turn point-in-time recovery on for the table"):
        scanned.land(fields=FIELDS, read_by="export")


def test_throttling_is_tried_again_and_then_said(scanned, tables):
    tables.fault("Scan", "ProvisionedThroughputExceededException", skip=1, times=3)
    assert scanned.land(fields=FIELDS, read_capacity=10_000)["rows"] == 75
    tables.fault("Scan", "ProvisionedThroughputExceededException", skip=1, times=None)
    with pytest.raises(RetriableError, match="a smaller read_capacity leaves more to others"):
        scanned.land(fields=FIELDS, read_capacity=10_000)


def test_a_scan_keeps_to_its_read_capacity(scanned):
    """Some 920 units at 1,000 a second; the last page's are spent when nothing follows."""
    began = time.monotonic()
    scanned.land(fields=FIELDS, read_capacity=1000)
    assert time.monotonic() - began > 0.6


def test_the_pace_is_that_of_all_threads_together(monkeypatch):
    slept = []
    monkeypatch.setattr(scan.time, "sleep", slept.append)
    pace = Pace(100.0)
    pace.wait()
    assert slept == []
    pace.spent(50)
    pace.spent(100)
    pace.wait()
    assert slept[0] == pytest.approx(1.5, abs=0.2)


def test_provisioned_tables_lend_a_quarter(scanned):
    table = describe_table(scanned.source()._service, scanned.table)
    assert pace_for(table, None).units_a_second == 1000
    assert pace_for(replace(table, read_capacity=400), None).units_a_second == 100
    assert pace_for(table, 7).units_a_second == 7
