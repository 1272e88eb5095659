"""What a task makes of the templates among its arguments: the same as Airflow, sooner."""

import pytest
from airflow.sdk import DAG, BaseOperator
from lake_ingest.airflow.tasks import ToS3Operator

PLACE = {"aws_conn_id": "lake", "prefix": "any"}


class Variables(dict[str, str]):
    """Stands in for Airflow's access to its Variables."""

    def __getattr__(self, name: str) -> str:
        return self[name]


class Plain(BaseOperator):
    """Airflow's own rendering."""

    template_fields = ("bucket",)

    def __init__(self, bucket: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.bucket = bucket


@pytest.mark.parametrize(
    "bucket",
    [
        "lake",
        "{{ var.value.bucket_name }}",
        "{{var.value.bucket_name}}",
        "{{ var.value.bucket_name }}-{{ run_id }}",
        "{{ var.value.bucket_name | upper }}",
        "{{ run_id }}",
        "{{ var.value.missing or 'other' }}",
        "",
    ],
)
def test_a_bucket_is_rendered_as_airflow_does(bucket: str) -> None:
    values = Variables(bucket_name="group-lake", missing="")
    context = {"var": {"value": values}, "run_id": "run"}
    with DAG("finance.deals", schedule=None):
        ours, theirs = (
            ToS3Operator(task_id="ours", bucket=bucket, **PLACE),
            Plain(task_id="theirs", bucket=bucket),
        )
    ours.render_template_fields(context)
    theirs.render_template_fields(context)
    assert ours.bucket == theirs.bucket


def test_a_variable_that_is_missing_fails_the_task() -> None:
    with DAG("finance.deals", schedule=None):
        task = ToS3Operator(task_id="ours", bucket="{{ var.value.bucket_name }}", **PLACE)
    with pytest.raises(KeyError, match="bucket_name"):
        task.render_template_fields({"var": {"value": Variables()}})
