"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of procurement that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "procurement.purchase_order": "0c637f6775be1054",
    "procurement.stock_movement": "48c8a7ddf73c4016",
    "procurement.supplier": "56e0c7998df1eba6",
}
report_failures(__file__, DAGS)
