import pendulum
from airflow import DAG
from operators.salesforce_to_s3_operator import SalesforceToS3Operator
P = dict(sf_conn_id="salesforce_default", s3_conn_id="aws_connection", s3_bucket="{{ var.value.bucket_name }}", s3_key="k", sf_fields=["Id"], sf_obj="Account")
with DAG("paris", schedule="@daily", start_date=pendulum.datetime(2026, 3, 1, tz="Europe/Paris"), catchup=True, max_active_runs=1, params={"a": 1}):
    SalesforceToS3Operator(task_id="di", from_date="{{ data_interval_start }}", to_date="{{ data_interval_end }}", **P)
    SalesforceToS3Operator(task_id="ds", from_date="{{ ds }}T00:00:00Z", to_date="{{ next_ds }}T00:00:00Z", **P)
    SalesforceToS3Operator(task_id="ten", from_date="{{ data_interval_start.subtract(minutes=10) }}", to_date="{{ data_interval_end }}", **P)
    SalesforceToS3Operator(task_id="abs", from_date="2026-01-01", to_date="2026-02-01", end_date=pendulum.datetime(2027,1,1), **P)
with DAG("monthly", schedule="0 4 1 * *", start_date=pendulum.datetime(2026, 3, 1), catchup=False):
    SalesforceToS3Operator(task_id="month", from_date="{{ data_interval_start.start_of('month') }}", to_date="{{ data_interval_end.start_of('month') }}", **P)
    SalesforceToS3Operator(task_id="strf", from_date="{{ execution_date.strftime('%Y-%m-01T00:00:00Z') }}", to_date="{{ next_execution_date.strftime('%Y-%m-01T00:00:00Z') }}", **P)
    SalesforceToS3Operator(task_id="year", from_date="{{ ds[:4] }}-01-01T00:00:00Z", **P)
    SalesforceToS3Operator(task_id="fmt", from_date="{{ macros.ds_format(ds, '%Y-%m-%d', '%Y-%m-%d') }}T00:00:00Z", to_date="{{ ts }}", **P)
with DAG("weekdays", schedule="0 5 * * 1-5", start_date=pendulum.datetime(2026, 3, 1), catchup=False):
    SalesforceToS3Operator(task_id="wd", from_date="{{ data_interval_start }}", to_date="{{ data_interval_end }}", **P)
with DAG("hand", schedule=None):
    SalesforceToS3Operator(task_id="today", from_date="{{ ds }}T00:00:00Z", to_date="{{ ds }}T23:59:59Z", **P)
