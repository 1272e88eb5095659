"""The lake, and who may write which part of it."""

from pathlib import Path

import pytest

from infra.business_unit import read_units
from tests.infra.templates import listed, statements

ROOT = Path(__file__).parents[2]


def test_one_writer_a_unit_limited_to_its_prefix(defaults):
    roles = {
        r.properties.get("RoleName"): r for r in defaults.resources("AWS::IAM::Role") if r.stack == "data"
    }
    assert sorted(roles) == ["MwaaEnvironment-finance-writer", "MwaaEnvironment-sales-writer"]
    [write] = [s for s in statements(defaults, "Writerfinance") if s["Sid"] == "Write"]
    assert defaults.text(write["Resource"]).endswith("/finance/*")
    [listing] = [s for s in statements(defaults, "Writerfinance") if s["Sid"] == "List"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["finance", "finance/*"]}}
    assert listing["Action"] == "s3:ListBucket"
    [uploads] = [s for s in statements(defaults, "Writerfinance") if s["Sid"] == "ListUploads"]
    assert "Condition" not in uploads  # S3 would never fulfil one on the prefix
    [secrets] = [s for s in statements(defaults, "Writersales") if s["Sid"] == "Secrets"]
    assert [defaults.text(arn).rpartition("/")[2] for arn in secrets["Resource"]] == [
        "aws_sales-??????",
        "salesforce_default-??????",
    ]


def test_a_unit_with_buckets_of_its_own_writes_there_only(defaults):
    """What becomes of its merges is all that it has in the lake; the lake's key is for that."""
    [write] = [s for s in statements(defaults, "Writersales") if s["Sid"] == "Write"]
    assert [defaults.text(resource) for resource in write["Resource"]] == [
        "arn:<Partition>:s3:::sales-own-bucket/crm/sales/*",
        "arn:<Partition>:s3:::sales-archive/crm/sales/*",
    ]
    [answers] = [s for s in statements(defaults, "Writersales") if s["Sid"] == "Answers"]
    assert defaults.text(answers["Resource"]).endswith("/_queries/sales/*")


def test_writers_are_assumed_by_the_execution_role_only(defaults):
    for role in defaults.resources("AWS::IAM::Role"):
        if role.stack == "data":
            for statement in role.properties["AssumeRolePolicyDocument"]["Statement"]:
                assert defaults.text(statement["Principal"]["AWS"]) == "arn:<Partition>:iam::<AccountId>:root"
                trusted = listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
                assert [defaults.text(arn) for arn in trusted] == [
                    "arn:<Partition>:iam::<AccountId>:role/MwaaEnvironment-execution"
                ]


def test_the_execution_role_may_assume_the_writers_and_has_no_right_on_the_lake(defaults):
    [units] = [s for s in statements(defaults, "ExecutionRole") if s["Sid"] == "Units"]
    assert [defaults.text(arn).rpartition("/")[2] for arn in units["Resource"]] == [
        "MwaaEnvironment-finance-writer",
        "MwaaEnvironment-sales-writer",
    ]
    everything = [
        defaults.text(r) for s in statements(defaults, "ExecutionRole") for r in listed(s["Resource"])
    ]
    assert not [resource for resource in everything if "Lake" in resource]


def test_a_unit_that_reads_redshift_asks_its_own_statements_and_lets_the_warehouse_unload(assemblies):
    """Below the unit's prefix; what a lost run has left there, and the versions of what was deleted, are gone a day later."""
    repository = assemblies["repository"]
    [unload] = [s for s in statements(repository, "WarehousecontrollingUnload") if s["Sid"] == "Unload"]
    assert repository.text(unload["Resource"]).endswith("/controlling/_unload/*")
    assert sorted(unload["Action"]) == ["s3:AbortMultipartUpload", "s3:PutObject"]
    [own] = [s for s in statements(repository, "Writercontrolling") if s["Sid"] == "OwnStatements"]
    assert own["Condition"] == {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}
    assert not [s for s in statements(repository, "Writersales") if s["Sid"] in ("Statements", "Login")]
    [lake] = [b for b in repository.resources("AWS::S3::Bucket") if b.logical_id.startswith("Lake")]
    rules = lake.properties["LifecycleConfiguration"]["Rules"]
    [gone] = [rule for rule in rules if rule.get("Prefix") == "controlling/_unload/"]
    assert gone["ExpirationInDays"] == gone["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1


def test_every_unit_of_the_repository_has_a_writer(assemblies):
    names = [r.properties.get("RoleName", "") for r in assemblies["repository"].resources("AWS::IAM::Role")]
    assert len([name for name in names if name.endswith("-writer")]) >= 4


def test_units_that_share_an_aws_connection_are_warned_of(synthesised):
    """The sample units share none; of the set `shared`, both units name the same."""
    warned = {
        name: "2 units share the AWS connection aws_finance"
        in (synthesised / name / "data.metadata.json").read_text()
        for name in ("defaults", "repository", "shared")
    }
    assert warned == {"defaults": False, "repository": False, "shared": True}


def test_each_sample_unit_has_an_aws_connection_of_its_own(units_file):
    units = read_units(units_file)
    connections = [unit.aws_connection for unit in units]
    assert len(connections) == len(set(connections)) >= 4


@pytest.mark.parametrize(("name", "kept"), [("defaults", 30), ("large", 90)])
def test_what_a_unit_overwrote_is_kept_as_long_as_it_asks(assemblies, name, kept):
    [lake] = [b for b in assemblies[name].resources("AWS::S3::Bucket") if b.logical_id.startswith("Lake5")]
    rules = lake.properties["LifecycleConfiguration"]["Rules"]
    days = {
        rule.get("Prefix"): rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules
        if "NoncurrentVersionExpiration" in rule
    }
    assert days == {"finance/": kept}


def test_the_environment_that_takes_over_writes_as_the_same_roles(assemblies):
    """Two environments beside each other, of which the new one has no lake: it becomes the writers of the old one's, which trust it."""
    old, new = assemblies["large"], assemblies["given-subnets"]
    assert not [r for r in new.resources() if r.stack == "data"]
    [become] = [s for s in statements(new, "ExecutionRole") if s.get("Sid") == "Units"]
    names = {new.text(arn).rpartition("/")[2] for arn in become["Resource"]}
    writers = [r.properties for r in old.resources("AWS::IAM::Role") if r.logical_id.startswith("Writer")]
    assert names == {role["RoleName"] for role in writers}
    for role in writers:
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        trusted = [
            old.text(arn).rpartition("/")[2]
            for arn in statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]
        ]
        assert trusted == ["Lake-execution", "LakeGreen-execution"]
