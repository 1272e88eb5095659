"""Compiled by `factory render`; do not edit. Airflow DAGs of grid_operations, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "grid_operations.meter_reading": "540f6a5dd722e581",
    "grid_operations.meter_state": "711551b0eed7a3d1",
    "grid_operations.site_contract": "4bf5f8a3b295d10a",
}
load_dags(globals(), __file__, DAGS)
