"""Two environments: one file describes both, the pipelines are the first one's, and the second trusts just these."""

import pytest

from infra.parameters.context_reader import read_settings
from infra.parameters.parameter import ParameterError
from tests.infra.sets import ACCOUNT, OTHER_ACCOUNT, REGION, TWO
from tests.infra.templates import actions, pipeline, statements


def both(**changes):
    """The two with other values for the second."""
    one, other = TWO["environments"].values()
    return {"environments": {"dev": one, "prod": {**other, **changes}}}


def test_each_is_described_by_what_both_share_and_what_is_its_own():
    shared = {**TWO, "environmentClass": "mw1.medium"}
    dev, prod = read_settings(shared), read_settings({**shared, "environment": "prod"})
    assert (dev.environment, dev.env_name, dev.max_workers) == ("dev", "LakeDev", 1)
    assert (prod.environment, prod.env_name, prod.max_workers) == ("prod", "Lake", 3)
    assert dev.environment_class == prod.environment_class == "mw1.medium"
    assert prod.at == (OTHER_ACCOUNT, REGION)
    assert dev.promotes_to
    assert (dev.promotes_to.env_name, dev.promotes_to.account) == ("Lake", OTHER_ACCOUNT)
    assert dev.promoted_from is None
    assert prod.promoted_from
    assert (prod.promoted_from.env_name, prod.promoted_from.account) == ("LakeDev", ACCOUNT)
    assert prod.promotes_to is None


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"environments": {"dev": {}}}, "parameter environments: got"),
        ({"environments": {"dev": {}, "qa": {}, "prod": {}}}, "parameter environments: got"),
        ({"environments": {"Dev": {}, "prod": {}}}, "parameter environments: got"),
        ({"environments": "dev,prod"}, "parameter environments: got"),
        ({"environments": '{"dev": {}, "dev": {}}'}, "parameter environments: got"),
        ({"environments": {"dev": {}, "prod": "Lake"}}, "parameter environments: got"),
        (both(maxWorkers=0), "environment prod: parameter maxWorkers: got 0"),
        (
            both(maxWokers=2),
            "environment prod: parameter maxWokers: there is none of this name; did you mean maxWorkers",
        ),
        (both(branch="release"), "parameter environments.prod.branch: got 'release'; valid: a value of dev"),
        (
            both(environment="prod"),
            "parameter environments.prod.environment: got 'prod'; valid: beside environments",
        ),
        (both(at=None), "parameter at: got"),
        (both(at="210987654321"), "environment prod: parameter at: got '210987654321'"),
        (
            both(at=f"{ACCOUNT}/{REGION}", envName="lakedev"),
            "parameter envName: got 'lakedev'; valid: another name for prod",
        ),
        (both(at="210987654321/eu-wset-1"), "environment prod: parameter at: got '210987654321/eu-wset-1'"),
        (
            {"environments": {"dev": {"envName": "Lake_1"}, "prod": {"envName": "lake-1"}}},
            "parameter envName: got 'lake-1'; valid: another name for prod than for dev",
        ),
        (
            both(lakeOf="LakeDev"),
            "parameter lakeOf: got 'LakeDev'; valid: an environment of the same account and Region, which dev is not",
        ),
        (
            both(successor="LakeDev"),
            "parameter successor: got 'LakeDev'; valid: an environment of the same account and Region",
        ),
        ({**both(), "environment": "qa"}, "parameter environment: got 'qa'; valid: dev or prod"),
        ({"environment": "dev"}, "parameter environment: got 'dev'; valid: together with environments"),
        (
            {"at": f"{ACCOUNT}/{REGION}"},
            "parameter at: got '123456789012/eu-west-1'; valid: together with environments",
        ),
        (
            {"environments": {"dev": {}, "prod": {}}},
            "parameter envName: got 'MwaaEnvironment'; valid: another name",
        ),
    ],
)
def test_a_mistake_in_either_ends_in_one_sentence(context, sentence):
    with pytest.raises(ParameterError) as caught:
        read_settings(context)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_same_name_is_free_in_another_account():
    assert read_settings(both(envName="LakeDev")).env_name == "LakeDev"


