"""How each host takes a comment on a line; all three get the same."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote

import requests

from infra.review.comment import Comment, PullRequest

_SECONDS = 30
# GitHub's and GitLab's answer to a line that the pull request did not touch.
_NOT_IN_THE_DIFFERENCE = (400, 422)


class ReviewError(Exception):
    """A host refused a comment; the message says which and how it answered."""


class Host(Protocol):
    """Somewhere that pull requests are discussed."""

    def comment(self, pull_request: PullRequest, comment: Comment) -> bool:
        """Say it on the line; False if the host takes comments on changed lines only and this is none."""

    def note(self, pull_request: PullRequest, text: str) -> None:
        """Say something of the pull request as a whole."""


class CodeCommit:
    """https://docs.aws.amazon.com/codecommit/latest/APIReference/API_PostCommentForPullRequest.html."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def comment(self, pull_request: PullRequest, comment: Comment) -> bool:
        """Any line of the file may be commented on."""
        location = {"filePath": comment.path, "filePosition": comment.line, "relativeFileVersion": "AFTER"}
        self._post(pull_request, comment.text, location=location, clientRequestToken=comment.token)
        return True

    def note(self, pull_request: PullRequest, text: str) -> None:
        """Comment without a place."""
        self._post(pull_request, text)

    def _post(self, pull_request: PullRequest, text: str, **place: Any) -> None:
        self._client.post_comment_for_pull_request(
            pullRequestId=pull_request.number,
            repositoryName=pull_request.repository,
            beforeCommitId=pull_request.base,
            afterCommitId=pull_request.commit,
            content=text,
            **place,
        )


class GitHub:
    """https://docs.github.com/en/rest/pulls/comments, https://docs.github.com/en/rest/issues/comments."""

    def __init__(self, token: str, api: str = "https://api.github.com") -> None:
        self._api = api
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}

    def comment(self, pull_request: PullRequest, comment: Comment) -> bool:
        """Only lines of the difference take one."""
        url = f"{self._api}/repos/{pull_request.repository}/pulls/{pull_request.number}/comments"
        place = {
            "commit_id": pull_request.commit,
            "path": comment.path,
            "line": comment.line,
            "side": "RIGHT",
        }
        return _post(url, self._headers, {"body": comment.text, **place})

    def note(self, pull_request: PullRequest, text: str) -> None:
        """A pull request is an issue too."""
        url = f"{self._api}/repos/{pull_request.repository}/issues/{pull_request.number}/comments"
        _post(url, self._headers, {"body": text})


class GitLab:
    """https://docs.gitlab.com/api/discussions/#create-a-new-thread-in-the-merge-request-diff."""

    def __init__(self, token: str, api: str = "https://gitlab.com/api/v4") -> None:
        self._api = api
        self._headers = {"PRIVATE-TOKEN": token}

    def comment(self, pull_request: PullRequest, comment: Comment) -> bool:
        """Only lines of the difference take one."""
        url = self._url(pull_request)
        answer = requests.get(url, headers=self._headers, timeout=_SECONDS)
        answer.raise_for_status()
        place = {"position_type": "text", "new_path": comment.path, "new_line": comment.line}
        return _post(
            f"{url}/discussions",
            self._headers,
            {"body": comment.text, "position": {**place, **answer.json()["diff_refs"]}},
        )

    def note(self, pull_request: PullRequest, text: str) -> None:
        """A note without a position."""
        _post(f"{self._url(pull_request)}/notes", self._headers, {"body": text})

    def _url(self, pull_request: PullRequest) -> str:
        project = quote(pull_request.repository, safe="")
        return f"{self._api}/projects/{project}/merge_requests/{pull_request.number}"


def review(host: Host, pull_request: PullRequest, comments: Sequence[Comment]) -> int:
    """Say each on its line, and those that no line of the difference takes in one note; returns how many had a line."""
    elsewhere = [comment for comment in comments if not host.comment(pull_request, comment)]
    if elsewhere:
        host.note(pull_request, "\n\n".join(f"`{c.path}:{c.line}` {c.text}" for c in elsewhere))
    return len(comments) - len(elsewhere)


def _post(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> bool:
    answer = requests.post(url, headers=dict(headers), json=body, timeout=_SECONDS)
    if answer.status_code in _NOT_IN_THE_DIFFERENCE:
        return False
    if not answer.ok:
        raise ReviewError(
            f"{url} answered {answer.status_code}: {answer.text[:500]}; may the token comment there?"
        )
    return True
