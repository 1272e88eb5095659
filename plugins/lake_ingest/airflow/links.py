"""What a task links to in Airflow: its data in S3, and its spec. Airflow keeps each address when the task has ended."""

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


class SpecInRepository(BaseOperatorLink):
    """The spec, where group.yaml says that people see the repository."""

    name = "Spec"

    def get_link(self, operator: Any, *, ti_key: "TaskInstanceKey") -> str:  # noqa: ARG002
        """As it was compiled."""
        address: str = operator.spec_url
        return address
