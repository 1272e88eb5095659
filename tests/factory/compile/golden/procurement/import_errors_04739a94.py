"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of procurement that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "procurement.purchase_order": "5b2396a7340ef7b5",
    "procurement.stock_movement": "c8d6c9205889da8e",
    "procurement.supplier": "64ca52aae10008ed",
}
report_failures(__file__, DAGS)
