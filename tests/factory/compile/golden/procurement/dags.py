"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "e8d18f32f09c27be",
    "procurement.stock_movement": "7381b4d18ff39e87",
    "procurement.supplier": "2d83108f53821a9c",
}
load_dags(globals(), __file__, DAGS)
