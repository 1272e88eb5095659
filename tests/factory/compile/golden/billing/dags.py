"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "ef92fc1cff5494a3",
    "billing.customer_balance": "4eb3d11348bdbc70",
    "billing.invoice": "d6e0d2418752cf9e",
    "billing.payment": "8de14d788516e68e",
}
load_dags(globals(), __file__, DAGS)
