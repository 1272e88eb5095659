"""`python -m infra.review --findings FILE`: comment on the pull request that the environment names."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import boto3

from infra.review.comment import PullRequest, read_comments
from infra.review.review_hosts import CodeCommit, GitHub, GitLab, Host, ReviewError, review

_WITH_TOKEN: Mapping[str, Callable[..., Host]] = {"github.com": GitHub, "gitlab.com": GitLab}


def main(argv: list[str] | None = None) -> int:
    """0 said, 1 refused by the host."""
    parser = argparse.ArgumentParser(prog="python -m infra.review", description=__doc__)
    parser.add_argument(
        "--findings", type=Path, required=True, help="from `factory lint --format codecommit`"
    )
    arguments = parser.parse_args(argv)
    host = _host(os.environ)
    comments = read_comments(arguments.findings)
    if host is None:
        sys.stdout.write("no token to comment with: the findings are in this log and in the report\n")
        return 0
    try:
        on_lines = review(host, PullRequest.from_environment(os.environ), comments)
    except ReviewError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(comments)} findings, {on_lines} said on their lines\n")
    return 0


def _host(environ: Mapping[str, str]) -> Host | None:
    """The host of the environment; None when it wants a token and there is none."""
    name = environ["REVIEW_HOST"]
    if name == "codecommit":
        return CodeCommit(boto3.client("codecommit"))
    if not environ.get("REVIEW_TOKEN_SECRET"):
        return None
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=environ["REVIEW_TOKEN_SECRET"])
    own = {"api": environ["REVIEW_API"]} if "REVIEW_API" in environ else {}
    return _WITH_TOKEN[name](secret["SecretString"], **own)


if __name__ == "__main__":
    sys.exit(main())
