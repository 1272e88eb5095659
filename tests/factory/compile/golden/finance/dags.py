"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "4384fbb78dedf404",
    "finance.opportunity_history": "bf621e2dfe65e7e5",
    "finance.opportunity_lines": "8f0993c0f100c5c6",
    "finance.product": "cad297a3c4268618",
}
load_dags(globals(), __file__, DAGS)
