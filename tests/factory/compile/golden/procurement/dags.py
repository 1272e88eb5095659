"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "b2a9d759c731a2a7",
    "procurement.stock_movement": "6eaa3275d884f48e",
    "procurement.supplier": "826d52d46eaec747",
}
load_dags(globals(), __file__, DAGS)
