"""What the templates hold, promise by promise."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.analysis.template import Assembly, Resource
from infra.unit import read_units
from tests.infra.sets import ACCOUNT, CONNECTION, INSTANCE, REGION

ROOT = Path(__file__).parents[2]
STATEFUL = ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::CodeCommit::Repository")


def only(assembly: Assembly, kind: str) -> Resource:
    [resource] = assembly.resources(kind)
    return resource


def environment(assembly: Assembly) -> Mapping[str, Any]:
    return only(assembly, "AWS::MWAA::Environment").properties


def statements(assembly: Assembly, role: str) -> list[dict[str, Any]]:
    return [
        statement
        for policy in assembly.resources("AWS::IAM::Policy")
        if any(role in assembly.text(reference) for reference in policy.properties["Roles"])
        for statement in policy.properties["PolicyDocument"]["Statement"]
    ]


def pipeline(assembly: Assembly, name: str) -> Mapping[str, Any]:
    [found] = [
        p for p in assembly.resources("AWS::CodePipeline::Pipeline") if p.properties["Name"].endswith(name)
    ]
    return found.properties


# --- parameters reach the environment


def test_the_default_environment(defaults):
    properties = environment(defaults)
    expected = {
        "Name": "MwaaEnvironment",
        "AirflowVersion": "3.3.1",
        "EnvironmentClass": "mw1.small",
        "MinWorkers": 1,
        "MaxWorkers": 1,
        "MinWebservers": 2,
        "MaxWebservers": 2,
        "Schedulers": 2,
        "WebserverAccessMode": "PUBLIC_ONLY",
        "WorkerReplacementStrategy": "GRACEFUL",
        "DagS3Path": "dags",
    }
    assert {name: properties[name] for name in expected} == expected
    assert "Tags" not in properties


def test_every_parameter_of_the_large_set_reaches_the_environment(assemblies):
    properties = environment(assemblies["large"])
    expected = {
        "Name": "Lake",
        "AirflowVersion": "3.2.1",
        "EnvironmentClass": "mw1.large",
        "MinWorkers": 2,
        "MaxWorkers": 10,
        "MinWebservers": 2,
        "MaxWebservers": 4,
        "KmsKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f",
        "Tags": {"Environment": "MyEnv", "Application": "MyApp", "Reason": "Airflow"},
    }
    assert {name: properties[name] for name in expected} == expected


def test_tags_are_on_other_resources_too(assemblies):
    lake = next(
        b for b in assemblies["large"].resources("AWS::S3::Bucket") if b.logical_id.startswith("Lake5")
    )
    assert {"Key": "Application", "Value": "MyApp"} in lake.properties["Tags"]


def test_the_small_class_has_one_of_each(assemblies):
    properties = environment(assemblies["private"])
    sizes = ("MinWorkers", "MaxWorkers", "MinWebservers", "MaxWebservers", "Schedulers")
    assert [properties[name] for name in sizes] == [1] * 5


def test_the_branch_and_the_mail_address(assemblies):
    large = assemblies["large"]
    for name in ("project", "provisioning"):
        assert pipeline(large, name)["Stages"][0]["Actions"][0]["Configuration"]["BranchName"] == "release"
    mails = [s.properties["Endpoint"] for s in large.resources("AWS::SNS::Subscription")]
    assert mails == ["lake@example.com"] * 3


# --- network


def test_a_new_vpc_has_two_zones_one_nat_and_flow_logs(defaults):
    subnets = [s.properties for s in defaults.resources("AWS::EC2::Subnet")]
    assert len(subnets) == 4
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert only(defaults, "AWS::EC2::VPC").properties["CidrBlock"] == "172.31.0.0/16"
    assert only(defaults, "AWS::EC2::FlowLog").properties["TrafficType"] == "ALL"
    assert len(list(defaults.resources("AWS::EC2::NatGateway"))) == 1
    assert len(environment(defaults)["NetworkConfiguration"]["SubnetIds"]) == 2


def test_endpoints_instead_of_nat(assemblies):
    private = assemblies["private"]
    assert not list(private.resources("AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"))
    names = [private.text(e.properties["ServiceName"]) for e in private.resources("AWS::EC2::VPCEndpoint")]
    services = {name.rpartition("<Region>.")[2] for name in names}
    assert services == {
        *("airflow.api", "airflow.env", "ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "s3"),
        *("secretsmanager", "sqs", "sts"),
    }
    assert environment(private)["WebserverAccessMode"] == "PRIVATE_ONLY"
    assert only(private, "AWS::EC2::VPC").properties["CidrBlock"] == "10.20.0.0/16"


def test_a_given_vpc_is_used_and_none_is_made(assemblies):
    given = assemblies["given-vpc"]
    assert "network" not in given.templates
    assert not list(given.resources("AWS::EC2::VPC"))
    subnets = environment(given)["NetworkConfiguration"]["SubnetIds"]
    assert subnets == ["subnet-0" + "1" * 16, "subnet-0" + "2" * 16]


def test_given_subnets_are_used(assemblies):
    subnets = environment(assemblies["given-subnets"])["NetworkConfiguration"]["SubnetIds"]
    assert subnets == ["subnet-0aaaaaaa", "subnet-0bbbbbbb"]


def test_the_environment_talks_to_itself_and_over_tls(defaults):
    group = next(g for g in defaults.resources("AWS::EC2::SecurityGroup") if g.stack == "environment")
    assert [
        (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in group.properties["SecurityGroupEgress"]
    ] == [("0.0.0.0/0", 443, 443)]
    assert "SecurityGroupIngress" not in group.properties
    itself = only(defaults, "AWS::EC2::SecurityGroupIngress").properties
    assert itself["SourceSecurityGroupId"] == itself["GroupId"]


# --- environment


def test_every_bucket_is_encrypted_versioned_private_and_tls_only(assemblies):
    for name, assembly in assemblies.items():
        policies = {
            assembly.text(p.properties["Bucket"]): p for p in assembly.resources("AWS::S3::BucketPolicy")
        }
        for bucket in assembly.resources("AWS::S3::Bucket"):
            where = f"{name}/{bucket.address}"
            properties = bucket.properties
            assert properties["BucketEncryption"], where
            assert properties["VersioningConfiguration"] == {"Status": "Enabled"}, where
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, where
            denied = [
                condition
                for statement in policies[f"<{bucket.logical_id}>"].properties["PolicyDocument"]["Statement"]
                if statement["Effect"] == "Deny"
                for condition in statement["Condition"].values()
            ]
            assert {"aws:SecureTransport": "false"} in denied, where
            assert {"s3:TlsVersion": 1.2} in denied, where


def test_keys_rotate(assemblies):
    for assembly in assemblies.values():
        assert all(key.properties["EnableKeyRotation"] for key in assembly.resources("AWS::KMS::Key"))


def test_a_given_key_is_used_and_none_is_made_for_the_environment(assemblies):
    assert not [key for key in assemblies["large"].resources("AWS::KMS::Key") if key.stack == "environment"]


def test_logs_of_all_five_kinds_are_ours_and_expire(defaults):
    names = {
        group.properties.get("LogGroupName"): group.properties
        for group in defaults.resources("AWS::Logs::LogGroup")
        if group.stack == "environment"
    }
    for kind in ("DAGProcessing", "Scheduler", "Task", "WebServer", "Worker"):
        group = names[f"airflow-MwaaEnvironment-{kind}"]
        assert group["RetentionInDays"] == 90
        assert group["KmsKeyId"]
    kinds = ("DagProcessingLogs", "SchedulerLogs", "TaskLogs", "WebserverLogs", "WorkerLogs")
    assert environment(defaults)["LoggingConfiguration"] == {
        kind: {"Enabled": True, "LogLevel": "INFO"} for kind in kinds
    }


def test_nobody_is_telephoned(defaults):
    options = environment(defaults)["AirflowConfigurationOptions"]
    assert options["dag_factory.enable_telemetry"] == "False"
    assert "secrets.backend" not in options


@pytest.mark.parametrize("name", ["defaults", "secrets-manager"])
def test_every_option_is_one_that_airflow_or_dag_factory_reads(assemblies, name):
    package = find_spec("airflow").submodule_search_locations[0]
    known = yaml.safe_load((Path(package) / "config_templates" / "config.yml").read_text())
    known["dag_factory"] = {"options": {"enable_telemetry": {}}}
    options = [option.split(".") for option in environment(assemblies[name])["AirflowConfigurationOptions"]]
    assert [f"{section}.{key}" for section, key in options if key not in known[section]["options"]] == []


def test_secrets_manager_as_backend(assemblies):
    options = environment(assemblies["secrets-manager"])["AirflowConfigurationOptions"]
    assert options["secrets.backend"].endswith("SecretsManagerBackend")
    assert '"connections_prefix": "airflow/connections"' in options["secrets.backend_kwargs"]


def test_with_secrets_manager_airflow_reads_the_units_secrets_and_no_others(assemblies):
    [statement] = [
        s for s in statements(assemblies["secrets-manager"], "ExecutionRole") if s["Sid"] == "Secrets"
    ]
    names = [
        assemblies["secrets-manager"].text(arn).rpartition(":secret:")[2] for arn in statement["Resource"]
    ]
    assert names == [
        "airflow/connections/aws_finance-??????",
        "airflow/connections/aws_sales-??????",
        "airflow/connections/protect_finance-??????",
        "airflow/connections/salesforce_default-??????",
        "airflow/connections/salesforce_oauth-??????",
        "airflow/variables/bucket_name-??????",
    ]


def test_without_it_airflow_reads_no_secret(defaults):
    assert not [s for s in statements(defaults, "ExecutionRole") if s["Sid"] == "Secrets"]


def test_the_environment_takes_the_versions_that_s3_gave(defaults):
    properties = environment(defaults)
    for name in ("Plugins", "Requirements"):
        copy = properties[f"{name}S3ObjectVersion"]["Fn::GetAtt"]
        assert copy[1] == "VersionId"
        resource = defaults.templates["environment"]["Resources"][copy[0]]
        assert resource["Type"] == "Custom::AWS"
        update = defaults.text(resource["Properties"]["Update"])
        assert '"action":"copyObject"' in update
        assert f'"Key":"{properties[f"{name}S3Path"]}"' in update


def test_only_mwaa_for_this_environment_can_use_the_execution_role(defaults):
    role = next(r for r in defaults.resources("AWS::IAM::Role") if r.logical_id.startswith("ExecutionRole"))
    for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
        assert statement["Principal"]["Service"] in ("airflow.amazonaws.com", "airflow-env.amazonaws.com")
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "environment/MwaaEnvironment" in defaults.text(
            statement["Condition"]["ArnLike"]["aws:SourceArn"]
        )


# --- data


def test_one_writer_a_unit_limited_to_its_prefix(defaults):
    roles = {
        r.properties.get("RoleName"): r for r in defaults.resources("AWS::IAM::Role") if r.stack == "data"
    }
    assert sorted(roles) == ["MwaaEnvironment-finance-writer", "MwaaEnvironment-sales-writer"]
    [write] = [s for s in statements(defaults, "Writerfinance") if s["Sid"] == "Write"]
    assert defaults.text(write["Resource"]).endswith("/finance/*")
    [listing] = [s for s in statements(defaults, "Writerfinance") if s["Sid"] == "List"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["finance", "finance/*"]}}
    [secrets] = [s for s in statements(defaults, "Writersales") if s["Sid"] == "Secrets"]
    assert [defaults.text(arn).rpartition("/")[2] for arn in secrets["Resource"]] == [
        "aws_sales-??????",
        "salesforce_default-??????",
    ]


def test_a_unit_with_buckets_of_its_own_writes_there_only(defaults):
    [write] = [s for s in statements(defaults, "Writersales") if s["Sid"] == "Write"]
    assert [defaults.text(resource) for resource in write["Resource"]] == [
        "arn:<Partition>:s3:::sales-own-bucket/crm/sales/*",
        "arn:<Partition>:s3:::sales-archive/crm/sales/*",
    ]
    assert not [s for s in statements(defaults, "Writersales") if s["Sid"] == "Key"]


def test_writers_are_assumed_by_the_execution_role_only(defaults):
    for role in defaults.resources("AWS::IAM::Role"):
        if role.stack == "data":
            for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
                assert defaults.text(statement["Principal"]["AWS"]).startswith("<ExecutionRole")


def test_the_execution_role_may_assume_the_writers_and_has_no_right_on_the_lake(defaults):
    [units] = [s for s in statements(defaults, "ExecutionRole") if s["Sid"] == "Units"]
    assert [defaults.text(arn).rpartition("/")[2] for arn in units["Resource"]] == [
        "MwaaEnvironment-finance-writer",
        "MwaaEnvironment-sales-writer",
    ]
    everything = [
        defaults.text(r) for s in statements(defaults, "ExecutionRole") for r in _listed(s["Resource"])
    ]
    assert not [resource for resource in everything if "Lake" in resource]


def test_every_unit_of_the_repository_has_a_writer(assemblies):
    names = [r.properties.get("RoleName", "") for r in assemblies["repository"].resources("AWS::IAM::Role")]
    assert len([name for name in names if name.endswith("-writer")]) >= 4


# --- removal


def policy_of(assembly: Assembly, resource: Resource) -> str:
    return assembly.templates[resource.stack]["Resources"][resource.logical_id].get(
        "DeletionPolicy", "Delete"
    )


def test_by_default_only_data_and_repositories_are_kept(defaults):
    kept = {(r.stack, r.type) for r in defaults.resources() if policy_of(defaults, r) != "Delete"}
    assert kept == {
        ("data", "AWS::KMS::Key"),
        ("data", "AWS::S3::Bucket"),
        ("project-pipeline", "AWS::CodeCommit::Repository"),
        ("provisioning-pipeline", "AWS::CodeCommit::Repository"),
    }


def test_on_request_nothing_is_kept(assemblies):
    asked = assemblies["secrets-manager"]
    assert not [r.address for r in asked.resources(*STATEFUL) if policy_of(asked, r) != "Delete"]


def test_every_bucket_that_goes_is_emptied_first(assemblies):
    for assembly in assemblies.values():
        emptied = {
            assembly.text(custom.properties["BucketName"]) + custom.stack
            for custom in assembly.resources("Custom::S3AutoDeleteObjects")
        }
        for bucket in assembly.resources("AWS::S3::Bucket"):
            going = policy_of(assembly, bucket) == "Delete"
            assert going == (f"<{bucket.logical_id}>{bucket.stack}" in emptied), bucket.address


# --- project pipeline


def test_the_stages_in_order(defaults):
    project = pipeline(defaults, "project")
    assert [stage["Name"] for stage in project["Stages"]] == [
        "Source",
        "Validate",
        "Build",
        "Approve",
        "Deploy",
        "Verify",
    ]
    assert project["PipelineType"] == "V2"
    assert project["ExecutionMode"] == "QUEUED"


def test_one_artifact_is_built_once_and_is_what_is_deployed_and_verified(defaults):
    actions = {stage["Name"]: stage["Actions"][0] for stage in pipeline(defaults, "project")["Stages"]}
    written = [name for name, action in actions.items() for _ in action.get("OutputArtifacts", ())]
    assert written == ["Source", "Build"]
    for name in ("Deploy", "Verify"):
        assert actions[name]["InputArtifacts"] == [{"Name": "Release"}]


def test_approval_is_asked_only_when_validate_says_so(defaults):
    [approve] = [stage for stage in pipeline(defaults, "project")["Stages"] if stage["Name"] == "Approve"]
    [condition] = approve["BeforeEntry"]["Conditions"]
    assert condition["Result"] == "SKIP"
    [rule] = condition["Rules"]
    assert rule["Configuration"] == {
        "Variable": "#{Validate.APPROVAL_NEEDED}",
        "Operator": "EQ",
        "Value": "true",
    }


@pytest.mark.parametrize(("name", "asked"), [("defaults", "false"), ("large", "true")])
def test_require_approval_reaches_validate(assemblies, name, asked):
    [validate] = [
        p for p in projects(assemblies[name], "project-pipeline") if p["Name"].endswith("-validate")
    ]
    assert {"Name": "REQUIRE_APPROVAL", "Type": "PLAINTEXT", "Value": asked} in validate["Environment"][
        "EnvironmentVariables"
    ]


def projects(assembly: Assembly, stack: str) -> list[Mapping[str, Any]]:
    return [p.properties for p in assembly.resources("AWS::CodeBuild::Project") if p.stack == stack]


def test_build_reads_its_spec_from_the_source_and_the_others_from_the_template(defaults):
    specs = {
        p["Name"].rpartition("-")[2]: p["Source"]["BuildSpec"] for p in projects(defaults, "project-pipeline")
    }
    assert specs.pop("build") == "buildspec.yml"
    assert sorted(specs) == ["deploy", "pullrequest", "validate", "verify"]
    assert all(spec.startswith("#") and "version: 0.2" in spec for spec in specs.values())


def test_a_push_starts_the_pipeline_by_event(defaults):
    rules = [
        r.properties["EventPattern"]
        for r in defaults.resources("AWS::Events::Rule")
        if r.stack == "project-pipeline"
    ]
    push = next(rule for rule in rules if rule["detail-type"] == ["CodeCommit Repository State Change"])
    assert push["detail"]["referenceName"] == ["main"]


def test_pull_requests_are_validated_by_event(defaults):
    [rule] = [
        r.properties
        for r in defaults.resources("AWS::Events::Rule")
        if r.properties["EventPattern"]["detail-type"] == ["CodeCommit Pull Request State Change"]
    ]
    assert rule["EventPattern"]["detail"]["event"] == ["pullRequestCreated", "pullRequestSourceBranchUpdated"]
    assert "REVIEW_PULL_REQUEST" in rule["Targets"][0]["InputTransformer"]["InputTemplate"]


def test_a_connection_replaces_codecommit_everywhere(assemblies):
    github = assemblies["github"]
    assert not list(github.resources("AWS::CodeCommit::Repository"))
    for name, repository in (("project", "acme/lake-specs"), ("provisioning", "acme/lake-platform")):
        [source] = pipeline(github, name)["Stages"][0]["Actions"]
        assert source["ActionTypeId"]["Provider"] == "CodeStarSourceConnection"
        assert source["Configuration"]["ConnectionArn"] == CONNECTION
        assert source["Configuration"]["FullRepositoryId"] == repository
        [trigger] = pipeline(github, name)["Triggers"]
        assert trigger["GitConfiguration"]["Push"][0]["Branches"] == {"Includes": ["main"]}
    paths = pipeline(github, "provisioning")["Triggers"][0]["GitConfiguration"]["Push"][0]["FilePaths"][
        "Includes"
    ]
    assert "configs/*/unit.yaml" in paths


def test_pull_requests_over_a_connection(assemblies):
    [project] = [
        p for p in projects(assemblies["github"], "project-pipeline") if p["Name"].endswith("pullrequest")
    ]
    assert project["Source"]["Location"] == "https://github.com/acme/lake-specs.git"
    assert project["Source"]["Type"] == "GITHUB"
    [filters] = project["Triggers"]["FilterGroups"]
    assert filters[0]["Pattern"].startswith("PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED")
    assert {"Name": "REVIEW_TOKEN_SECRET", "Type": "PLAINTEXT", "Value": "lake/review"} in project[
        "Environment"
    ]["EnvironmentVariables"]


# --- what each stage may do


def actions(assembly: Assembly, role: str) -> set[str]:
    return {action for s in statements(assembly, role) for action in _listed(s["Action"])}


def test_validate_and_build_change_nothing_of_the_platform(defaults):
    assert "s3:PutObject" not in actions(defaults, "ValidateRole")
    assert not {a for a in actions(defaults, "ValidateRole") if a.startswith(("sts:", "iam:", "airflow:"))}
    puts = [s for s in statements(defaults, "BuildRole") if "s3:PutObject" in _listed(s["Action"])]
    assert [defaults.text(s["Resource"]) for s in puts] == ["<PipelineArtifactsEB21E7E8.Arn>/*"]


def test_the_pull_request_build_can_comment_and_nothing_else(defaults):
    own = {
        a for a in actions(defaults, "PullRequestRole") if not a.startswith(("logs:", "codebuild:", "kms:"))
    }
    assert own == {"codecommit:GitPull", "codecommit:PostCommentForPullRequest"}


def test_verify_asks_airflow_as_viewer(defaults):
    [ask] = [s for s in statements(defaults, "VerifyRole") if s["Sid"] == "Airflow"]
    assert ask["Action"] == "airflow:InvokeRestApi"
    assert defaults.text(ask["Resource"]).endswith(":role/MwaaEnvironment/Viewer")


def test_provision_can_only_become_what_bootstrap_made(defaults):
    [assume] = [s for s in statements(defaults, "ProvisionRole") if s["Action"] == "sts:AssumeRole"]
    names = [defaults.text(arn).rpartition(":role/")[2] for arn in assume["Resource"]]
    assert names == [
        f"cdk-hnb659fds-{kind}-role-<AccountId>-<Region>" for kind in ("lookup", "deploy", "file-publishing")
    ]
    rest = {a for a in actions(defaults, "ProvisionRole") if not a.startswith(("logs:", "kms:", "s3:Get"))}
    assert rest == {"sts:AssumeRole"}


def test_provisioning_shows_the_difference_and_asks_before_it_deploys(defaults):
    names = [stage["Name"] for stage in pipeline(defaults, "provisioning")["Stages"]]
    assert names == ["Source", "Synthesise", "Difference", "Approve", "Provision"]
    [approve] = [
        stage for stage in pipeline(defaults, "provisioning")["Stages"] if stage["Name"] == "Approve"
    ]
    assert "BeforeEntry" not in approve


# --- access


def test_each_role_of_airflow_has_a_policy(defaults):
    policies = {
        p.properties["ManagedPolicyName"]: p.properties for p in defaults.resources("AWS::IAM::ManagedPolicy")
    }
    assert sorted(policies) == [
        f"MwaaEnvironment-airflow-{role}" for role in ("admin", "op", "user", "viewer")
    ]
    for name, properties in policies.items():
        [login, _] = properties["PolicyDocument"]["Statement"]
        assert login["Action"] == "airflow:CreateWebLoginToken"
        assert defaults.text(login["Resource"]).lower().endswith(f"/{name.rpartition('-')[2]}")


def test_with_identity_center_it_is_a_permission_set_and_groups_get_it(assemblies):
    access = assemblies["identity-center"]
    assert not list(access.resources("AWS::IAM::ManagedPolicy"))
    sets = {s.properties["Name"]: s.properties for s in access.resources("AWS::SSO::PermissionSet")}
    assert sorted(sets) == [f"MwaaEnvironment-{role}" for role in ("Admin", "Op", "User", "Viewer")]
    assert all(s["InstanceArn"] == INSTANCE for s in sets.values())
    groups = {a.properties["PrincipalId"][0] for a in access.resources("AWS::SSO::Assignment")}
    assert groups == {"1", "2"}


# --- observability


def test_what_is_alarmed(defaults):
    alarms = {a.properties["AlarmName"]: a.properties for a in defaults.resources("AWS::CloudWatch::Alarm")}
    assert sorted(alarms) == [
        "MwaaEnvironment-FailedMwaaEnvironment-project",
        "MwaaEnvironment-FailedMwaaEnvironment-provisioning",
        "MwaaEnvironment-FailedTasks",
        "MwaaEnvironment-SalesforceQuota",
        "MwaaEnvironment-SchedulerHeartbeat",
    ]
    heartbeat = alarms["MwaaEnvironment-SchedulerHeartbeat"]
    assert heartbeat["TreatMissingData"] == "breaching"
    assert heartbeat["ComparisonOperator"] == "LessThanThreshold"
    assert all(alarm["AlarmActions"] for alarm in alarms.values())


def test_a_quota_error_in_a_task_log_is_counted(defaults):
    found = only(defaults, "AWS::Logs::MetricFilter").properties
    assert found["LogGroupName"] == "airflow-MwaaEnvironment-Task"
    assert "QuotaError" in found["FilterPattern"]


def test_there_is_a_dashboard(defaults):
    assert only(defaults, "AWS::CloudWatch::Dashboard").properties["DashboardName"] == "MwaaEnvironment"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_units_that_share_an_aws_connection_are_warned_of(synthesised):
    """The sample units share none; of the set `shared`, both units name the same."""
    warned = {
        name: "2 units share the AWS connection aws_finance"
        in (synthesised / name / "data.metadata.json").read_text()
        for name in ("defaults", "repository", "shared")
    }
    assert warned == {"defaults": False, "repository": False, "shared": True}


def test_each_sample_unit_has_an_aws_connection_of_its_own():
    connections = [unit.aws_connection for unit in read_units(ROOT / "configs")]
    assert len(connections) == len(set(connections)) >= 4


def test_every_function_logs_into_a_group_of_its_stack(assemblies):
    """A log group that Lambda makes by itself would outlive the stack."""
    for assembly in assemblies.values():
        for function in assembly.resources("AWS::Lambda::Function"):
            group = function.properties["LoggingConfig"]["LogGroup"]["Ref"]
            resource = assembly.templates[function.stack]["Resources"][group]
            assert (resource["Type"], resource["DeletionPolicy"]) == ("AWS::Logs::LogGroup", "Delete")


def test_no_role_has_a_policy_that_aws_may_widen(assemblies):
    for assembly in assemblies.values():
        assert not [
            r.address for r in assembly.resources("AWS::IAM::Role") if r.properties.get("ManagedPolicyArns")
        ]


def test_a_service_becomes_a_role_for_this_account_only(assemblies):
    """Lambda and flow logs are asked by the account itself; the others could be asked by somebody else."""
    for assembly in assemblies.values():
        for role in assembly.resources("AWS::IAM::Role"):
            for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
                service = statement["Principal"].get("Service", "lambda.amazonaws.com")
                if service not in ("lambda.amazonaws.com", "vpc-flow-logs.amazonaws.com"):
                    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"], role.address
