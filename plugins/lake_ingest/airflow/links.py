"""What a task links to in Airflow: its data in S3, its table, and its spec. Airflow keeps each address when the task has ended."""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk.types import TaskInstanceKey


class DataInS3(BaseOperatorLink):
    """The folder of an ingestion's publications, in the console of AWS."""

    name = "Data in S3"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:  # noqa: ARG002
        """The console finds the bucket's Region by itself."""
        folder = quote(f"{operator.prefix}/")
        return f"https://console.aws.amazon.com/s3/buckets/{quote(operator.bucket, safe='')}?prefix={folder}"


class TableInCatalogue(BaseOperatorLink):
    """The table in the Glue catalogue, from where *View data* opens it in Athena. Athena's own console has no address for a table."""

    name = "Table in Glue and Athena"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:  # noqa: ARG002
        """A task that failed before it opened its bucket knows no Region: the console then takes the one that was used last."""
        database, _, table = operator.table.partition(".")
        host, query = (
            (f"{operator.region}.console", f"?region={operator.region}")
            if operator.region
            else ("console", "")
        )
        return f"https://{host}.aws.amazon.com/glue/home{query}#/v2/data-catalog/tables/view/{table}?database={database}"


class SpecInRepository(BaseOperatorLink):
    """The spec, where group.yaml says that people see the repository."""

    name = "Spec"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:  # noqa: ARG002
        """As it was compiled."""
        address: str = operator.spec_url
        return address


def links_of(spec_url: str, table: str) -> tuple[BaseOperatorLink, ...]:
    """The links of a task that publishes."""
    return (
        DataInS3(),
        *([TableInCatalogue()] if table else []),
        *([SpecInRepository()] if spec_url else []),
    )
