"""What OpenLineage is told: real events of the provider's own classes, held against the specification."""

import json
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from jsonschema import ValidationError
from lake_ingest.rows.column import Column

from tests import lineage_schema
from tests.runtime.lake.manifests import manifest

FIELDS = [{"name": "Id", "protect": None}, {"name": "Email", "protect": "hash", "as": "mail"}]
COLUMNS = (
    Column("Id", "text", source_type="id", key=0),
    Column("mail", "text", source_type="email", protect="hash"),
    Column("time_fetched_from_salesforce", "integer"),
)


@pytest.fixture
def operators():
    pytest.importorskip("airflow.providers.openlineage.extractors.base")
    from lake_ingest.airflow import tasks  # noqa: PLC0415 - Airflow reads its settings when it is loaded

    return tasks


def sent(task: Any) -> dict[str, Any]:
    """The event that the provider would send of a task that succeeded."""
    from airflow.providers.openlineage.extractors.base import DefaultExtractor  # noqa: PLC0415
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState  # noqa: PLC0415
    from openlineage.client.serde import Serde  # noqa: PLC0415

    found = DefaultExtractor(task).extract_on_complete(SimpleNamespace())
    event = RunEvent(
        eventTime=datetime(2026, 11, 27, tzinfo=UTC).isoformat(),
        eventType=RunState.COMPLETE,
        run=Run(str(UUID(int=1))),
        job=Job("airflow", "finance.deals.ingest"),
        inputs=found.inputs,
        outputs=found.outputs,
        producer="https://example.com",
    )
    body: dict[str, Any] = json.loads(Serde.to_json(event))
    lineage_schema.validate(body)
    return body


def _published(operators: ModuleType) -> dict[str, Any]:
    task = operators.ToS3Operator(
        task_id="ingest",
        ingestion={"conn_id": "salesforce_default", "fields": FIELDS},
        aws_conn_id="lake",
        bucket="the-lake",
        prefix="finance/deals",
    )
    task.published = manifest(schema=COLUMNS, extra={"quality": {"Id": {"not_null": True}}})
    return sent(task)


def _set(event: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path such as `outputs.0.facets`; None takes away what is there."""
    *way, last = path.split(".")
    for step in way:
        event = event[int(step)] if isinstance(event, list) else event[step]  # type: ignore[unreachable]
    if value is None:
        del event[last]
    else:
        event[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("run", None),
        ("job.namespace", None),
        ("run.runId", "7"),
        ("eventType", "DONE"),
        ("eventTime", "yesterday"),
        ("eventTime", "2026-11-27"),
        ("producer", "us"),
        ("schemaURL", None),
        ("rows", 3),
        ("inputs.0.name", 7),
        ("inputs.0.facets.schema.fields.0.name", None),
        ("inputs.0.facets.schema.fields.0.kind", "text"),
        ("inputs.0.inputFacets.dataQualityAssertions.assertions.0.success", "yes"),
        ("outputs.0.outputFacets.outputStatistics.rowCount", "3"),
        ("outputs.0.outputFacets.outputStatistics.rows", 3),
        ("outputs.0.facets.columnLineage.fields.Id.inputFields.0.field", None),
        ("outputs.0.facets.columnLineage.fields.Id.inputFields.0.transformations.0.masking", "no"),
        ("outputs.0.facets.columnLineage._producer", None),
        (
            "outputs.0.facets.columnLineage._schemaURL",
            "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json",
        ),
        ("outputs.0.facets.unit", {"_producer": "https://example.com", "_schemaURL": "https://example.com"}),
    ],
)
def test_a_wrong_event_is_seen(operators, path, value):
    event = _published(operators)
    _set(event, path, value)
    with pytest.raises(ValidationError):
        lineage_schema.validate(event)


def test_a_facet_at_another_place_is_seen(operators):
    event = _published(operators)
    [lake] = event["outputs"]
    lake["facets"]["outputStatistics"] = lake["outputFacets"].pop("outputStatistics")
    with pytest.raises(ValidationError, match="outputStatistics, a facet of a Dataset"):
        lineage_schema.validate(event)


def test_an_event_says_which_column_comes_from_which_field(operators):
    place = {"aws_conn_id": "lake", "bucket": "the-lake", "prefix": "finance/deals"}
    compiled = {"conn_id": "salesforce_default", "fields": FIELDS}
    task = operators.ToS3Operator(task_id="ingest", ingestion=compiled, **place)
    assert task.get_openlineage_facets_on_complete(None) is None
    quality = {"Id": {"not_null": True}, "mail": {"fresh": "26 hours", "newest": "2026-11-27"}}
    task.published = manifest(schema=COLUMNS, rows=3, bytes=120, extra={"quality": quality})
    event = sent(task)
    (source,), (lake,) = event["inputs"], event["outputs"]
    assert (source["namespace"], source["name"]) == ("salesforce://salesforce_default", "Opportunity")
    assert [one["name"] for one in source["facets"]["schema"]["fields"]] == ["Id", "Email"]
    assertions = source["inputFacets"]["dataQualityAssertions"]["assertions"]
    assert [(one["column"], one["assertion"], one["success"]) for one in assertions] == [
        ("Id", "not_null", True),
        ("Email", "fresh", True),
    ]
    assert (lake["namespace"], lake["name"]) == ("s3://the-lake", "finance/deals")
    assert len(lake["facets"]["schema"]["fields"]) == 3
    columns = lake["facets"]["columnLineage"]["fields"]
    assert columns.keys() == {"Id", "mail"}  # the third is no field of the source
    (origin,) = columns["mail"]["inputFields"]
    assert (origin["field"], origin["name"]) == ("Email", "Opportunity")
    assert [one["masking"] for one in origin["transformations"]] == [True]
    counted = lake["outputFacets"]["outputStatistics"]
    assert (counted["rowCount"], counted["size"], counted["fileCount"]) == (3, 120, 1)


def test_a_task_that_publishes_batches_knows_the_fields_of_its_dag(operators):
    from airflow.sdk import DAG  # noqa: PLC0415

    place = {"aws_conn_id": "lake", "bucket": "the-lake", "prefix": "finance/deals"}
    with DAG("finance.deals", schedule=None):
        compiled = {"conn_id": "salesforce_default", "fields": FIELDS}
        operators.PlanBatchesOperator(task_id="plan_batches", ingestion=compiled, **place)
        task = operators.PublishOperator(task_id="publish", **place)
    task.published = manifest(schema=COLUMNS)
    (lake,) = sent(task)["outputs"]
    assert lake["facets"]["columnLineage"]["fields"]["mail"]["inputFields"][0]["field"] == "Email"
