"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "983b91fa28b4f487",
    "finance.opportunity_history": "334f3dd6837dc602",
    "finance.opportunity_lines": "6f089612645860ba",
    "finance.product": "1922054be9eaeb1b",
}
load_dags(globals(), __file__, DAGS)
