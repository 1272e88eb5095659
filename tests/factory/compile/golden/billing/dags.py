"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "223c8c2ce8b20d37",
    "billing.invoice": "6a1d8a368087bb13",
    "billing.payment": "6fdaa3c68ab054c6",
}
load_dags(globals(), __file__, DAGS)
