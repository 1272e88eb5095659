"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "5bf69b2fc710e6a0",
    "sales.contact": "3742831031248443",
    "sales.lead": "87db08e21267e681",
}
load_dags(globals(), __file__, DAGS)
