"""Compiled by `factory render`; do not edit. Airflow DAGs of grid_operations, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "grid_operations.meter_reading": "ed7af6528f753e5f",
    "grid_operations.meter_state": "e32258a8449c2eda",
    "grid_operations.site_contract": "d31a0aa638eca14a",
}
load_dags(globals(), __file__, DAGS)
