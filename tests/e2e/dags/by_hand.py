"""A DAG written by hand with the original system's operator and every one of its parameters."""

from datetime import datetime

from airflow.sdk import DAG
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

with DAG("by_hand", schedule=None, start_date=datetime(2026, 1, 1)):
    connections = {"sf_conn_id": "salesforce_connection", "s3_conn_id": "aws_by_region"}
    bucket = "{{ var.value.bucket_name }}"

    SalesforceToS3Operator(
        task_id="chosen_fields",
        **connections,
        sf_obj="Opportunity",
        s3_bucket=bucket,
        s3_key="by_hand/opportunity/dt={{ ts_nodash }}/opportunity.csv",
        sf_fields=["Id", "IsDeleted", "AccountId", "Name", "StageName", "Amount"],
        fmt="csv",
        from_date="LAST_N_DAYS:180",
        to_date="TODAY",
        record_time_added=True,
    )
    SalesforceToS3Operator(
        task_id="every_field",
        **connections,
        sf_obj="Product2",
        s3_bucket=bucket,
        s3_key="by_hand/product.ndjson",
        fmt="ndjson",
        coerce_to_timestamp=True,
    )
    SalesforceToS3Operator(
        task_id="children",
        **connections,
        sf_obj="Opportunity",
        s3_bucket=bucket,
        s3_key="by_hand/lines.json",
        query="SELECT Id, (SELECT Id, Quantity FROM OpportunityLineItems) FROM Opportunity WHERE IsWon = true",
        relationship_object="OpportunityLineItems",
        fmt="json",
    )
