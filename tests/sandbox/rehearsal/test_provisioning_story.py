"""The rehearsal of the provisioning pipeline: what its stand-ins refuse and do. `make rehearse` plays the whole story."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from botocore.exceptions import ClientError

from infra.analysis.template import Assembly
from sandbox.rehearsal import bootstrap
from sandbox.rehearsal.cloud import Cloud, running_cloud
from sandbox.rehearsal.deployment import Deployment
from sandbox.rehearsal.formation import Formation
from sandbox.rehearsal.intrinsics import ACCOUNT
from sandbox.rehearsal.pipeline_plan import BuildSpec, PipelinePlan, read_stages

ENVIRONMENT = "MwaaEnvironment"


@pytest.fixture(scope="module")
def cloud(defaults: Assembly) -> Iterator[Cloud]:
    with running_cloud() as cloud:
        bootstrap.prepare(cloud)
        cloud.add_bucket(PipelinePlan.read(defaults).bucket)
        cloud.grant(defaults, "provisioning-pipeline")
        yield cloud


def assume(cloud: Cloud, stage: str, kind: str) -> None:
    [role] = [name for name in cloud.credentials if name.startswith(f"provisioning-pipeline.{stage}Role")]
    arn = f"arn:aws:iam::{ACCOUNT}:role/{bootstrap.role_name(kind)}"
    cloud.client("sts", role).assume_role(RoleArn=arn, RoleSessionName="test")


@pytest.mark.parametrize(
    ("stage", "kinds"),
    [
        ("Synthesise", {"lookup"}),
        ("Difference", {"lookup"}),
        ("Provision", {"lookup", "deploy", "file-publishing"}),
    ],
)
def test_a_stage_becomes_the_roles_that_it_needs_and_no_other(cloud, stage, kinds):
    for kind in ("lookup", "deploy", "file-publishing"):
        if kind in kinds:
            assume(cloud, stage, kind)
        else:
            with pytest.raises(ClientError, match="AccessDenied"):
                assume(cloud, stage, kind)


def test_the_stages_and_what_they_hand_on(defaults):
    stages = read_stages(defaults, "provisioning-pipeline")
    assert [stage.name for stage in stages] == ["Synthesise", "Difference", "Approve", "Provision", "Prove"]
    synthesise, difference, _, provision, prove = stages
    assert synthesise.writes == difference.reads == provision.reads == prove.reads == "Assembly"
    assert synthesise.variables == {"PIPELINE_ENV_NAME": ENVIRONMENT}
    assert BuildSpec.parse(str(provision.spec)).runtimes == ("nodejs",)
    handed_on = BuildSpec.parse(str(synthesise.spec)).artifacts
    assert handed_on
    assert "build/cdk.out/**/*" in handed_on.files


def templates(defaults: Assembly, contents: dict[str, bytes], cloud: Cloud) -> dict[str, str]:
    """The templates as they would be with these contents of plugins.zip and requirements.txt, which lie where they say."""
    contents = {"py": b"the canary", **contents}
    texts = {name: json.dumps(template) for name, template in defaults.templates.items()}
    for resource in defaults.resources("Custom::AWS"):
        call = defaults.text(resource.properties["Create"])
        key = json.loads(call)["parameters"]["CopySource"].rpartition("/")[2]
        name = f"{hash(contents[key.rpartition('.')[2]])}.{key.rpartition('.')[2]}"
        cloud.client("s3").put_object(
            Bucket=bootstrap.ASSETS, Key=name, Body=contents[key.rpartition(".")[2]]
        )
        texts["environment"] = texts["environment"].replace(key, name)
    return texts


def ask(formation: Formation, **asked: str) -> tuple[int, ElementTree.Element]:
    status, _, body = formation.answer("/", urlencode(asked).encode())
    return status, ElementTree.fromstring(body)


def deploy(formation: Formation, texts: dict[str, str]) -> None:
    """As the CDK's command line does it, but all stacks at once."""
    for name in ("network", "environment"):
        stack = f"{ENVIRONMENT}-{name}"
        ask(formation, Action="CreateChangeSet", StackName=stack, TemplateBody=texts[name])
        ask(formation, Action="ExecuteChangeSet", StackName=stack, ChangeSetName="any")


def test_only_what_changed_moves_the_environment(cloud, defaults):
    deployment = Deployment(cloud, prefix=f"{ENVIRONMENT}-")
    formation = Formation(cloud.read_text, deployment.apply)
    first = templates(defaults, {"zip": b"plugins", "txt": b"requirements"}, cloud)
    deploy(formation, first)
    deploy(formation, first)
    deploy(formation, templates(defaults, {"zip": b"other plugins", "txt": b"requirements"}, cloud))
    before, after = deployment.environments
    assert [name for name in after if after[name] != before[name]] == ["PluginsS3ObjectVersion"]
    bucket = PipelinePlan.read(defaults).bucket
    stored = cloud.client("s3").get_object(Bucket=bucket, Key="plugins.zip")
    assert (stored["VersionId"], stored["Body"].read()) == (after["PluginsS3ObjectVersion"], b"other plugins")
    assert formation.stacks == {
        f"{ENVIRONMENT}-network": "UPDATE_COMPLETE",
        f"{ENVIRONMENT}-environment": "UPDATE_COMPLETE",
    }


def test_a_copy_that_its_role_may_not_do_fails_the_deployment(cloud, defaults):
    formation = Formation(cloud.read_text, Deployment(cloud, prefix=f"{ENVIRONMENT}-").apply)
    texts = templates(defaults, {"zip": b"more plugins", "txt": b"requirements"}, cloud)
    refused = texts["environment"].replace("s3:PutObject", "s3:GetObject")
    deploy(formation, texts | {"environment": refused})
    assert formation.stacks[f"{ENVIRONMENT}-environment"] == "ROLLBACK_COMPLETE"


def test_a_stack_that_comes_before_what_it_imports_is_refused(cloud, defaults):
    texts = templates(defaults, {"zip": b"plugins", "txt": b"requirements"}, cloud)
    with pytest.raises(LookupError, match="no stack exports"):
        Deployment(cloud, prefix=f"{ENVIRONMENT}-").apply(f"{ENVIRONMENT}-environment", texts["environment"])


def test_cloudformation_says_what_it_does_not_know(cloud):
    formation = Formation(cloud.read_text, lambda _name, _template: None)
    status, told = ask(formation, Action="DescribeStacks", StackName="nobody")
    assert (status, told.findtext(".//Code")) == (400, "ValidationError")
    status, told = ask(formation, Action="RollbackStack", StackName="nobody")
    assert (status, told.findtext(".//Code")) == (400, "InvalidAction")
