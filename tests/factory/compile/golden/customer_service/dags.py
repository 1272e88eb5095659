"""Compiled by `factory render`; do not edit. Airflow DAGs of customer_service, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "customer_service.attachment": "22485f739e93d278",
    "customer_service.case": "511a15594a61bfba",
    "customer_service.task_first_half": "27be4ec5f5e56f1d",
}
load_dags(globals(), __file__, DAGS)
