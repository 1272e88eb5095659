"""Operators under the names of their sources, so that whoever browses a DAG sees what it reads; one for each kind."""

from lake_ingest.airflow.tasks import ToS3Operator


class SalesforceToS3Operator(ToS3Operator):
    """From Salesforce to S3."""


class DynamoDBToS3Operator(ToS3Operator):
    """From DynamoDB to S3."""


class PostgresToS3Operator(ToS3Operator):
    """From PostgreSQL to S3."""


class MySqlToS3Operator(ToS3Operator):
    """From MySQL or MariaDB to S3."""


class RedshiftToS3Operator(ToS3Operator):
    """From Amazon Redshift to S3."""
