"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of grid_operations that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "grid_operations.meter_reading": "3a923cb2acf4261d",
    "grid_operations.meter_state": "97bee60edc7346aa",
    "grid_operations.site_contract": "9ab7a36af9d54b22",
}
report_failures(__file__, DAGS)
