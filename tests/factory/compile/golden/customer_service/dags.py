"""Compiled by `factory render`; do not edit. Airflow DAGs of customer_service, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "customer_service.case": "261b0004731e413d",
    "customer_service.task_first_half": "c89698e82a5fbf2d",
}
load_dags(globals(), __file__, DAGS)
