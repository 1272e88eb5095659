"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "2f2e0f4700877aac",
    "billing.invoice": "52566c27ff0b035a",
    "billing.payment": "423092ad60ba1555",
}
load_dags(globals(), __file__, DAGS)
