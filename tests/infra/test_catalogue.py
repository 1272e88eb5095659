"""The published catalogue: a private bucket, a build that reads manifests and no row, when it runs, and what it uploads."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.release.page_bucket import show
from tests.infra.templates import actions, listed, projects, statements

ROLE = "CatalogueRole"


def test_the_build_reads_manifests_and_no_row(defaults):
    [read] = [s for s in statements(defaults, ROLE) if "s3:GetObject" in listed(s["Action"])]
    found = sorted(defaults.text(arn).rpartition(":")[2] for arn in listed(read["Resource"]))
    assert [name.partition("/")[2] for name in found] == ["*/_manifest.json"] * 3
    assert [name.partition("/")[0] for name in found][1:] == ["sales-archive", "sales-own-bucket"]


def test_the_build_writes_pages_and_nothing_else(defaults):
    writing = [s for s in statements(defaults, ROLE) if "s3:PutObject" in listed(s["Action"])]
    [resource] = [arn for s in writing for arn in listed(s["Resource"])]
    assert defaults.text(resource).startswith("<Pages")
    assert actions(defaults, ROLE) == {
        "codecommit:GitPull",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    }


def test_it_runs_after_each_release_and_each_morning_in_a_clone_of_the_branch(defaults):
    rules = [r.properties for r in defaults.resources("AWS::Events::Rule") if r.stack == "catalogue"]
    [release] = [rule["EventPattern"]["detail"] for rule in rules if "EventPattern" in rule]
    assert release == {"pipeline": ["MwaaEnvironment-project"], "state": ["SUCCEEDED"]}
    assert [rule["ScheduleExpression"] for rule in rules if "ScheduleExpression" in rule] == [
        "cron(15 5 * * ? *)"
    ]
    [project] = projects(defaults, "catalogue")
    assert (project["Source"]["Type"], project["SourceVersion"]) == ("CODECOMMIT", "main")
    assert "GitCloneDepth" not in project["Source"]  # all of the history: since when a field is read


def test_a_connection_clones_as_well(assemblies):
    [project] = projects(assemblies["github"], "catalogue")
    assert project["Source"]["Location"] == "https://github.com/acme/lake-specs.git"
    assert "codeconnections:UseConnection" in actions(assemblies["github"], ROLE)


def test_nobody_may_read_the_pages_until_an_administrator_says_so(defaults):
    [policy] = [p for p in defaults.resources("AWS::IAM::ManagedPolicy") if p.stack == "catalogue"]
    assert policy.properties["ManagedPolicyName"] == "MwaaEnvironment-catalogue-reader"
    assert not [
        policy.properties.get(kind) for kind in ("Roles", "Users", "Groups") if policy.properties.get(kind)
    ]
    assert {
        action for s in policy.properties["PolicyDocument"]["Statement"] for action in listed(s["Action"])
    } == {
        "kms:Decrypt",
        "s3:GetObject",
        "s3:ListBucket",
    }


def test_an_environment_without_a_lake_has_no_catalogue(assemblies):
    for name in ("given-subnets", "prod"):
        assert not [r for r in assemblies[name].resources() if r.stack == "catalogue"]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="pages")
        yield client


def test_the_bucket_holds_the_pages_of_the_folder_and_no_other(s3, tmp_path):
    s3.put_object(Bucket="pages", Key="data/finance/gone.html", Body=b"of a dataset that is no more")
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("first")
    (tmp_path / "assets/search.js").write_text("found")
    assert show(s3, "pages", tmp_path) == (2, 1)
    there = {item["Key"] for item in s3.list_objects_v2(Bucket="pages")["Contents"]}
    assert there == {"assets/search.js", "index.html"}
    kinds = [s3.head_object(Bucket="pages", Key=key)["ContentType"] for key in sorted(there)]
    assert kinds == ["text/javascript", "text/html"]


def test_a_folder_that_is_no_site_leaves_the_bucket_as_it_is(s3, tmp_path):
    s3.put_object(Bucket="pages", Key="index.html", Body=b"the former one")
    with pytest.raises(FileNotFoundError, match=r"has no index\.html: `factory site` writes it"):
        show(s3, "pages", tmp_path)
    assert s3.get_object(Bucket="pages", Key="index.html")["Body"].read() == b"the former one"
