"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "5b2396a7340ef7b5",
    "procurement.stock_movement": "c8d6c9205889da8e",
    "procurement.supplier": "64ca52aae10008ed",
}
load_dags(globals(), __file__, DAGS)
