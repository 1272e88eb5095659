"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of grid_operations that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "grid_operations.meter_reading": "806dc62a3fd71a97",
    "grid_operations.meter_state": "02fb888d994334b2",
    "grid_operations.site_contract": "bdcb3319c6bce8bc",
}
report_failures(__file__, DAGS)
