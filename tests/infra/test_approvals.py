"""Pull requests of CodeCommit ask the owners of what they change: what each is told, against AWS's own model of the service."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from botocore.stub import Stubber

from infra.review.approvals import Account, Owners, ask_owners
from tests.infra.templates import actions, projects

HEAD, BASE = "c" * 40, "b" * 40
HERE = Account("aws", "123456789012")
CODEOWNERS = """\
# Written by `factory owners`
* @acme/lake-platform
/configs/finance/ @acme/finance-data ada@example.com
/configs/finance/unit.yaml @acme/lake-platform
/configs/sales/ @grace
/configs/sales/unit.yaml @acme/lake-platform
"""
FINANCE = [
    "arn:aws:sts::123456789012:assumed-role/finance-data/*",
    "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_*/ada@example.com",
]
SALES = ["arn:aws:iam::123456789012:user/grace"]
PLATFORM = ["arn:aws:sts::123456789012:assumed-role/lake-platform/*"]


@pytest.fixture
def owners(tmp_path: Path) -> Owners:
    path = tmp_path / "CODEOWNERS"
    path.write_text(CODEOWNERS, encoding="utf-8")
    return Owners.read(path)


@pytest.fixture
def codecommit() -> Iterator[Stubber]:
    """A client of which each call is held against the service's model, and against what a test expects next."""
    client = boto3.client(
        "codecommit", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def rule(approvers: list[str]) -> str:
    statement = {"Type": "Approvers", "NumberOfApprovalsNeeded": 1, "ApprovalPoolMembers": approvers}
    return json.dumps({"Version": "2018-11-08", "Statements": [statement]})


def a_pull_request(codecommit: Stubber, rules: dict[str, str] | None = None, **target: str) -> None:
    there = {
        "repositoryName": "mwaaproject",
        "sourceCommit": HEAD,
        "destinationReference": "refs/heads/main",
        "destinationCommit": "d" * 40,
        "mergeBase": BASE,
        **target,
    }
    known = [{"approvalRuleName": name, "approvalRuleContent": text} for name, text in (rules or {}).items()]
    request = {"pullRequestTargets": [there], "revisionId": "r1", "approvalRules": known}
    codecommit.add_response("get_pull_request", {"pullRequest": request}, {"pullRequestId": "7"})


def that_changes(codecommit: Stubber, *moves: tuple[str, str]) -> None:
    """Paths before and after; one that is empty is not there."""
    sides = ("beforeBlob", "afterBlob")
    told = [{side: {"path": path} for side, path in zip(sides, move, strict=True) if path} for move in moves]
    asked = {"repositoryName": "mwaaproject", "beforeCommitSpecifier": BASE, "afterCommitSpecifier": HEAD}
    codecommit.add_response("get_differences", {"differences": told}, asked)


def asks(codecommit: Stubber, pattern: str, approvers: list[str], call: str = "create") -> None:
    names: dict[str, Any] = {"pullRequestId": "7", "approvalRuleName": f"Owners of {pattern}"}
    if call == "create":
        asked = {**names, "approvalRuleContent": rule(approvers)}
        codecommit.add_response("create_pull_request_approval_rule", {"approvalRule": {}}, asked)
    else:
        asked = {**names, "newRuleContent": rule(approvers)}
        codecommit.add_response("update_pull_request_approval_rule_content", {"approvalRule": {}}, asked)


def approves(codecommit: Stubber) -> None:
    asked = {"pullRequestId": "7", "revisionId": "r1", "approvalState": "APPROVE"}
    codecommit.add_response("update_pull_request_approval_state", {}, asked)


@pytest.mark.parametrize(
    ("moves", "asked"),
    [
        ([("", "configs/finance/x.yaml")], [("/configs/finance/", FINANCE)]),
        ([("configs/finance/x.yaml", "")], [("/configs/finance/", FINANCE)]),
        (
            [("configs/finance/x.yaml", "configs/sales/x.yaml")],
            [("/configs/finance/", FINANCE), ("/configs/sales/", SALES)],
        ),
        ([("configs/finance/unit.yaml",) * 2], [("/configs/finance/unit.yaml", PLATFORM)]),
        (
            [("configs/finance/unit.yaml",) * 2, ("Makefile",) * 2, ("configs/sales/a/b.yaml",) * 2],
            [("*", PLATFORM), ("/configs/sales/", SALES)],
        ),
        ([("configs/finance_too/x.yaml",) * 2], [("*", PLATFORM)]),
        ([("configs/group.yaml",) * 2], [("*", PLATFORM)]),
    ],
)
def test_the_owners_of_what_changes_are_asked_and_then_it_is_approved(codecommit, owners, moves, asked):
    a_pull_request(codecommit)
    that_changes(codecommit, *moves)
    for pattern, approvers in asked:
        asks(codecommit, pattern, approvers)
    approves(codecommit)
    told = ask_owners(codecommit.client, "7", HEAD, "main", owners, HERE)
    assert [line.split(":")[0] for line in told] == [f"Owners of {pattern}" for pattern, _ in asked]


def test_a_rule_that_is_there_is_kept_and_one_with_former_owners_is_corrected(codecommit, owners):
    rules = {"Owners of /configs/finance/": rule(FINANCE), "Owners of /configs/sales/": rule(PLATFORM)}
    a_pull_request(codecommit, rules)
    that_changes(codecommit, ("configs/finance/x.yaml",) * 2, ("configs/sales/x.yaml",) * 2)
    asks(codecommit, "/configs/sales/", SALES, call="update")
    approves(codecommit)
    ask_owners(codecommit.client, "7", HEAD, "main", owners, HERE)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"destinationReference": "refs/heads/other"}, "it does not go into main: nobody is asked"),
        ({"sourceCommit": "e" * 40}, f"it is at {'e' * 40} by now: the run of that commit asks"),
    ],
)
def test_what_is_not_to_be_merged_as_it_is_is_not_approved(codecommit, owners, target, told):
    a_pull_request(codecommit, **target)
    assert ask_owners(codecommit.client, "7", HEAD, "main", owners, HERE) == [told]


