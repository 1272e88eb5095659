from datetime import datetime

import pendulum
from airflow import DAG
from operators.salesforce_to_s3_operator import SalesforceToS3Operator as ToS3

COMMON = {
    "sf_conn_id": "salesforce_default",
    "s3_conn_id": "aws_connection",
    "s3_bucket": "{{ var.value.bucket_name }}",
}

with DAG(
    "daily_accounts",
    schedule="0 5 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"retries": 2, **COMMON},
    tags=["crm"],
) as first:
    ToS3(task_id="accounts", sf_obj="account", sf_fields=["Id", "Name"], s3_key="accounts.csv")

second = DAG(
    "weekly_opportunities",
    schedule_interval="@weekly",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Brussels"),
    catchup=False,
    default_args={"retries": 5, "owner": "crm-team"},
    description="Opportunities, weekly",
)
ToS3(
    task_id="opportunities",
    dag=second,
    sf_obj="Opportunity",
    fmt="ndjson",
    from_date="LAST_N_DAYS:7",
    api="bulk",
    compression="gzip",
    include_deleted=True,
    record_time_added=True,
    coerce_to_timestamp=True,
    s3_key="opportunities.json",
    **COMMON,
)
