"""`python -m infra.review.approvals`: ask the owners of what a pull request of CodeCommit changes for their approval, and agree to that.

CodeCommit's templates of approval rules know no paths. So one template asks for the approval of the role that this runs as, and this
gives it once the pull request has a rule for each owner. It runs code of the branch that is deployed, never of the pull request.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3


@dataclass(frozen=True)
class Account:
    """Where approvers are known."""

    partition: str
    number: str

    def approver(self, owner: str) -> str:
        """An owner of CODEOWNERS as CodeCommit's rules name one: whoever has become a role, a user, or a session of Identity Center.

        `@organisation/team` is the role `team`, `@person` the IAM user of that name, an address the Identity Center user.
        """
        sessions = f"arn:{self.partition}:sts::{self.number}:assumed-role"
        if not owner.startswith("@"):
            return f"{sessions}/AWSReservedSSO_*/{owner}"
        name = owner.rpartition("/")[2]
        if "/" in owner:
            return f"{sessions}/{name}/*"
        return f"arn:{self.partition}:iam::{self.number}:user/{owner[1:]}"


@dataclass(frozen=True)
class Owners:
    """CODEOWNERS as `factory owners` writes it: `*`, a folder with a slash at its end, or a file; the last that fits counts."""

    lines: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def read(cls, path: Path) -> "Owners":
        """Read a file that `factory owners` wrote."""
        lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
        return cls(tuple((line[0], tuple(line[1:])) for line in lines if line and line[0] != "#"))

    def of(self, path: str) -> tuple[str, tuple[str, ...]]:
        """The pattern that fits a path, and its owners."""
        return next(line for line in reversed(self.lines) if _fits(line[0], f"/{path}"))


def _fits(pattern: str, path: str) -> bool:
    return pattern in ("*", path) or (pattern.endswith("/") and path.startswith(pattern))


def ask_owners(
    client: Any, number: str, commit: str, branch: str, owners: Owners, account: Account
) -> list[str]:
    """Give a pull request a rule for each owner of what it changes, and approve it; what was done, in words.

    A pull request into another branch, and one that has moved on since, is left alone: the latter is looked at by a run of its own.
    """
    request = client.get_pull_request(pullRequestId=number)["pullRequest"]
    [target] = request["pullRequestTargets"]
    if target["destinationReference"] != f"refs/heads/{branch}":
        return [f"it does not go into {branch}: nobody is asked"]
    if target["sourceCommit"] != commit:
        return [f"it is at {target['sourceCommit']} by now: the run of that commit asks"]
    there = {
        rule["approvalRuleName"]: rule["approvalRuleContent"] for rule in request.get("approvalRules", ())
    }
    told = []
    base = target.get("mergeBase") or target["destinationCommit"]
    changed = dict(owners.of(path) for path in _changed(client, target["repositoryName"], base, commit))
    by_owners = {names: pattern for pattern, names in sorted(changed.items(), reverse=True)}
    for names, pattern in sorted(by_owners.items(), key=lambda item: item[1]):
        name, content = f"Owners of {pattern}", _rule([account.approver(owner) for owner in names])
        told.append(f"{name}: {', '.join(names)}")
        if name not in there:
            client.create_pull_request_approval_rule(
                pullRequestId=number, approvalRuleName=name, approvalRuleContent=content
            )
        elif json.loads(there[name]) != json.loads(content):
            client.update_pull_request_approval_rule_content(
                pullRequestId=number, approvalRuleName=name, newRuleContent=content
            )
    client.update_pull_request_approval_state(
        pullRequestId=number, revisionId=request["revisionId"], approvalState="APPROVE"
    )
    return told


def _changed(client: Any, repository: str, base: str, commit: str) -> Iterator[str]:
    """Every path that a commit has otherwise than another one; of what was moved, both."""
    pages = client.get_paginator("get_differences").paginate(
        repositoryName=repository, beforeCommitSpecifier=base, afterCommitSpecifier=commit
    )
    for page in pages:
        for difference in page["differences"]:
            yield from {
                difference[side]["path"] for side in ("beforeBlob", "afterBlob") if side in difference
            }


def _rule(approvers: Sequence[str]) -> str:
    statement = {"Type": "Approvers", "NumberOfApprovalsNeeded": 1, "ApprovalPoolMembers": list(approvers)}
    return json.dumps({"Version": "2018-11-08", "Statements": [statement]})


def main(argv: list[str] | None = None) -> int:
    """Ask, and say whom."""
    parser = argparse.ArgumentParser(prog="python -m infra.review.approvals", description=__doc__)
    parser.add_argument("--owners", type=Path, required=True, help="from `factory owners`")
    for name in ("pull-request", "commit", "branch", "partition", "account"):
        parser.add_argument(f"--{name}", required=True)
    given = parser.parse_args(argv)
    told = ask_owners(
        boto3.client("codecommit"),
        given.pull_request,
        given.commit,
        given.branch,
        Owners.read(given.owners),
        Account(given.partition, given.account),
    )
    sys.stdout.writelines(f"{line}\n" for line in told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
