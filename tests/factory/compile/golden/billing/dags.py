"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "14b995b2581dcafb",
    "billing.invoice": "f1b6cb6917b9097b",
    "billing.payment": "8dd813358c1ddb26",
}
load_dags(globals(), __file__, DAGS)
