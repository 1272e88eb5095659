"""Compiled by `factory render`; do not edit. Airflow DAGs of grid_operations, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "grid_operations.meter_reading": "3a923cb2acf4261d",
    "grid_operations.meter_state": "97bee60edc7346aa",
    "grid_operations.site_contract": "9ab7a36af9d54b22",
}
load_dags(globals(), __file__, DAGS)
