"""A comment on a line, and the pull request that it belongs to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Comment:
    """What is said of one line of a file; `token` is the same for the same words on the same line."""

    path: str
    line: int
    text: str
    token: str


@dataclass(frozen=True)
class PullRequest:
    """Where the comments go. `base` is the commit that it would be merged into, where the host asks for it."""

    repository: str
    number: str
    commit: str
    base: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "PullRequest":
        """Read what EventBridge's rule or CodeBuild's webhook (`pr/12`) put into the build's environment."""
        number = environ.get("REVIEW_PULL_REQUEST") or environ["CODEBUILD_WEBHOOK_TRIGGER"].removeprefix(
            "pr/"
        )
        return cls(
            repository=environ["REVIEW_REPOSITORY"],
            number=number,
            commit=environ["CODEBUILD_RESOLVED_SOURCE_VERSION"],
            base=environ.get("REVIEW_BASE", ""),
        )


def read_comments(path: Path) -> list[Comment]:
    """Read what `factory lint --format codecommit` wrote."""
    return [
        Comment(
            path=item["location"]["filePath"],
            line=item["location"]["filePosition"],
            text=item["content"],
            token=item["clientRequestToken"],
        )
        for item in json.loads(path.read_text(encoding="utf-8"))
    ]
