"""A DAG written by hand with Airflow's own operator."""

import os
from datetime import datetime

from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator
from airflow.sdk import DAG

with DAG("bench.small_rival", start_date=datetime(2026, 1, 1), schedule=None):  # noqa: DTZ001 - as its documentation does
    SalesforceToS3Operator(
        task_id="rival",
        salesforce_query="SELECT Id, Name, Industry, SystemModstamp FROM Account",
        s3_bucket_name=os.environ.get("BENCH_BUCKET", "bench"),
        s3_key="bench/rival.csv",
        salesforce_conn_id="salesforce_default",
        aws_conn_id="aws_connection",
        export_format="csv",
        replace=True,
    )
