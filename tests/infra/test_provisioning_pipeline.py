"""The provisioning pipeline: its stages, and whom they may become."""

import pytest

from tests.infra.templates import actions, listed, pipeline, statements


def test_provision_can_only_become_what_bootstrap_made(defaults):
    [assume] = [s for s in statements(defaults, "ProvisionRole") if s["Action"] == "sts:AssumeRole"]
    names = [defaults.text(arn).rpartition(":role/")[2] for arn in assume["Resource"]]
    assert names == [
        f"cdk-hnb659fds-{kind}-role-<AccountId>-<Region>" for kind in ("lookup", "deploy", "file-publishing")
    ]
    rest = {a for a in actions(defaults, "ProvisionRole") if not a.startswith(("logs:", "kms:", "s3:Get"))}
    assert rest == {"sts:AssumeRole", "s3:PutObject"}
    [put] = [s for s in statements(defaults, "ProvisionRole") if "s3:PutObject" in listed(s["Action"])]
    assert defaults.text(put["Resource"]).endswith("/cache/MwaaEnvironment-provisioning-pipeline-provision/*")


@pytest.mark.parametrize("stage", ["Synthesise", "Difference"])
def test_what_only_looks_can_only_become_the_role_that_only_looks(defaults, stage):
    [assume] = [s for s in statements(defaults, f"{stage}Role") if s["Action"] == "sts:AssumeRole"]
    assert defaults.text(assume["Resource"]).rpartition(":role/")[2] == (
        "cdk-hnb659fds-lookup-role-<AccountId>-<Region>"
    )


def test_provisioning_shows_the_difference_and_asks_before_it_deploys(defaults):
    names = [stage["Name"] for stage in pipeline(defaults, "provisioning")["Stages"]]
    assert names == ["Source", "Synthesise", "Difference", "Approve", "Provision", "Prove"]
    [approve] = [
        stage for stage in pipeline(defaults, "provisioning")["Stages"] if stage["Name"] == "Approve"
    ]
    assert "BeforeEntry" not in approve


def test_prove_can_only_exchange_what_the_environment_runs_on(defaults):
    rest = {a for a in actions(defaults, "ProveRole") if not a.startswith(("logs:", "kms:"))}
    assert rest == {
        "airflow:GetEnvironment",
        "airflow:UpdateEnvironment",
        "airflow:InvokeRestApi",
        "iam:PassRole",
        "s3:ListBucketVersions",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
    }
    [put] = [s for s in statements(defaults, "ProveRole") if "s3:PutObject" in listed(s["Action"])]
    assert defaults.text(put["Resource"]).endswith("/proven.json")
