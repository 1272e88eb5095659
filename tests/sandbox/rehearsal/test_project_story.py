"""The rehearsal: what it reads from the template, how it runs a build spec, and the story itself."""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.rehearsal.build import run_build
from sandbox.rehearsal.pipeline_plan import BuildSpec, PipelinePlan, policies
from sandbox.rehearsal.repository import Repository

ROOT = Path(__file__).parents[3]

PERSON = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
SPEC = """
version: 0.2
env:
  shell: bash
  exported-variables: [ANSWER]
phases:
  install:
    runtime-versions: {python: "3.12"}
    commands:
      - mkdir -p out
  build:
    commands:
      - export ANSWER=42
      - echo "$GIVEN of $CODEBUILD_RESOLVED_SOURCE_VERSION" > out/said
      - python3 -c "import os; print(sorted(os.environ))"
artifacts:
  base-directory: out
  files: ["**/*"]
"""


def run(tmp_path: Path, text: str) -> tuple[bool, dict[str, str], Path | None, str]:
    source = tmp_path / "source"
    source.mkdir()
    result = run_build(
        BuildSpec.parse(text),
        source,
        tmp_path / "work",
        commit="c0ffee",
        variables={"GIVEN": "hand"},
        machine={},
    )
    return result.succeeded, dict(result.variables), result.output, result.log


def test_a_build_hands_on_its_artifact_and_its_variables(tmp_path):
    succeeded, variables, output, _ = run(tmp_path, SPEC)
    assert succeeded
    assert variables == {"ANSWER": "42"}
    assert (output / "said").read_text() == "hand of c0ffee\n"


def test_a_build_sees_no_variable_of_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AIRFLOW_HOME", "/nowhere")
    log = run(tmp_path, SPEC)[3]
    assert "AWS_PROFILE" not in log
    assert "AIRFLOW_HOME" not in log
    assert "CODEBUILD_SRC_DIR" in log


def test_the_first_command_that_fails_ends_the_build(tmp_path):
    succeeded, _, output, log = run(tmp_path, SPEC.replace("export ANSWER=42", "false"))
    assert not succeeded
    assert output is None
    assert "of c0ffee" not in log


def test_the_plan_is_the_template_s(defaults):
    plan = PipelinePlan.read(defaults)
    assert [stage.name for stage in plan.stages] == [
        "Validate",
        "Build",
        "Deploy",
        "Verify",
        "Approve",
        "DeployDecided",
        "Conclude",
    ]
    assert plan.environment == "MwaaEnvironment"
    stages = {stage.name: stage for stage in plan.stages}
    assert stages["Build"].spec == "buildspec.yml"
    assert stages["Build"].writes == stages["Deploy"].reads == stages["Verify"].reads == "Release"
    assert stages["Approve"].spec is None
    assert stages["Approve"].condition == ("#{Validate.APPROVAL_NEEDED}", "true")
    assert stages["Deploy"].variables == {
        "DAG_BUCKET": plan.bucket,
        "WAITING_UNITS": "#{Validate.WAITING_UNITS}",
    }
    assert len({stage.role for stage in plan.stages if stage.role}) == 4


def test_what_eventbridge_tells_the_build_of_a_pull_request(defaults):
    plan = PipelinePlan.read(defaults)
    assert plan.pull_request.variables == {"REVIEW_HOST": "codecommit", "REVIEW_REPOSITORY": "mwaaproject"}
    detail = {"pullRequestId": "7", "sourceCommit": "c0ffee", "destinationCommit": "ba5e"}
    assert plan.told_by_event(detail) == {
        "REVIEW_PULL_REQUEST": "7",
        "REVIEW_COMMIT": "c0ffee",
        "REVIEW_BASE": "ba5e",
    }


def test_every_role_s_policy_resolves_to_arns(defaults):
    for role, statements in policies(defaults).items():
        for statement in statements:
            resources = (
                statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            )
            assert all(resource == "*" or resource.startswith("arn:aws:") for resource in resources), role


def test_a_stage_gets_the_files_of_a_commit_without_its_history(tmp_path):
    """The tests run in such a stage themselves, so they make a repository of their own."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "old").write_text("o")
    for arguments in (["init", "--quiet"], ["add", "old"], ["commit", "--quiet", "--message", "first"]):
        subprocess.run(["git", *PERSON, *arguments], cwd=root, check=True)
    repository = Repository(root, tmp_path)
    commit = repository.push("a file", lambda clone: (clone / "new").write_text("n"))
    files = repository.archive(commit, tmp_path / "stage" / "source")
    assert {path.name: path.read_text() for path in files.iterdir()} == {"old": "o", "new": "n"}


def played(synthesised: Path) -> str:
    """What is said of the story, of what is committed: the rehearsal pushes commits and checks them out, as people and the pipeline do."""
    story = ["--short", "--pipeline", "project", "--assembly", str(synthesised / "repository")]
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.rehearsal", *story],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.e2e
@pytest.mark.story
def test_the_story(synthesised):
    told = played(synthesised)
    for line in (
        "asked again",
        "finance.rehearsed is in Airflow",
        "its run landed",
        "finance.rehearsed shows the",
        "commented at configs/finance/rehearsed.yaml:4: **error",
        "finance is held back at configs/finance/rehearsed.yaml:4:9",
        "sales.rehearsed is in Airflow",
        "finance.rehearsed is no longer in Airflow",
        "a person is asked",
        "Conclude  FAILED",
        "no import error",
    ):
        assert line in told, told
