"""What must fail: with one clear sentence, without a secret, and with nothing published."""

import re

import pytest
from lake_ingest.lake.bucket import Bucket

from tests.e2e.conftest import ENVIRONMENT

pytestmark = pytest.mark.e2e

SENTENCES = {
    "refused.password": r"Salesforce refused the login of connection 'wrong_password' at .+: INVALID_LOGIN: .+",
    "refused.object": r"Salesforce could not describe Acount: HTTP 404 NOT_FOUND .+ Correct the object's name .+",
    "refused.field": r"object Account has no field 'Nmae' .+ Correct the spec, .+",
    "refused.bucket": r"could not list s3://northwind-no-such-lake/.+ NoSuchBucket .+ The bucket does not exist; .+",
    "refused_role.role": r"could not use the AWS connection 'aws_refused' with role \S+_of_somebody_else: AssumeRole .+",
}


@pytest.mark.parametrize("dag_id", SENTENCES)
def test_the_task_fails_with_one_clear_sentence(stack, first, dag_id):
    assert first.progress[dag_id].run.state == "failed"
    log = first.failure(stack, dag_id)
    told = re.findall(r"""'exc_type': '(\w+)', 'exc_value': (?:"(.*?)"|'(.*?)'), 'exc_notes'""", log)
    assert [(kind, bool(re.fullmatch(SENTENCES[dag_id], a or b))) for kind, a, b in told] == [
        ("AirflowFailException", True)
    ], log


@pytest.mark.parametrize("dag_id", SENTENCES)
def test_nothing_is_published_and_nothing_is_tried_again(stack, first, dag_id):
    assert dag_id not in first.published
    assert {task.try_number for task in first.progress[dag_id].tasks if task.state == "failed"} == {1}
    prefix = f"{ENVIRONMENT}/{dag_id.replace('.', '/')}/"
    assert Bucket(stack.store.client(), stack.store.bucket).keys(prefix) == []


def test_no_log_and_no_object_holds_a_secret(stack, secrets, second):
    logs = {path: path.read_text(errors="replace") for path in stack.airflow.logs.rglob("*.log")}
    assert len(logs) > 40
    assert any("Salesforce retires SOAP login" in text for text in logs.values())
    leaks = [
        (str(path), name) for path, text in logs.items() for name, secret in secrets.items() if secret in text
    ]
    bucket = Bucket(stack.store.client(), stack.store.bucket)
    for key in bucket.keys(""):
        body = bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
        leaks += [(key, name) for name, secret in secrets.items() if secret.encode() in body]
    assert leaks == []
