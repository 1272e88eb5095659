"""Compiled by `factory render`; do not edit. Airflow DAGs of billing, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "billing.customer": "016e8015f91a2700",
    "billing.customer_balance": "ebdd870a668175f4",
    "billing.invoice": "5a4c8ba01d497592",
    "billing.payment": "d67197b8f2864fd7",
}
load_dags(globals(), __file__, DAGS)
