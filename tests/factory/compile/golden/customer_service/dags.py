"""Compiled by `factory render`; do not edit. Airflow DAGs of customer_service, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "customer_service.attachment": "9489c30d6f6aab24",
    "customer_service.case": "811767d8f975c281",
    "customer_service.task_first_half": "2901fec3b5e1038f",
}
load_dags(globals(), __file__, DAGS)
