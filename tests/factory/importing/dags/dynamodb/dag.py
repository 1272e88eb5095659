from datetime import datetime

from airflow import DAG
from airflow.providers.amazon.aws.transfers.dynamodb_to_s3 import DynamoDBToS3Operator

with DAG(
    "meters",
    schedule="15 5 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=True,
    default_args={"source_aws_conn_id": "smart_meters", "s3_bucket_name": "{{ var.value.bucket_name }}", "dest_aws_conn_id": "aws_connection"},
):
    DynamoDBToS3Operator(
        task_id="state",
        dynamodb_table_name="meter_state",
        file_size=20_000_000,
        s3_key_prefix="meters/state/",
        dynamodb_scan_kwargs={"ProjectionExpression": "meter, #s", "ExpressionAttributeNames": {"#s": "slot"}, "ConsistentRead": True},
    )
    DynamoDBToS3Operator(
        task_id="changes",
        dynamodb_table_name="meter_state",
        s3_key_prefix="meters/changes/",
        point_in_time_export=True,
        export_table_to_point_in_time_kwargs={
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {
                "ExportFromTime": "{{ data_interval_start }}",
                "ExportToTime": "{{ data_interval_end }}",
                "ExportViewType": "NEW_IMAGE",
            },
        },
    )
    DynamoDBToS3Operator(
        task_id="as_it_was", dynamodb_table_name="meter_state", export_time=datetime(2026, 5, 1), export_format="ION", s3_key_prefix="old/"
    )
    DynamoDBToS3Operator(
        task_id="a_few",
        dynamodb_table_name="meter_state",
        s3_key_prefix="few/",
        dynamodb_scan_kwargs={"FilterExpression": "slot > :s", "ExpressionAttributeValues": {":s": 3}, "ProjectionExpression": "reading.kwh"},
        process_func=lambda item: str(item).encode(),
        source_aws_conn_id="elsewhere",
    )
    DynamoDBToS3Operator(
        task_id="a_span",
        dynamodb_table_name="meter_state",
        s3_key_prefix="span/",
        point_in_time_export=True,
        export_table_to_point_in_time_kwargs={
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {"ExportFromTime": datetime(2026, 1, 1), "ExportToTime": datetime(2026, 1, 2)},
        },
    )
