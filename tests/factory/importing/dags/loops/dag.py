import pendulum
from airflow.decorators import dag, task
from airflow.utils.task_group import TaskGroup
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

OBJECTS = {"Account": ["Id", "Name"], "Opportunity": ["Id", "Amount"]}
FORMATS = ("csv", "json")
PLACE = dict(sf_conn_id="salesforce_default", s3_conn_id="aws_connection", s3_bucket="{{ var.value.bucket_name }}")


def read(sf_object, fields, **more):
    return SalesforceToS3Operator(
        task_id=f"read_{sf_object.lower()}",
        sf_obj=sf_object,
        sf_fields=fields,
        s3_key="{}/{}.{}".format("crm", sf_object, more.get("fmt", "csv")),
        **{**PLACE, **more},
    )


@dag(schedule="15 3 * * *", start_date=pendulum.datetime(2026, 1, 1), catchup=False, tags=["crm", "nightly"])
def nightly():
    """Everything of the CRM, every night.

    Ask the CRM team.
    """

    @task
    def tell():
        print("done")

    with TaskGroup("objects", default_args={"retries": 4}):
        for (name, fields), fmt in zip(OBJECTS.items(), FORMATS):
            read(name, fields, fmt=fmt) >> tell()

    SalesforceToS3Operator.partial(
        task_id="mapped", sf_fields=["Id"], s3_key="mapped.csv", fmt="parquet", **PLACE
    ).expand(sf_obj=["Account", "Contact"])
    SalesforceToS3Operator.partial(task_id="each", s3_key="each.csv", **PLACE).expand_kwargs(
        [{"sf_obj": name, "sf_fields": ["Id", column]} for name, column in (("Opportunity", "Name"),)]
    )


nightly()
