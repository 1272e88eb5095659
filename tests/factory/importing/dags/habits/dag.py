import calendar
from datetime import date, datetime, timedelta
from enum import Enum
from string import Template

import pendulum
from airflow import DAG
from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator
from airflow.providers.amazon.aws.transfers.sql_to_s3 import SqlToS3Operator
from airflow.timetables.interval import DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable

PARIS = pendulum.timezone("Europe/Paris")
LOADS = {"s3_bucket_name": "{{ var.value.bucket_name }}", "s3_key": "k", "salesforce_conn_id": "salesforce_default"}
SINCE = "SELECT Id, Amount FROM Opportunity WHERE "


class Fmt(str, Enum):
    CSV = "csv"
    LINES = "ndjson"


with DAG("closed", schedule="30 4 * * *", start_date=pendulum.datetime(2026, 1, 1, tz=PARIS), catchup=False):
    SalesforceToS3Operator(task_id="day", salesforce_query=SINCE + "CloseDate = {{ ds }} ORDER BY Amount", **LOADS)
    SalesforceToS3Operator(task_id="won", salesforce_query=SINCE + "stagename = 'Won' OR Amount > 5", export_format=Fmt.LINES.value, **LOADS)
    SalesforceToS3Operator(task_id="open_end", salesforce_query=SINCE + "LastModifiedDate >= {{ prev_ds }}T00:00:00Z", **LOADS)
    for fmt in Fmt:
        text = Template("SELECT Id FROM $obj").substitute(obj="Account")
        SalesforceToS3Operator(task_id=fmt.name, salesforce_query=text, export_format=fmt.value, coerce_to_timestamp=True, **LOADS)

with DAG("triggered", schedule=CronTriggerTimetable("0 4 * * *", timezone="UTC"), start_date=datetime(2026, 1, 1), catchup=False):
    empty = "SystemModstamp >= {{ data_interval_start }} AND SystemModstamp < {{ data_interval_end }}"
    SalesforceToS3Operator(task_id="nothing", salesforce_query=SINCE + empty, **LOADS)
    today = "SystemModstamp >= {{ ds }}T00:00:00Z AND SystemModstamp < {{ ts }}"
    SalesforceToS3Operator(task_id="this_morning", salesforce_query=SINCE + today, **LOADS)

with DAG("months", schedule=DeltaDataIntervalTimetable(timedelta(hours=6)), start_date=datetime(2026, 1, 1), catchup=False):
    first = date(2025, 11, 1)
    while first < date(2026, 2, 1):
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        month = f"CreatedDate >= {first:%Y-%m-%d}T00:00:00Z AND CreatedDate <= {last}T23:59:59Z"
        SalesforceToS3Operator(task_id=f"of_{first:%m}", salesforce_query=SINCE + month, **LOADS)
        first = last + timedelta(days=1)

with DAG("bills", schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=False, default_args={"sql_conn_id": "billing_db", "s3_bucket": "b"}):
    hour = "i.updated_at >= '{{ dag_run.logical_date }}' AND i.updated_at < TIMESTAMP '{{ ts }}' + INTERVAL '1 hour'"
    SqlToS3Operator(
        task_id="by_country",
        query=f"SELECT i.id, i.updated_at, c.country\nFROM billing.invoice i\nJOIN billing.customer c ON c.id = i.customer_id\nWHERE {hour}\n  AND c.country <> 'FR'",
        s3_key="k",
        pd_kwargs={"sep": ";", "encoding": "utf-8-sig", "index": False, "header": False},
    )
    SqlToS3Operator(task_id="of_all", query=f"SELECT sum(i.amount) AS amount FROM billing.invoice i WHERE {hour}", s3_key="k", pd_kwargs={"columns": []})
