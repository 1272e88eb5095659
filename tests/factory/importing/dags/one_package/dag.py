import os, json, logging
from datetime import datetime as dt, date, timezone, timedelta
from dateutil.relativedelta import relativedelta
import airflow
from crm.common import DEFAULTS, CONN, key
from crm import common
from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator as AmazonOp
from operators.salesforce_to_s3_operator import SalesforceToS3Operator
log = logging.getLogger(__name__)
log.info("loading %s", DEFAULTS)
BUCKET = os.environ.get("BUCKET", "lake")
FIELDS = dict(zip(["Account", "Opportunity"], [["Id", "Name"], ["Id", "Amount"]]))
START = dt(2025, 1, 1, tzinfo=timezone.utc)
dag = airflow.DAG(dag_id="more", schedule_interval="0 */4 * * *", default_args={**DEFAULTS, **CONN, "start_date": START}, catchup=False, tags=["a"] + ["b"])
with dag:
    for obj in sorted(FIELDS, key=lambda o: -len(o)):
        SalesforceToS3Operator(task_id="load_%s" % obj.lower(), sf_obj=obj, sf_fields=FIELDS[obj], s3_bucket=BUCKET, s3_key=key(obj, ext="json"), fmt="json")
    for n in range(3):
        a = START + relativedelta(months=n); b = START + relativedelta(months=n + 1)
        SalesforceToS3Operator(task_id=f"hist_{n}", sf_obj="Opportunity", sf_fields=["Id"], from_date=a.strftime("%Y-%m-%dT%H:%M:%SZ"), to_date=(b - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ"), s3_bucket=BUCKET, s3_key=common.key("x"))
    AmazonOp(task_id="amz", salesforce_query=open(os.path.join(os.path.dirname(__file__), "a.sql")).read(), s3_bucket_name=BUCKET + "-x", s3_key="k", salesforce_conn_id="salesforce_default", aws_conn_id=None)
    AmazonOp(task_id="two", salesforce_query="SELECT Id FROM Account WHERE Name IN ('a', 'b') AND SystemModstamp >= 2024-01-01T00:00:00Z AND SystemModstamp < 2024-02-01T00:00:00Z", s3_bucket_name=BUCKET, s3_key="k", salesforce_conn_id="other_org")
    AmazonOp(task_id="today", salesforce_query=f"SELECT Id FROM Account WHERE CreatedDate >= {date.today()}T00:00:00Z", s3_bucket_name=BUCKET, s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="q", sf_obj="Opportunity", query="SELECT Id, (SELECT Id FROM OpportunityLineItems) FROM Opportunity", relationship_object="OpportunityLineItems", s3_bucket=BUCKET, s3_key="k")
    SalesforceToS3Operator(task_id="literal", sf_obj="Opportunity", sf_fields=("Id",), from_date="THIS_QUARTER", to_date="", s3_bucket=BUCKET, s3_key="k")
    SalesforceToS3Operator(task_id="none", sf_obj="Opportunity", sf_fields=None, from_date=None, s3_bucket=BUCKET, s3_key="k", record_time_added=False, fmt="CSV")
