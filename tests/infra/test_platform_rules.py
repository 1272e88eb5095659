"""Each of our rules: silent on the platform, and loud when its defect is planted."""

from copy import deepcopy
from typing import Any

import pytest

from infra.analysis.platform_rules import findings
from infra.analysis.template import Assembly


def found(assembly: Assembly) -> set[str]:
    return {finding.rule for finding in findings(assembly)}


def test_the_platform_breaks_no_rule(assemblies):
    for name, assembly in assemblies.items():
        assert findings(assembly) == [], name


def planted(assembly: Assembly, stack: str, prefix: str, kind: str) -> tuple[Assembly, dict[str, Any]]:
    """A copy of the templates, and the properties of one resource in it to spoil."""
    templates = deepcopy(assembly.templates)
    properties = next(
        resource["Properties"]
        for name, resource in templates[stack]["Resources"].items()
        if name.startswith(prefix) and resource["Type"] == kind
    )
    return Assembly(templates), properties


def allow(assembly: Assembly, stack: str, role: str, action: str, resource: object) -> Assembly:
    copy, policy = planted(assembly, stack, f"{role}DefaultPolicy", "AWS::IAM::Policy")
    policy["PolicyDocument"]["Statement"].append({"Effect": "Allow", "Action": action, "Resource": resource})
    return copy


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:iam::*:role/x", "arn:aws:iam::123456789012:role/ingest-*"]
)
def test_an_open_assume_role(defaults, resource):
    assert found(allow(defaults, "environment", "ExecutionRole", "sts:AssumeRole", resource)) == {
        "AssumeRoleNamed"
    }


@pytest.mark.parametrize("action", ["s3:Get*", "*", "kms:*"])
def test_a_wild_action(defaults, action):
    assert "ActionNamed" in found(allow(defaults, "environment", "ExecutionRole", action, "arn:aws:s3:::x/y"))


def test_a_web_login_token_for_airflow_itself(defaults):
    spoilt = allow(
        defaults, "environment", "ExecutionRole", "airflow:CreateWebLoginToken", "arn:aws:airflow:x"
    )
    assert found(spoilt) == {"NoWebLoginForServices"}


DAGS = {"Fn::GetAtt": ["DagsBucket4A8F3CC8", "Arn"]}


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*/dags/*",
        "arn:aws:s3:::mwaa*/*",
        {"Fn::Join": ["", [DAGS, "/dags/*"]]},
        {"Fn::Join": ["", [DAGS, "/*"]]},
        {"Fn::Join": ["", [DAGS, "*"]]},
    ],
)
def test_a_build_that_may_write_dags(defaults, resource):
    assert found(allow(defaults, "project-pipeline", "ValidateRole", "s3:PutObject", resource)) == {
        "DagsByPipelineOnly"
    }


@pytest.mark.parametrize(
    "resource",
    ["arn:aws:s3:::other/dags/*", "arn:aws:s3:::*/plugins/*", {"Fn::Join": ["", [DAGS, "/plugins.zip"]]}],
)
def test_a_build_that_writes_elsewhere_is_not_taken_for_one_that_writes_dags(defaults, resource):
    assert found(allow(defaults, "project-pipeline", "ValidateRole", "s3:PutObject", resource)) == set()


@pytest.mark.parametrize("file", ["/dags/finance/product.py", "/dags/*", "/dags/platform_canary.py*"])
def test_what_copies_the_canary_writes_no_other_dag(defaults, file):
    resource = {"Fn::Join": ["", [DAGS, file]]}
    assert found(allow(defaults, "environment", "ObjectsRole", "s3:PutObject", resource)) == {
        "DagsByPipelineOnly"
    }


def test_everything_but_something_is_everything(defaults):
    spoilt, policy = planted(defaults, "environment", "ExecutionRoleDefaultPolicy", "AWS::IAM::Policy")
    policy["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"}
    )
    assert {"ActionNamed", "AssumeRoleNamed", "DagsByPipelineOnly", "NoWebLoginForServices"} == found(spoilt)


def test_a_person_who_may_write_dags(defaults):
    spoilt, policy = planted(defaults, "access", "AdminPolicy", "AWS::IAM::ManagedPolicy")
    policy["PolicyDocument"]["Statement"].append(
        {
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": [{"Fn::Join": ["", [{"Fn::GetAtt": ["DagsBucket4A8F3CC8", "Arn"]}, "/dags/x*"]]}],
        }
    )
    assert found(spoilt) == {"DagsByPipelineOnly"}


def test_a_bucket_that_lets_administrators_write_dags(defaults):
    spoilt, policy = planted(defaults, "environment", "DagsBucketPolicy", "AWS::S3::BucketPolicy")
    statements = policy["PolicyDocument"]["Statement"]
    statements[:] = [
        statement for statement in statements if statement.get("Sid") != "OnlyThePipelineWritesDags"
    ]
    assert found(spoilt) == {"DagsGuarded"}


@pytest.mark.parametrize(
    ("name", "flag"), [("defaults", "PollForSourceChanges"), ("github", "DetectChanges")]
)
@pytest.mark.parametrize("value", [True, None])
def test_a_pipeline_that_polls(assemblies, name, flag, value):
    spoilt, pipeline = planted(
        assemblies[name], "project-pipeline", "Pipeline", "AWS::CodePipeline::Pipeline"
    )
    configuration = pipeline["Stages"][0]["Actions"][0]["Configuration"]
    del configuration[flag]
    if value is not None:
        configuration[flag] = value
    assert found(spoilt) == {"NoPolling"}


def test_a_privileged_build(defaults):
    spoilt, project = planted(defaults, "project-pipeline", "Build", "AWS::CodeBuild::Project")
    project["Environment"]["PrivilegedMode"] = True
    assert found(spoilt) == {"NoPrivilegedBuilds"}


def test_a_shared_role(defaults):
    spoilt, validate = planted(defaults, "project-pipeline", "Validate", "AWS::CodeBuild::Project")
    deploy = next(p for p in spoilt.resources("AWS::CodeBuild::Project") if p.logical_id.startswith("Deploy"))
    validate["ServiceRole"] = deploy.properties["ServiceRole"]
    assert found(spoilt) == {"NoSharedRoles"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("TaskLogs", {"Enabled": False}), ("WebserverLogs", {"Enabled": True, "LogLevel": "ERROR"})],
)
def test_a_log_that_is_off(defaults, kind, value):
    spoilt, environment = planted(defaults, "environment", "Environment", "AWS::MWAA::Environment")
    environment["LoggingConfiguration"][kind] = value
    assert found(spoilt) == {"AllLogsOn"}
