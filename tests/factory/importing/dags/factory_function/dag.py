from datetime import datetime, timedelta

from airflow import DAG
from operators import salesforce_to_s3_operator

SOURCES = [
    ("Account", timedelta(hours=6), False),
    ("Opportunity", "@hourly", True),
    ("Task", timedelta(minutes=7), False),
]


def make(name, every, deleted):
    with DAG(f"crm_{name.lower()}", schedule_interval=every, start_date=datetime(2026, 1, 1), catchup=False) as made:
        salesforce_to_s3_operator.SalesforceToS3Operator(
            task_id="extract",
            sf_obj=name,
            sf_fields=["Id", "IsDeleted"] if deleted else ["Id"],
            include_deleted=deleted,
            sf_conn_id="salesforce_default",
            s3_conn_id="aws_connection",
            s3_bucket="{{ var.value.bucket_name }}",
            s3_key=f"{name}.csv",
        )
    return made


for source in SOURCES:
    globals()[f"dag_{source[0]}"] = make(*source)
