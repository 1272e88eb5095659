"""Compiled by `factory render`; do not edit. Airflow DAGs of grid_operations, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "grid_operations.meter_reading": "c8c8dd10bc01bf47",
    "grid_operations.meter_state": "45664905c472d813",
    "grid_operations.site_contract": "233027a9989a57dd",
}
load_dags(globals(), __file__, DAGS)
