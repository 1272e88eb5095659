"""`SalesforceToS3Operator` under the import path and with the parameters of the original system.

One task reads one query and writes one object, which appears in S3 when it is complete. Compiled DAGs use the tasks of
`lake_ingest.airflow.tasks` instead, which cut a window into batches and publish them together.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from lake_ingest.airflow.tasks import run_step
from lake_ingest.version import VERSION

if TYPE_CHECKING:
    from lake_ingest.run.reading import BatchReader


class SalesforceToS3Operator(BaseOperator):
    """Read an object, or a query, from Salesforce into one S3 object.

    Args:
        sf_conn_id: Airflow connection to Salesforce: HTTP type (host, login, password, extra `security_token`) or
            Airflow's `salesforce` type.
        sf_obj: the object, such as Opportunity.
        s3_conn_id: Airflow connection to AWS; its `role_arn` is assumed.
        s3_bucket: the bucket (templated).
        s3_key: the key (templated).
        sf_fields: the fields to read; None for every field that can be read. A query replaces them, as it always has.
        fmt: csv, json, ndjson or parquet.
        from_date: rows changed at or after: a date-time with its zone, a date or a Salesforce literal (templated). A
            literal is resolved once, in UTC, at the moment the task begins.
        to_date: rows changed at or before, likewise (templated): a date and a literal include their last day. Left out
            beside `from_date`: everything up to the moment the task begins, which stays the same while it waits.
        query: SOQL in place of the built one (templated); not together with the dates.
        relationship_object: the child relationship in `query` whose records are written.
        record_time_added: add `time_fetched_from_salesforce`, whole seconds since 1970.
        coerce_to_timestamp: write dates and datetimes as whole seconds since 1970 (UTC).
        api: auto, rest or bulk.
        compression: none, gzip or zstd; snappy, too, for parquet.
        include_deleted: read deleted rows as well; the field IsDeleted has to be among those that are read.

    Raises:
        ValueError: `query` and a date are given together, or a parameter has no valid value.
    """

    template_fields: Sequence[str] = ("s3_bucket", "s3_key", "query", "from_date", "to_date", "sf_fields")
    template_ext: Sequence[str] = (".soql",)
    ui_color = "#e6f4e2"
    step = "one_object"
    reader: "BatchReader[str] | None" = None

    def __init__(
        self,
        *,
        sf_conn_id: str,
        sf_obj: str,
        s3_conn_id: str,
        s3_bucket: str,
        s3_key: str,
        sf_fields: list[str] | None = None,
        fmt: str = "csv",
        from_date: str | None = None,
        to_date: str | None = None,
        query: str | None = None,
        relationship_object: str | None = None,
        record_time_added: bool = False,
        coerce_to_timestamp: bool = False,
        api: str = "auto",
        compression: str | None = None,
        include_deleted: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if query and (from_date or to_date):
            raise ValueError(
                "query cannot be combined with from_date or to_date; put the condition into the query"
            )
        self.sf_conn_id = sf_conn_id
        self.sf_obj = sf_obj
        self.s3_conn_id = s3_conn_id
        self.s3_bucket = s3_bucket
        self.s3_key = s3_key
        self.sf_fields = sf_fields
        self.fmt = fmt
        self.from_date = from_date
        self.to_date = to_date
        self.query = query
        self.relationship_object = relationship_object
        self.record_time_added = record_time_added
        self.coerce_to_timestamp = coerce_to_timestamp
        self.api = api
        self.compression = compression
        self.include_deleted = include_deleted

    def execute(self, context: Mapping[str, Any]) -> Any:
        """Write the object, or start what makes it readable and defer; gives the key."""
        return run_step(self, context, None)

    def resume(self, context: Mapping[str, Any], event: dict[str, Any]) -> Any:
        """Go on when the triggerer says so."""
        return run_step(self, context, event)

    def on_kill(self) -> None:
        """Discard what Salesforce holds for a task that is stopped by hand."""
        if self.reader is not None:
            self.reader.abandon()

    def ingestion(self) -> dict[str, Any]:
        """The parameters, as a compiled DAG would carry them."""
        dated = self.from_date or self.to_date
        return {
            "unit": self.dag_id,
            "name": self.task_id,
            "runtime": VERSION,
            "source": "salesforce",
            "conn_id": self.sf_conn_id,
            "object": self.sf_obj,
            "fields": [{"name": name} for name in self.sf_fields]
            if self.sf_fields and not self.query
            else None,
            "query": self.query,
            "relationship_object": self.relationship_object,
            "window": {"from": self.from_date, "to": self.to_date} if dated else "full",
            "record_time_added": self.record_time_added,
            "coerce_to_timestamp": self.coerce_to_timestamp,
            "api": self.api,
            "format": self.fmt,
            "compression": self.compression,
            "include_deleted": self.include_deleted,
        }
