"""Compiled by `factory render`; do not edit. Airflow DAGs of grid_operations, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "grid_operations.meter_reading": "b631932b453209e7",
    "grid_operations.meter_state": "aa95dfadf9e68c5c",
    "grid_operations.site_contract": "f1a11732976773ca",
}
load_dags(globals(), __file__, DAGS)
