from datetime import datetime

import airflow.providers.amazon.aws.transfers.salesforce_to_s3 as transfers
from airflow import DAG

with DAG(
    "provider",
    start_date=datetime(2026, 1, 1),
    schedule="@daily",
    catchup=True,
    template_searchpath="/usr/local/airflow/dags/sql",
    default_args=dict(
        retries=3,
        salesforce_conn_id="salesforce_default",
        aws_conn_id="aws_connection",
        s3_bucket_name="{{ var.value.bucket_name }}",
    ),
):
    transfers.SalesforceToS3Operator(
        task_id="changed_opportunities",
        salesforce_query="""
            SELECT id, name, StageName FROM opportunity
            WHERE SystemModstamp >= {{ data_interval_start }} AND SystemModstamp < {{ data_interval_end }}
        """,
        s3_key="opportunities/{{ ds }}.json",
        export_format="json",
        gzip=True,
        replace=True,
        include_deleted=True,
    )
    transfers.SalesforceToS3Operator(
        task_id="all_accounts",
        salesforce_query="SELECT Id, Name FROM Account",
        s3_key="accounts.csv",
        query_params={"include_deleted": True},
        acl_policy="bucket-owner-full-control",
        encrypt=True,
    )
    transfers.SalesforceToS3Operator(task_id="won", salesforce_query="won.sql", s3_key="won.csv")
    transfers.SalesforceToS3Operator(task_id="gone", salesforce_query="gone.sql", s3_key="gone.csv")
    transfers.SalesforceToS3Operator(
        task_id="half_year",
        salesforce_query="SELECT Id FROM Account WHERE CreatedDate >= 2024-01-01T00:00:00Z AND CreatedDate <= 2024-06-30T23:59:59Z",
        s3_key="half.csv",
        coerce_to_timestamp=True,
        record_time_added=True,
    )
