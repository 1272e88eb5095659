"""The tables of every source: the history is its publications, the current state what the source holds, whatever the order of runs."""

import random
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from lake_ingest.errors import RetriableError
from lake_ingest.run.merging import KEYS, ROWS

from tests.runtime.airflow import tasks
from tests.runtime.contract.kinds import Deal, dealt, landed
from tests.runtime.current_state import merge, rows_of, state_of

HALF, HOUR = timedelta(hours=12), timedelta(hours=1)


@pytest.fixture
def spec(kind):
    database = f"unit_{uuid.uuid4().hex[:12]}"
    kind.landing.glue().create_database(DatabaseInput={"Name": database})
    table = {"database": database, "name": "deals", "current": True}
    return {**kind.spec, **kind.state, "format": "parquet", "table": table}


def compare(kind, start, spec):
    """Look for rows that are gone, where the source keeps no deleted ones."""
    if "compare_ids" not in spec:
        return
    from lake_ingest.airflow.tasks import CompareIdsOperator  # noqa: PLC0415 - Airflow reads its settings when it is loaded

    operator = CompareIdsOperator(
        task_id="compare_ids", ingestion=kind.landing.compiled(**spec), **tasks.UNIT
    )
    tasks.run(operator, tasks.context(start, start + HALF))
    merge(kind.landing, start, KEYS, **spec)


def test_history_and_current_state_are_the_sources_truth(kind, spec, s3, monkeypatch):
    """The later window first; a run that ends between S3 and the catalogue, its retry; a rerun; late and killed merges."""
    tasks.connect(kind.landing, monkeypatch)
    chance, manifests = random.Random(kind.names[0]), {}
    early, late = kind.day, kind.day + HALF

    def run(start, name):
        manifests[start] = kind.landing.land(start, name, start + HALF, **spec)

    kind.put(
        *(Deal(n, f"first {n}", Decimal("12.50") if n % 2 else None, early + n * HOUR) for n in range(5))
    )
    kind.put(Deal(9, "of the evening", Decimal(0), late + HOUR))
    run(late, "late")
    run(early, "early")
    merge(kind.landing, chance.choice([early, late]), killed_after=chance.choice([None, 1]), **spec)
    kind.remove(1)
    kind.remove(2)
    kind.put(Deal(2, "changed", None, late + 2 * HOUR))
    s3.fault("internal_error", "AWSGlue.UpdateTable", times=None)
    with pytest.raises(RetriableError, match="which is published"):
        run(late, "late again")
    s3.clear_faults()
    for start, name in chance.sample([(late, "late again"), (early, "early again")], 2):
        run(start, name)
    merge(kind.landing, early, killed_after=1, **spec)
    compare(kind, late, spec)
    for start in chance.sample([early, late], 2):
        merge(kind.landing, start, ROWS, **spec)
    assert dealt(state_of(kind.landing, *kind.names, **spec)) == kind.said()
    assert sorted(deal.number for deal in kind.said()) == [0, 2, 3, 4, 9]
    history = rows_of(kind.landing, "", *kind.names, "_logical_date", **spec)
    assert {row[-1] for row in history} == {start.isoformat() for start in manifests}
    for start, manifest in manifests.items():
        assert dealt(row[:-1] for row in history if row[-1] == start.isoformat()) == landed(kind, manifest)
