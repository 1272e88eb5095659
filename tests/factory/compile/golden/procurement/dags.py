"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "48110a5e065f96ff",
    "procurement.stock_movement": "75e1b4c953eb446a",
    "procurement.supplier": "e2b81c93cea394e5",
}
load_dags(globals(), __file__, DAGS)
