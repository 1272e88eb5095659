"""Rules of columns, held before a run is published."""

import pytest
from lake_ingest.errors import FatalError

from tests.runtime.landing import DAY

FIELDS = {
    "object": "Opportunity",
    "fields": [{"name": name} for name in ("Id", "StageName", "Amount", "CreatedDate")],
}


def rules(**columns):
    return {**FIELDS, "expect": {"columns": columns}}


def test_a_publication_says_which_rules_it_fulfils(landing):
    spec = rules(Id={"not_null": True, "unique": True}, CreatedDate={"fresh": "100 years"})
    manifest = landing.ingest(DAY, "first", **spec).to_dict()
    assert manifest["quality"]["Id"] == {"not_null": True, "unique": True}
    assert manifest["quality"]["CreatedDate"]["newest"] == max(
        row["CreatedDate"].replace("+0000", "Z") for row in landing.org.rows("Opportunity", ["CreatedDate"])
    )


@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_a_run_that_breaks_a_rule_publishes_nothing(landing, fmt):
    landing.ingest(DAY, "first", format=fmt, **FIELDS)
    standing = sorted(landing.bucket.keys(""))
    spec = rules(StageName={"in": ["Closed Won"]}, Amount={"between": [0, 1]})
    with pytest.raises(
        FatalError, match=r"StageName one of Closed Won, and \d+ of \d+ rows have not, such as"
    ) as failure:
        landing.ingest(DAY, "second", format=fmt, **spec)
    assert "Amount values from 0 to 1" in str(failure.value)
    assert sorted(landing.bucket.keys("")) == standing


def test_batches_are_counted_together(landing):
    spec = {
        **rules(StageName={"in": ["Closed Won"]}),
        "window": {"from": "2025-01-01", "to": "2026-07-01"},
        "batch_size": "3 months",
    }
    total = len(
        [row for row in landing.org.rows("Opportunity", ["StageName"]) if row["StageName"] != "Closed Won"]
    )
    assert total > 10
    with pytest.raises(FatalError, match=r"StageName one of Closed Won, and \d\d+ of \d+ rows have not"):
        landing.land(DAY, "first", **spec)
