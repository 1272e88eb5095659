"""Quotas: a hundred units fit, and what does not fit is found."""

from typing import Any

import pytest

from infra.analysis.platform_rules import findings
from infra.analysis.quota_rules import longest
from infra.analysis.template import Assembly
from tests.infra.templates import actions, statements

ARN = "arn:<Partition>:iam::<AccountId>:role/"


def assembly(**resources: dict[str, Any]) -> Assembly:
    return Assembly({"stack": {"Resources": resources}})


def role(**properties: Any) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust, **properties}}


def document(size: int) -> dict[str, Any]:
    """A policy document of just that size."""
    frame = '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":""}]}'
    resource = "a" * (size - len(frame))
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}]}


def policy(kind: str, size: int) -> dict[str, Any]:
    return {
        "Type": f"AWS::IAM::{kind}",
        "Properties": {"PolicyDocument": document(size), "Roles": [{"Ref": "Role"}]},
    }


def found(built: Assembly) -> list[str]:
    return [f"{finding.where} {finding.text}" for finding in findings(built) if finding.rule == "QuotaKept"]


def test_a_hundred_units_with_four_secrets_each_fit(assemblies):
    hundred = assemblies["hundred"]
    assert findings(hundred) == []
    volumes = [
        p
        for p in hundred.resources("AWS::IAM::ManagedPolicy")
        if p.logical_id.startswith("ExecutionRoleUnits")
    ]
    assert 1 < len(volumes) <= 10


def test_no_unit_and_no_secret_is_lost_between_two_volumes(assemblies):
    hundred = assemblies["hundred"]
    assumed, read = (
        [
            hundred.text(arn).rpartition("/")[2]
            for statement in statements(hundred, "ExecutionRole")
            if statement["Sid"] == sid
            for arn in (
                statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            )
        ]
        for sid in ("Units", "Secrets")
    )
    assert assumed == [f"MwaaEnvironment-business_unit_{number:03}-writer" for number in range(100)]
    assert len(read) == len(set(read)) == 100 * 4 + 1
    assert {"sts:AssumeRole", "secretsmanager:GetSecretValue"} <= actions(hundred, "ExecutionRole")


@pytest.mark.parametrize(("kind", "most"), [("ManagedPolicy", 6_144), ("Policy", 10_240)])
def test_the_size_of_a_policy(kind, most):
    assert found(assembly(Role=role(), Own=policy(kind, most))) == []
    [text] = found(assembly(Role=role(), Own=policy(kind, most + 1)))
    assert f"has {most + 1:,} characters; AWS takes {most:,}" in text


def test_inline_policies_of_a_role_count_together():
    inline = {"Policies": [{"PolicyDocument": document(5_000)}]}
    [text] = found(assembly(Role=role(**inline), Own=policy("Policy", 5_241)))
    assert text == "stack/Role inline policies together has 10,241 characters; AWS takes 10,240"


def test_the_size_of_a_trust_policy():
    [text] = found(assembly(Role=role(AssumeRolePolicyDocument=document(2_049))))
    assert "trust policy has 2,049 characters" in text


def test_the_managed_policies_of_a_role():
    volumes = {f"Volume{number}": policy("ManagedPolicy", 200) for number in range(10)}
    assert found(assembly(Role=role(), **volumes)) == []
    [text] = found(assembly(Role=role(ManagedPolicyArns=["arn:aws:iam::aws:policy/ReadOnly"]), **volumes))
    assert text == "stack/Role role has 11 managed policies; AWS takes 10"


@pytest.mark.parametrize(
    ("kind", "name", "most"),
    [
        ("AWS::S3::BucketPolicy", "PolicyDocument", 20_480),
        ("AWS::KMS::Key", "KeyPolicy", 32_768),
        ("AWS::SNS::TopicPolicy", "PolicyDocument", 30_720),
        ("AWS::SSO::PermissionSet", "InlinePolicy", 32_768),
    ],
)
def test_the_size_of_a_resource_s_own_policy(kind, name, most):
    own = document(most + 1)
    own["Statement"][0]["Principal"] = "*"
    properties = {name: own, "Bucket": "b"}
    assert any(
        "characters; AWS takes" in text
        for text in found(assembly(Own={"Type": kind, "Properties": properties}))
    )


def test_the_statements_of_a_topic():
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "t"}
    properties = {"PolicyDocument": {"Statement": [statement] * 101}}
    [text] = found(assembly(Own={"Type": "AWS::SNS::TopicPolicy", "Properties": properties}))
    assert "policy has 101 statements; AWS takes 100" in text


@pytest.mark.parametrize(
    ("section", "most"), [("Resources", 500), ("Outputs", 200), ("Parameters", 200), ("Mappings", 200)]
)
def test_what_a_stack_holds(section, most):
    entry = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    whole = {section: {f"Entry{number}": entry for number in range(most)}}
    assert found(Assembly({"stack": whole})) == []
    whole[section]["More"] = entry
    [text] = found(Assembly({"stack": whole}))
    assert text == f"stack/ the stack has {most + 1} {section.lower()}; AWS takes {most}"


def test_the_length_of_a_template():
    [text] = found(Assembly({"stack": {"Description": "d" * 1_000_000}}))
    assert "the template has 1,000,018 characters; AWS takes 1,000,000" in text


def test_the_roles_of_an_account():
    stacks = {
        f"stack{number}": {"Resources": {f"Role{n}": role() for n in range(400)}} for number in range(3)
    }
    [text] = found(Assembly(stacks))
    assert "the platform has 1,200 roles; AWS takes 1,000" in text


def test_the_tags_of_a_resource():
    tags = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    [text] = found(assembly(Bucket={"Type": "AWS::S3::Bucket", "Properties": {"Tags": tags}}))
    assert text == "stack/Bucket the resource has 51 tags; AWS takes 50"


def test_the_lifecycle_rules_of_a_bucket():
    rules = [{"Id": str(number), "Status": "Enabled"} for number in range(1_001)]
    properties = {"LifecycleConfiguration": {"Rules": rules}}
    [text] = found(assembly(Lake={"Type": "AWS::S3::Bucket", "Properties": properties}))
    assert text == "stack/Lake the bucket has 1,001 lifecycle rules; AWS takes 1,000"


def test_the_text_of_a_pipeline_s_action():
    action = {
        "Name": "Approve",
        "ActionTypeId": {"Provider": "Manual"},
        "Configuration": {"CustomData": "?" * 1_001},
    }
    pipeline = {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Actions": [action]}]}}
    [text] = found(assembly(Pipeline=pipeline))
    assert "CustomData of Approve has 1,001 characters; AWS takes 1,000" in text


def test_references_count_as_the_longest_that_they_can_be():
    assert longest(ARN) == len("arn:aws-us-gov:iam::123456789012:role/")
    assert longest("${AWS::Region}") == len("ap-southeast-1")
    assert longest("<Lake5F1B88EA.Arn>/x") == 102
