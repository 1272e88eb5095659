"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "5ed34438690c46a6",
    "finance.opportunity_lines": "ccaf6f6225e33a2a",
    "finance.product": "6c766d20436f9504",
}
load_dags(globals(), __file__, DAGS)
