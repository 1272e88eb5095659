"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of procurement that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "procurement.purchase_order": "95cd1437f8a4b900",
    "procurement.stock_movement": "04b4be34ef0e80c7",
    "procurement.supplier": "343230036b9d0daa",
}
report_failures(__file__, DAGS)
