import os
from datetime import datetime, timedelta

from airflow import DAG
from airflow.datasets import Dataset
from airflow.models import Variable
from airflow.operators.python import BranchPythonOperator, PythonOperator
from company.helpers import fields_of, make_all
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

PLACE = {
    "sf_conn_id": "salesforce_default",
    "s3_conn_id": "aws_connection",
    "s3_bucket": "{{ var.value.bucket_name }}",
    "s3_key": "a.csv",
    "sf_fields": ["Id"],
}


class Masked(SalesforceToS3Operator):
    def execute(self, context):
        return super().execute(context)


def at_run_time():
    SalesforceToS3Operator(task_id="inside", sf_obj="Lead", **PLACE).execute({})


with DAG("by_asset", schedule=[Dataset("s3://a")], start_date=datetime(2026, 1, 1), default_args=PLACE):
    SalesforceToS3Operator(task_id="fields_of_a_function", sf_obj="Account", sf_fields=fields_of("Account"))
    SalesforceToS3Operator(task_id="moving", sf_obj="Account", from_date=str(datetime.now() - timedelta(days=1)))
    Masked(task_id="masked", sf_obj="Account")

with DAG(
    "by_variable",
    schedule=Variable.get("schedule"),
    start_date=datetime(2026, 1, 1),
    end_date=datetime(2027, 1, 1),
    default_args=PLACE,
):
    for name in Variable.get("objects", deserialize_json=True):
        SalesforceToS3Operator(task_id=f"read_{name}", sf_obj=name)
    if os.environ["STAGE"] == "prod":
        SalesforceToS3Operator(task_id="only_in_prod", sf_obj="Account", chunk_size=500)
    decide = BranchPythonOperator(task_id="decide", python_callable=lambda: "perhaps")
    decide >> SalesforceToS3Operator(task_id="perhaps", sf_obj="Account", retries=os.getenv("RETRIES", 3))
    PythonOperator(task_id="hidden", python_callable=at_run_time)

make_all(SalesforceToS3Operator, ["Case", "Lead"])


def never_called():
    return SalesforceToS3Operator(task_id="never", sf_obj="Lead", **PLACE)
