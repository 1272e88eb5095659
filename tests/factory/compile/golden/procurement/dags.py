"""Compiled by `factory render`; do not edit. Airflow DAGs of procurement, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "procurement.purchase_order": "0c637f6775be1054",
    "procurement.stock_movement": "48c8a7ddf73c4016",
    "procurement.supplier": "56e0c7998df1eba6",
}
load_dags(globals(), __file__, DAGS)
