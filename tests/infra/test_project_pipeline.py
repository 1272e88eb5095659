"""The project pipeline: its stages, what starts it, and what each stage may do."""

from pathlib import Path

import pytest

from tests.infra.sets import CONNECTION
from tests.infra.templates import actions, listed, pipeline, projects, statements

ROOT = Path(__file__).parents[2]


def test_the_stages_in_order(defaults):
    project = pipeline(defaults, "project")
    assert [stage["Name"] for stage in project["Stages"]] == [
        "Source",
        "Validate",
        "Build",
        "Deploy",
        "Verify",
        "Approve",
        "DeployDecided",
        "Conclude",
    ]
    assert project["PipelineType"] == "V2"
    assert project["ExecutionMode"] == "QUEUED"


def test_the_branch_and_the_mail_address(assemblies):
    large = assemblies["large"]
    for name in ("project", "provisioning"):
        assert pipeline(large, name)["Stages"][0]["Actions"][0]["Configuration"]["BranchName"] == "release"
    subscribed = [
        s for s in large.resources("AWS::SNS::Subscription") if s.stack != "notices"
    ]  # those are the units' own
    mails = [s.properties["Endpoint"] for s in subscribed]
    assert mails == ["lake@example.com"] * 3


def test_one_artifact_is_built_once_and_is_what_is_deployed_and_verified(defaults):
    actions = {stage["Name"]: stage["Actions"][0] for stage in pipeline(defaults, "project")["Stages"]}
    written = [name for name, action in actions.items() for _ in action.get("OutputArtifacts", ())]
    assert written == ["Source", "Build"]
    for name in ("Deploy", "Verify", "DeployDecided", "Conclude"):
        assert actions[name]["InputArtifacts"] == [{"Name": "Release"}]


def test_approval_is_asked_only_when_validate_says_so(defaults):
    stages = {stage["Name"]: stage for stage in pipeline(defaults, "project")["Stages"]}
    assert [name for name, stage in stages.items() if "BeforeEntry" in stage] == ["Approve", "DeployDecided"]
    assert stages["DeployDecided"]["BeforeEntry"] == stages["Approve"]["BeforeEntry"]
    [condition] = stages["Approve"]["BeforeEntry"]["Conditions"]
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
    puts = [s for s in statements(defaults, "ValidateRole") if "s3:PutObject" in listed(s["Action"])]
    assert [defaults.text(s["Resource"]) for s in puts] == [
        "<PipelineArtifactsEB21E7E8.Arn>/cache/MwaaEnvironment-project-pipeline-validate/*"
    ]
    assert not {a for a in actions(defaults, "ValidateRole") if a.startswith(("sts:", "iam:", "airflow:"))}
    puts = [s for s in statements(defaults, "BuildRole") if "s3:PutObject" in listed(s["Action"])]
    assert [defaults.text(s["Resource"]) for s in puts] == [
        "<PipelineArtifactsEB21E7E8.Arn>/*",
        "<PipelineArtifactsEB21E7E8.Arn>/cache/MwaaEnvironment-project-pipeline-build/*",
    ]


def test_what_a_build_downloaded_is_kept_for_itself(defaults):
    for stack in ("project-pipeline", "provisioning-pipeline"):
        kept = [defaults.text(p["Cache"]["Location"]) for p in projects(defaults, stack) if "Cache" in p]
        assert len(kept) == len(set(kept)) == (2 if stack == "project-pipeline" else 3)
        assert all("/cache/MwaaEnvironment-" in place for place in kept)


def test_a_build_keeps_what_its_spec_names_and_nothing_of_pull_requests_is_kept(defaults):
    for stack in ("project-pipeline", "provisioning-pipeline"):
        for project in projects(defaults, stack):
            spec = project["Source"]["BuildSpec"]
            text = (ROOT / spec).read_text() if "\n" not in spec else spec
            assert ("\ncache:\n" in text) == ("Cache" in project), project["Name"]
    [review] = [p for p in projects(defaults, "project-pipeline") if p["Name"].endswith("-pullrequest")]
    assert "Cache" not in review


def test_verify_asks_airflow_as_viewer(defaults):
    [ask] = [s for s in statements(defaults, "VerifyRole") if s["Sid"] == "Airflow"]
    assert ask["Action"] == "airflow:InvokeRestApi"
    assert defaults.text(ask["Resource"]).endswith(":role/MwaaEnvironment/Viewer")