def test_one_artifact_goes_to_the_first_is_verified_and_promoted_by_a_person(assemblies):
    stages = pipeline(assemblies["dev"], "project")["Stages"]
    names = [stage["Name"] for stage in stages]
    assert names[-9:] == [
        "Deploy", "Verify", "Approve", "DeployDecided", "VerifyDecided", "Compare", "Promote", "DeployPromoted", "Conclude",
    ]  # fmt: skip
    read = {a["Name"] for stage in stages[3:] for a in stage["Actions"][0].get("InputArtifacts", ())}
    assert read == {"Release"}
    promote = next(stage for stage in stages if stage["Name"] == "Promote")
    assert "BeforeEntry" not in promote
    assert promote["Actions"][0]["ActionTypeId"]["Category"] == "Approval"


def test_the_platform_is_proven_in_the_first_before_a_person_is_asked_for_the_second(assemblies):
    stages = pipeline(assemblies["dev"], "provisioning")["Stages"]
    names = [stage["Name"] for stage in stages]
    assert names[-5:] == ["Prove", "DifferencePromoted", "Promote", "ProvisionPromoted", "ProvePromoted"]
    assert {a["Name"] for stage in stages[2:] for a in stage["Actions"][0].get("InputArtifacts", ())} == {
        "Assembly"
    }


def test_what_provisions_the_second_cannot_touch_the_first_nor_the_other_way_round(assemblies):
    for role, account in (("ProvisionRole", ACCOUNT), ("ProvisionPromotedRole", OTHER_ACCOUNT)):
        [assume] = [s for s in statements(assemblies["dev"], role) if s["Action"] == "sts:AssumeRole"]
        arns = [assemblies["dev"].text(arn) for arn in assume["Resource"]]
        assert len(arns) == 3
        assert all(
            f":iam::{account}:role/cdk-hnb659fds-" in arn and f"-{account}-{REGION}" in arn for arn in arns
        )


def test_the_second_has_no_pipeline_and_trusts_one_build_a_role(assemblies):
    prod = assemblies["prod"]
    assert not list(prod.resources("AWS::CodePipeline::Pipeline", "AWS::CodeBuild::Project"))
    roles = [r.properties for r in prod.resources("AWS::IAM::Role") if r.stack == "promotion"]
    trusted = {}
    for role in roles:
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert prod.text(statement["Principal"]["AWS"]) == f"arn:<Partition>:iam::{ACCOUNT}:root"
        trusted[role["RoleName"]] = prod.text(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
    assert trusted == {
        f"Lake-{kind}": f"arn:<Partition>:iam::{ACCOUNT}:role/LakeDev-promoted-{kind}"
        for kind in ("compare", "deploy", "verify", "prove")
    }


def test_each_build_becomes_the_role_that_trusts_it_and_no_other(assemblies):
    dev = assemblies["dev"]
    names = {
        r.properties["RoleName"]: r.logical_id
        for r in dev.resources("AWS::IAM::Role")
        if "-promoted-" in r.properties.get("RoleName", "")
    }
    for kind in ("compare", "deploy", "verify", "prove"):
        [become] = [s for s in statements(dev, names.pop(f"LakeDev-promoted-{kind}")) if s["Sid"] == "Become"]
        assert dev.text(become["Resource"]) == f"arn:<Partition>:iam::{OTHER_ACCOUNT}:role/Lake-{kind}"
    assert names == {}


def test_comparing_writes_nothing_in_the_second(assemblies):
    assert actions(assemblies["prod"], "Compare") == {
        "airflow:GetEnvironment",
        "s3:ListBucketVersions",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "kms:Decrypt",
    }


def test_no_key_and_no_bucket_of_the_first_is_opened_to_the_second(assemblies):
    """The builds act in the other account by its roles, so the artifacts never leave theirs."""
    for resource in assemblies["dev"].resources("AWS::S3::BucketPolicy", "AWS::KMS::Key"):
        assert OTHER_ACCOUNT not in str(resource.properties)


def test_the_builds_compile_for_both(assemblies):
    [build] = [
        p.properties
        for p in assemblies["dev"].resources("AWS::CodeBuild::Project")
        if p.properties["Name"] == "LakeDev-project-pipeline-build"
    ]
    variables = {v["Name"]: v["Value"] for v in build["Environment"]["EnvironmentVariables"]}
    assert variables["FACTORY_ENVIRONMENT"] == "dev"
    assert variables["PROMOTED_ENVIRONMENT"] == "prod"
