"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "7a9dfd3fe4e568ab",
    "finance.opportunity_lines": "73b10b25ecb6a2fb",
    "finance.product": "b3e0a2b73f89c15d",
}
load_dags(globals(), __file__, DAGS)
