from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.amazon.aws.transfers.dynamodb_to_s3 import DynamoDBToS3Operator
from airflow.providers.amazon.aws.transfers.sql_to_s3 import SqlToS3Operator

COMMON = {"sql_conn_id": "billing_db", "s3_bucket": "{{ var.value.bucket_name }}", "file_format": "parquet"}
BETWEEN_INTERVALS = "updated_at >= '{{ data_interval_start }}' AND updated_at < '{{ data_interval_end }}'"


def export(name, query, **more):
    return SqlToS3Operator(task_id=name, query=query, s3_key=f"{name}/{{{{ ds }}}}.parquet", **COMMON, **more)


with DAG("catching_up", schedule="@daily", start_date=datetime(2026, 1, 1), catchup=True, end_date=datetime(2027, 12, 31)):
    changed = export("changed", f"SELECT id, amount, updated_at FROM billing.invoice WHERE {BETWEEN_INTERVALS} AND status <> 'draft'")
    renamed = export(
        "renamed",
        """
        SELECT i.id, i.amount AS total
        FROM billing.invoice AS i
        WHERE i.updated_at BETWEEN '{{ data_interval_start }}' AND '{{ data_interval_end }}'
          AND (i.status = 'open' OR i.amount > 0)
        ORDER BY i.updated_at
        """,
    )
    again = export(
        "again",
        "SELECT id FROM billing.invoice WHERE updated_at >= '{{ data_interval_start }}'::timestamptz - interval '2 hours'"
        " AND updated_at < '{{ data_interval_end }}'",
    )
    state = DynamoDBToS3Operator(
        task_id="state", dynamodb_table_name="meter_state", s3_bucket_name="{{ var.value.bucket_name }}", s3_key_prefix="state/", file_size=1
    )
    changed >> renamed >> state

with DAG("by_day", schedule="0 3 * * *", start_date=datetime(2026, 1, 1), catchup=False):
    export("days", "SELECT id FROM billing.invoice WHERE issued_at >= '{{ ds }}' AND issued_at <= '{{ ds }}'")
    export("day_of_a_moment", "SELECT id FROM billing.invoice WHERE updated_at::date = '{{ ds }}'")
    export("seven_days", "SELECT id FROM billing.invoice WHERE issued_at > DATE '{{ ds }}' - 7 AND issued_at <= '{{ ds }}'")
    export(
        "without_zone",
        "SELECT id FROM billing.invoice WHERE updated_at >= '{{ data_interval_start.strftime('%Y-%m-%d %H:%M:%S') }}'"
        " AND updated_at < '{{ data_interval_end.strftime('%Y-%m-%d %H:%M:%S') }}'",
    )
    export("open_end", "SELECT id FROM billing.invoice WHERE updated_at >= '{{ macros.ds_add(ds, -1) }}'")
    export("two_columns", "SELECT id FROM billing.invoice WHERE updated_at >= '{{ ds }}' AND paid_at < '{{ next_ds }}'")
    export("by_parameter", "SELECT id FROM billing.invoice WHERE updated_at >= '{{ params.since }}' AND updated_at < '{{ ts }}'")
    export("which_table", "SELECT id FROM billing.{{ params.table }}")
    export("other_meaning", "SELECT id FROM billing.invoice WHERE status = '{{ ds }}' OR updated_at >= '{{ ds }}'")
    export("nobody_knows", "SELECT id FROM billing.unknown WHERE changed BETWEEN '{{ ds }}' AND '{{ next_ds }}'")
    export("one_branch", "SELECT id FROM billing.invoice {% if params.all %}{% else %}WHERE updated_at >= '{{ ds }}'{% endif %}")
    export("a_sum", "SELECT status, count(*) FROM billing.invoice GROUP BY status LIMIT 10")
