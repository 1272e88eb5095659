"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of procurement that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "procurement.purchase_order": "84d4b8beffccdd22",
    "procurement.stock_movement": "67c80e537bc98bba",
    "procurement.supplier": "a9b2100ec17f7f7a",
}
report_failures(__file__, DAGS)
