"""What `make destroy` leaves behind."""

import json

import pytest

from tests.infra.templates import policy_of

STATEFUL = ("AWS::S3::Bucket", "AWS::KMS::Key", "AWS::CodeCommit::Repository")


def test_by_default_only_data_and_repositories_are_kept(defaults):
    kept = {(r.stack, r.type) for r in defaults.resources() if policy_of(defaults, r) != "Delete"}
    assert kept == {
        ("data", "AWS::Glue::Database"),
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


@pytest.mark.parametrize(("name", "protected"), [("defaults", True), ("large", False)])
def test_stacks_are_protected_until_somebody_says_otherwise(synthesised, name, protected):
    artifacts = json.loads((synthesised / name / "manifest.json").read_text())["artifacts"]
    stacks = [a["properties"] for a in artifacts.values() if a["type"] == "aws:cloudformation:stack"]
    assert len(stacks) == 10
    assert {stack.get("terminationProtection", False) for stack in stacks} == {protected}
