"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "95cd1437f8a4b900",
    "procurement.stock_movement": "04b4be34ef0e80c7",
    "procurement.supplier": "343230036b9d0daa",
}
load_dags(globals(), __file__, DAGS)
