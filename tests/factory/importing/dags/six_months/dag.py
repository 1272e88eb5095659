"""The sample of the original system, in our own words: six months of Opportunity, one file a month."""

from datetime import timedelta

from airflow import DAG
from airflow.models import Variable
from airflow.providers.amazon.aws.operators.s3 import S3ListOperator
from airflow.utils.dates import days_ago
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

default_args = {
    "owner": "data@example.com",
    "depends_on_past": False,
    "start_date": days_ago(1),
    "retries": 1,
    "retry_delay": timedelta(minutes=2),
    "sf_conn_id": "salesforce_connection",
    "s3_conn_id": "aws_connection",
    "s3_bucket": Variable.get("bucket_name"),
}

dag = DAG(
    "salesforce_to_s3",
    default_args=default_args,
    description="Opportunities of the last six months",
    schedule_interval=timedelta(days=1),
    catchup=False,
)

run_date = "{{ execution_date }}"
sf_object = "Opportunity"
columns = ["id", "isdeleted", "accountid", "name", "stagename", "amount"]
folder = f"{sf_object.lower()}/raw/dt={run_date}"

written = S3ListOperator(
    task_id="list_files",
    bucket=default_args["s3_bucket"],
    prefix=f"{folder}/",
    aws_conn_id=default_args["s3_conn_id"],
    dag=dag,
)


@dag.task(task_id="print_files")
def print_files(files):
    print(files)


for month in range(6):
    since, until = f"LAST_N_MONTHS:{month + 1}", f"LAST_N_MONTHS:{month}"
    if month == 0:
        until = "TODAY"
    batch = SalesforceToS3Operator(
        task_id=f"{sf_object}_batch_{month}",
        sf_conn_id=default_args["sf_conn_id"],
        sf_obj=sf_object,
        sf_fields=columns,
        fmt="csv",
        from_date=since,
        to_date=until,
        s3_conn_id=default_args["s3_conn_id"],
        s3_bucket=default_args["s3_bucket"],
        s3_key=f"{folder}/{sf_object.lower()}_from_{since}_to_{until}.csv",
        dag=dag,
    )
    batch >> written

written >> print_files(written.output)
