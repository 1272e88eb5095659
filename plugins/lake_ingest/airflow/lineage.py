"""What OpenLineage is told of a publication: from which object to which folder, column by column.

Only the OpenLineage provider asks for it, so it is loaded where that is installed and switched on, and when a task has succeeded.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airflow.providers.openlineage.extractors import OperatorLineage
from openlineage.client.event_v2 import InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    data_quality_assertions_dataset,
    documentation_dataset,
    output_statistics_output_dataset,
    schema_dataset,
)

from lake_ingest.lake.manifest import Manifest
from lake_ingest.rows.column import Column

_MASKED = {"hash": "a keyed hash stands for each value", "mask": "four stars stand for each value"}


def lineage_of(
    bucket: str, prefix: str, manifest: Manifest, ingestion: Mapping[str, Any]
) -> "OperatorLineage[Any, Any]":
    """The lineage of a publication.

    Args:
        bucket: of the lake.
        prefix: of the ingestion's publications.
        manifest: what was published.
        ingestion: as the DAG carries it; it knows the connection, and the fields behind columns of another name.
    """
    namespace, name = f"{manifest.source}://{ingestion['conn_id']}", manifest.object
    renamed = {one["as"]: one["name"] for one in _named(ingestion) if one.get("as")}
    read = [
        (column, renamed.get(column.name, column.name)) for column in manifest.schema if column.source_type
    ]
    source = InputDataset(
        namespace=namespace,
        name=name,
        facets={
            "schema": schema_dataset.SchemaDatasetFacet(
                fields=[
                    schema_dataset.SchemaDatasetFacetFields(name=field, type=column.source_type)
                    for column, field in read
                ]
            )
        },
        inputFacets=_quality(manifest, renamed),
    )
    lake = OutputDataset(
        namespace=f"s3://{bucket}",
        name=prefix,
        facets={
            "schema": schema_dataset.SchemaDatasetFacet(
                fields=[
                    schema_dataset.SchemaDatasetFacetFields(name=column.name, type=column.shape)
                    for column in manifest.schema
                ]
            ),
            "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
                fields={
                    column.name: column_lineage_dataset.Fields(
                        inputFields=[_from(namespace, name, field, column)]
                    )
                    for column, field in read
                }
            ),
            "documentation": documentation_dataset.DocumentationDatasetFacet(
                description=f"{manifest.unit}.{manifest.name}, {manifest.format}"
            ),
        },
        outputFacets={
            "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                rowCount=manifest.rows, size=manifest.bytes, fileCount=len(manifest.batches)
            )
        },
    )
    return OperatorLineage(inputs=[source], outputs=[lake])


def _named(ingestion: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return [*(ingestion.get("fields") or ()), *(ingestion.get("except") or ())]


def _from(namespace: str, name: str, field: str, column: Column) -> column_lineage_dataset.InputField:
    how = column_lineage_dataset.Transformation(
        type="DIRECT",
        subtype="TRANSFORMATION" if column.protect else "IDENTITY",
        description=_MASKED.get(column.protect or "", ""),
        masking=bool(column.protect),
    )
    return column_lineage_dataset.InputField(namespace, name, field, [how])


def _quality(manifest: Manifest, renamed: Mapping[str, str]) -> dict[str, Any]:
    """The rules of columns, which look at the rows as the source gave them; a run that breaks one publishes nothing."""
    found = list(_assertions(manifest.extra.get("quality") or {}, renamed))
    if not found:
        return {}
    return {
        "dataQualityAssertions": data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
            assertions=found
        )
    }


def _assertions(
    quality: Mapping[str, Mapping[str, Any]], renamed: Mapping[str, str]
) -> Iterator[data_quality_assertions_dataset.Assertion]:
    for column, rules in quality.items():
        for rule in rules:
            if rule != "newest":  # what `fresh` has found, and no rule
                yield data_quality_assertions_dataset.Assertion(
                    assertion=rule, success=True, column=renamed.get(column, column)
                )
