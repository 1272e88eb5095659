from datetime import datetime

from airflow import DAG
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

PLACE = {
    "sf_conn_id": "salesforce_default",
    "s3_conn_id": "aws_connection",
    "s3_bucket": "{{ var.value.bucket_name }}",
    "s3_key": "{{ ds }}.csv",
    "sf_obj": "Opportunity",
    "sf_fields": ["Id"],
}
DAY = "T00:00:00Z"

with DAG("daily", schedule="@daily", start_date=datetime(2026, 3, 1), catchup=True, default_args=PLACE):
    SalesforceToS3Operator(task_id="the_day", from_date="{{ ds }}" + DAY, to_date="{{ next_ds }}" + DAY)
    SalesforceToS3Operator(
        task_id="seven_days", from_date="{{ macros.ds_add(ds, -6) }}" + DAY, to_date="{{ tomorrow_ds }}" + DAY
    )
    SalesforceToS3Operator(
        task_id="day_before", from_date="{{ prev_ds }}" + DAY, to_date="{{ ds }}" + DAY
    )

with DAG("morning", schedule="30 6 * * *", start_date=datetime(2026, 3, 1), catchup=False, default_args=PLACE):
    SalesforceToS3Operator(
        task_id="calendar_day", from_date="{{ ds }}T00:00:00Z", to_date="{{ ds }}T23:59:59Z"
    )
    SalesforceToS3Operator(
        task_id="interval",
        from_date="{{ data_interval_start.strftime('%Y-%m-%dT%H:%M:%SZ') }}",
        to_date="{{ data_interval_end.strftime('%Y-%m-%dT%H:%M:%SZ') }}",
    )
    SalesforceToS3Operator(
        task_id="month_so_far", from_date="{{ data_interval_end.start_of('month') }}", to_date="{{ data_interval_end }}"
    )
    SalesforceToS3Operator(task_id="since", from_date="{{ params.since }}")

with DAG("yearly", schedule=None, start_date=datetime(2026, 3, 1), default_args=PLACE) as by_hand:
    for quarter in range(4):
        SalesforceToS3Operator(
            task_id=f"quarter_{quarter}",
            from_date=f"2025-{quarter * 3 + 1:02d}-01T00:00:00Z",
            to_date=f"2025-{quarter * 3 + 4:02d}-01T00:00:00Z" if quarter < 3 else "2026-01-01T00:00:00Z",
        )
