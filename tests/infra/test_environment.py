"""What the environment's stack holds, promise by promise."""

from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.infra.sets import KEY
from tests.infra.templates import environment, only, statements


def test_the_default_environment(defaults):
    properties = environment(defaults)
    expected = {
        "Name": "MwaaEnvironment",
        "AirflowVersion": "3.0.6",
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
        "AirflowVersion": "3.3.1",
        "EnvironmentClass": "mw1.large",
        "MinWorkers": 2,
        "MaxWorkers": 10,
        "MinWebservers": 2,
        "MaxWebservers": 4,
        "Tags": {"Environment": "MyEnv", "Application": "MyApp", "Reason": "Airflow"},
    }
    assert {name: properties[name] for name in expected} == expected


def test_the_small_class_has_one_of_each(assemblies):
    properties = environment(assemblies["private"])
    sizes = ("MinWorkers", "MaxWorkers", "MinWebservers", "MaxWebservers", "Schedulers")
    assert [properties[name] for name in sizes] == [1] * 5


def test_workers_reach_the_databases_that_units_read_and_no_other(assemblies):
    """The units of this repository have a connection to PostgreSQL, and none to MySQL or MariaDB unless a spec of theirs reads one."""
    group = next(
        g for g in assemblies["repository"].resources("AWS::EC2::SecurityGroup") if g.stack == "environment"
    )
    ways = {rule["ToPort"]: rule["Description"] for rule in group.properties["SecurityGroupEgress"]}
    assert ways[5432] == "PostgreSQL, which units read"
    assert ways.keys() <= {443, 5432, 3306}


def test_the_environment_talks_to_itself_and_over_tls(defaults):
    group = next(g for g in defaults.resources("AWS::EC2::SecurityGroup") if g.stack == "environment")
    assert [
        (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) for rule in group.properties["SecurityGroupEgress"]
    ] == [("0.0.0.0/0", 443, 443)]
    assert "SecurityGroupIngress" not in group.properties
    itself = only(defaults, "AWS::EC2::SecurityGroupIngress").properties
    assert itself["SourceSecurityGroupId"] == itself["GroupId"]


def test_a_multi_region_key_is_given_to_mwaa_by_an_alias(assemblies):
    """MWAA and CloudFormation refuse its id, whose form is another."""
    large = assemblies["large"]
    alias = only(large, "AWS::KMS::Alias").properties
    assert alias == {"AliasName": "alias/Lake-airflow", "TargetKeyId": KEY}
    given = large.text(environment(large)["KmsKey"])
    assert given.startswith("arn:<Partition>:kms:<Region>:<AccountId>:<KeyAlias")


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
    # The runtime's own: whose workgroups run merges, and where notices go.
    known["lake"] = {"options": {"environment": {}, "topic": {}}}
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


def test_versions_that_mwaa_may_go_back_to_never_expire(defaults):
    """An update that failed leaves the environment at a version that something newer has replaced, many times by then."""
    bucket = next(b for b in defaults.resources("AWS::S3::Bucket") if b.logical_id.startswith("DagsBucket"))
    rules = bucket.properties["LifecycleConfiguration"]["Rules"]
    assert [rule["Prefix"] for rule in rules] == ["dags/"]
