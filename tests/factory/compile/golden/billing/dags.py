"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "2f2e0f4700877aac",
    "billing.invoice": "bca0c6fe6edb1084",
    "billing.payment": "093d8378d9cc677f",
}
load_dags(globals(), __file__, DAGS)
