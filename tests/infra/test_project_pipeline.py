"""The project pipeline: its stages, what starts it, and what each stage may do."""

import pytest

from tests.infra.sets import CONNECTION
from tests.infra.templates import actions, listed, pipeline, projects, statements


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


def test_the_branch_and_the_mail_address(assemblies):
    large = assemblies["large"]
    for name in ("project", "provisioning"):
        assert pipeline(large, name)["Stages"][0]["Actions"][0]["Configuration"]["BranchName"] == "release"
    mails = [s.properties["Endpoint"] for s in large.resources("AWS::SNS::Subscription")]
    assert mails == ["lake@example.com"] * 3


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


def test_validate_and_build_change_nothing_of_the_platform(defaults):
    assert "s3:PutObject" not in actions(defaults, "ValidateRole")
    assert not {a for a in actions(defaults, "ValidateRole") if a.startswith(("sts:", "iam:", "airflow:"))}
    puts = [s for s in statements(defaults, "BuildRole") if "s3:PutObject" in listed(s["Action"])]
    assert [defaults.text(s["Resource"]) for s in puts] == ["<PipelineArtifactsEB21E7E8.Arn>/*"]


def test_verify_asks_airflow_as_viewer(defaults):
    [ask] = [s for s in statements(defaults, "VerifyRole") if s["Sid"] == "Airflow"]
    assert ask["Action"] == "airflow:InvokeRestApi"
    assert defaults.text(ask["Resource"]).endswith(":role/MwaaEnvironment/Viewer")
