"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "0bf1be1f7688f674",
    "finance.opportunity_history": "1ad7833d8e331212",
    "finance.opportunity_lines": "97308b6fb58b0875",
    "finance.product": "55472d0133fe478f",
}
load_dags(globals(), __file__, DAGS)
