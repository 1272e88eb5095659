"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of procurement that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "procurement.purchase_order": "e8d18f32f09c27be",
    "procurement.stock_movement": "7381b4d18ff39e87",
    "procurement.supplier": "2d83108f53821a9c",
}
report_failures(__file__, DAGS)
