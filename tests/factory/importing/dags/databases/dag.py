from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.transfers.sql_to_s3 import SqlToS3Operator

TABLES = {"customer": "id, country", "invoice": "id, Amount, updated_at"}

with DAG(
    "billing_copy",
    schedule="15 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"sql_conn_id": "billing_db", "s3_bucket": "{{ var.value.bucket_name }}", "aws_conn_id": "aws_connection"},
):
    for table, columns in TABLES.items():
        SqlToS3Operator(
            task_id=f"copy_{table}",
            query=f"SELECT {columns} FROM billing.{table};",
            s3_key=f"billing/{table}.csv",
            replace=True,
        )
    SqlToS3Operator(
        task_id="open_invoices",
        query="""
            SELECT id, customer_id, amount
            FROM billing.invoice
            WHERE status IN ('open', 'half  paid')
              AND amount > 0
        """,
        s3_key="billing/open.parquet",
        file_format="parquet",
        pd_kwargs={"index": False},
    )
    SqlToS3Operator(task_id="every_column", query='select * from billing."Tariff Plan"', s3_key="plans.json", file_format="json")
    SqlToS3Operator(task_id="from_file", query="sql/meters.sql", s3_key="meters.csv", sql_conn_id="other_db")
    SqlToS3Operator(
        task_id="changed",
        query="SELECT id FROM billing.invoice WHERE updated_at >= '{{ data_interval_start }}'",
        s3_key="changed.csv",
    )
    SqlToS3Operator(
        task_id="joined",
        query="SELECT i.id FROM billing.invoice i JOIN billing.customer c ON c.id = i.customer_id",
        s3_key="joined.csv",
    )
    SqlToS3Operator(task_id="summed", query="SELECT sum(amount) FROM billing.invoice", s3_key="summed.csv")
    SqlToS3Operator(task_id="somewhere", query="SELECT id FROM invoice", s3_key="somewhere.csv", parameters={"x": 1})
    SqlToS3Operator(task_id="gone", query="DELETE FROM billing.invoice RETURNING id", s3_key="gone.csv")
