from airflow.sdk import dag, DAG, task
from datetime import datetime
from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator
Q = """
SELECT {fields}
FROM {obj}
WHERE {cursor} > {start} AND {cursor} <= {end}
"""
@dag("sdk_dag", schedule="0 2 * * *", start_date=datetime(2026,1,1), catchup=True)
def sdk_dag(region="eu"):
    for obj in ["Account", "Opportunity"]:
        SalesforceToS3Operator(task_id=f"get_{obj}", salesforce_query=Q.format(fields=", ".join(["Id", "Name"]), obj=obj, cursor="LastModifiedDate", start="{{ data_interval_start.to_iso8601_string() }}", end="{{ data_interval_end.to_iso8601_string() }}"), s3_bucket_name="b", s3_key=f"{obj}/{region}", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="ds", salesforce_query="SELECT Id FROM Account WHERE SystemModstamp >= {{ ds }}T00:00:00Z AND SystemModstamp < {{ macros.ds_add(ds, 1) }}T00:00:00Z", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="date", salesforce_query="SELECT Id FROM Opportunity WHERE CloseDate >= {{ data_interval_start | ds }} AND CloseDate < {{ data_interval_end | ds }}", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="eq", salesforce_query="select Id from Opportunity where CloseDate = {{ data_interval_start | ds }}", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="ors", salesforce_query="select Id from Opportunity where (CloseDate = {{ data_interval_start | ds }} OR IsWon = true)", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="nested", salesforce_query="select Id from Opportunity where (SystemModstamp >= {{ data_interval_start }} AND (SystemModstamp < {{ data_interval_end }})) ", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="lim", salesforce_query="select Id from Opportunity where SystemModstamp >= {{ data_interval_start }} AND SystemModstamp < {{ data_interval_end }} LIMIT 10", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="lit", salesforce_query="select Id from Opportunity where CreatedDate = LAST_N_DAYS:30 and SystemModstamp > 2024-01-01T00:00:00Z", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="child", salesforce_query="select Id, (select Id from Contacts) from Account", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
    SalesforceToS3Operator(task_id="alias", salesforce_query="select a.Id from Account a", s3_bucket_name="b", s3_key="k", salesforce_conn_id="salesforce_default")
sdk_dag()
