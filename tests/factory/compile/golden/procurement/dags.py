"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "84d4b8beffccdd22",
    "procurement.stock_movement": "67c80e537bc98bba",
    "procurement.supplier": "a9b2100ec17f7f7a",
}
load_dags(globals(), __file__, DAGS)
