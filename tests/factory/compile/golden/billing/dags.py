"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "4af0882b63df085e",
    "billing.invoice": "627df5db8cbf9e0f",
    "billing.payment": "b16b2e8df9313d74",
}
load_dags(globals(), __file__, DAGS)
