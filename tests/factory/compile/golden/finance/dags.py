"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "0a11c3019cad7172",
    "finance.opportunity_lines": "ff6264da5ddb2a35",
    "finance.product": "5629e786dab150a6",
}
load_dags(globals(), __file__, DAGS)
