"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "cc9e4efc2a3dd58e",
    "billing.invoice": "6b4930fc8fa41547",
    "billing.payment": "418e7ab3fcbe28cb",
}
load_dags(globals(), __file__, DAGS)
