from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.transfers.redshift_to_s3 import RedshiftToS3Operator

with DAG(
    "margins",
    schedule="15 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    default_args={"redshift_conn_id": "margin_dwh", "s3_bucket": "{{ var.value.bucket_name }}", "aws_conn_id": "aws_connection"},
):
    RedshiftToS3Operator(
        task_id="whole",
        schema="mart",
        table="contract_margin",
        s3_key="margins",
        unload_options=["FORMAT AS PARQUET", "ALLOWOVERWRITE"],
    )
    RedshiftToS3Operator(
        task_id="some",
        select_query="SELECT contract_id, margin AS earned FROM mart.contract_margin WHERE segment = 'household'",
        s3_key="margins/some_",
        unload_options=["CSV", "HEADER"],
        redshift_data_api_kwargs={"cluster_identifier": "northwind", "database": "dwh"},
    )
    RedshiftToS3Operator(
        task_id="summed",
        select_query="SELECT segment, SUM(margin) FROM mart.contract_margin GROUP BY segment",
        s3_key="margins/summed_",
    )
    RedshiftToS3Operator(
        task_id="parted",
        schema="mart",
        table="contract_margin",
        s3_key="margins/parted",
        redshift_conn_id="elsewhere",
        unload_options=["PARQUET", "PARTITION BY (month)"],
        parameters={"day": "2026-01-01"},
    )
    RedshiftToS3Operator(task_id="temporary", table="contract_margin", s3_key="margins/temporary")