def test_what_is_proposed_is_taken_as_data(tmp_path):
    """The commands of the build spec: configs/ becomes the proposed one, without what it lacks, and links lead nowhere."""

    def git(folder: Path, *arguments: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        return subprocess.run(
            ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.strip()

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    (origin / "configs").mkdir(parents=True)
    git(origin, "init", "-q", "-b", "main")
    for path, text in {"configs/old.yaml": "old", "Makefile": "ours"}.items():
        (origin / path).write_text(text)
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "main")
    git(origin, "checkout", "-qb", "proposal")
    (origin / "configs/old.yaml").unlink()
    (origin / "configs/new.yaml").symlink_to("/etc/passwd")
    (origin / "Makefile").write_text("theirs")
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "proposal")
    commit = git(origin, "rev-parse", "HEAD")
    git(origin, "checkout", "-q", "main")
    git(tmp_path, "clone", "-q", "--single-branch", str(origin), str(clone))
    spec = yaml.safe_load(
        (Path(__file__).parents[2] / "infra/buildspecs/approvals.yml").read_text(encoding="utf-8")
    )
    commands = [command for command in spec["phases"]["build"]["commands"] if "git" in command]
    assert len(commands) == 2
    for command in commands:
        subprocess.run(
            ["bash", "-c", command],
            cwd=clone,
            check=True,
            env={"REVIEW_COMMIT": commit, "PATH": "/usr/bin:/bin"},
        )
    assert [path.name for path in (clone / "configs").iterdir()] == ["new.yaml"]
    assert not (clone / "configs/new.yaml").is_symlink()
    assert (clone / "Makefile").read_text() == "ours"


def test_the_check_runs_the_branch_that_is_deployed_and_what_is_proposed_does_not(assemblies):
    [rule] = [
        r.properties
        for r in assemblies["large"].resources("AWS::Events::Rule")
        if r.properties.get("EventPattern", {}).get("detail-type") == ["CodeCommit Pull Request State Change"]
    ]
    told = {target["Id"]: target["InputTransformer"]["InputTemplate"] for target in rule["Targets"]}
    assert '"sourceVersion": <commit>' in told["Build"]
    assert '"sourceVersion": "release"' in told["Approvals"]
    own = {a for a in actions(assemblies["large"], "PullRequestRole") if a.startswith("codecommit:")}
    assert own == {"codecommit:GitPull", "codecommit:PostCommentForPullRequest"}


def test_no_one_has_the_check_unless_the_platform_s_reviewers_are_named(defaults):
    assert not [p for p in projects(defaults, "project-pipeline") if p["Name"].endswith("approvals")]
