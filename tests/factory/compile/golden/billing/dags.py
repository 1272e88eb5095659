"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "1eb04e00c985e6b6",
    "billing.customer_balance": "32b997bb1ee6975e",
    "billing.invoice": "4f7609cd5fd14f4a",
    "billing.payment": "199979103a36aafe",
}
load_dags(globals(), __file__, DAGS)
