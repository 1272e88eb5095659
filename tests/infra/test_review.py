"""Findings become comments on their lines, at each host; the hosts are played by a small server."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.review.comment import Comment, PullRequest
from infra.review.review_hosts import GitHub, GitLab, ReviewError, review

ROOT = Path(__file__).parents[2]
REQUEST = PullRequest("acme/lake-specs", "12", "c0ffee", "ba5e")
TOUCHED = Comment("configs/finance/x.yaml", 3, "**error**: `objekt` is not a key here.", "t1")
UNTOUCHED = Comment("configs/finance/y.yaml", 9, "**error**: no such field.", "t2")


@dataclass
class Played:
    """What a host was sent: method, path, headers, body."""

    url: str = ""
    status: int = 201
    asked: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def host() -> Iterator[Played]:
    played = Played()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"diff_refs": {"base_sha": "b", "start_sha": "s", "head_sha": "h"}})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            played.asked.append((self.command, self.path, dict(self.headers), body))
            text = json.dumps(body)
            self._answer(422 if "y.yaml" in text and "body" in body and "line" in text else played.status, {})

        def _answer(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    played.url = f"http://127.0.0.1:{server.server_port}"
    yield played
    server.shutdown()
    server.server_close()
    thread.join()


def test_github_on_the_line(host):
    assert review(GitHub("secret", host.url), REQUEST, [TOUCHED]) == 1
    [(_, path, headers, body)] = host.asked
    assert path == "/repos/acme/lake-specs/pulls/12/comments"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {
        "body": TOUCHED.text,
        "commit_id": "c0ffee",
        "path": "configs/finance/x.yaml",
        "line": 3,
        "side": "RIGHT",
    }


def test_github_off_the_difference_in_one_note(host):
    assert review(GitHub("secret", host.url), REQUEST, [TOUCHED, UNTOUCHED]) == 1
    _, path, _, body = host.asked[-1]
    assert path == "/repos/acme/lake-specs/issues/12/comments"
    assert body == {"body": "`configs/finance/y.yaml:9` **error**: no such field."}


def test_gitlab_on_the_line(host):
    assert review(GitLab("secret", host.url), REQUEST, [TOUCHED]) == 1
    [(_, path, headers, body)] = host.asked
    assert path == "/projects/acme%2Flake-specs/merge_requests/12/discussions"
    assert headers["PRIVATE-TOKEN"] == "secret"
    assert body["position"] == {
        "position_type": "text",
        "new_path": "configs/finance/x.yaml",
        "new_line": 3,
        "base_sha": "b",
        "start_sha": "s",
        "head_sha": "h",
    }


@pytest.mark.parametrize("kind", [GitHub, GitLab])
def test_a_refused_token_is_told_without_the_token(host, kind):
    host.status = 403
    with pytest.raises(ReviewError, match=r"answered 403: \{\}; may the token comment there\?") as caught:
        review(kind("secret-token", host.url), REQUEST, [TOUCHED])
    assert "secret-token" not in str(caught.value)


def test_codecommit_from_lint_to_comment(host, tmp_path):
    """The build's own command, on what `factory lint` writes for a spec with a mistake."""
    findings = [
        {
            "location": {"filePath": TOUCHED.path, "filePosition": 3, "relativeFileVersion": "AFTER"},
            "content": TOUCHED.text,
            "clientRequestToken": "t1",
        }
    ]
    (tmp_path / "findings.json").write_text(json.dumps(findings))
    host.status = 200
    done = subprocess.run(
        [sys.executable, "-m", "infra.review", "--findings", tmp_path / "findings.json"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_CODECOMMIT": host.url,
            "REVIEW_HOST": "codecommit",
            "REVIEW_REPOSITORY": "mwaaproject",
            "REVIEW_PULL_REQUEST": "7",
            "REVIEW_BASE": "ba5e",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": "c0ffee",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "1 findings, 1 said on their lines\n"), done.stderr
    [(_, _, headers, body)] = host.asked
    assert headers["X-Amz-Target"].endswith(".PostCommentForPullRequest")
    assert body == {
        "pullRequestId": "7",
        "repositoryName": "mwaaproject",
        "beforeCommitId": "ba5e",
        "afterCommitId": "c0ffee",
        "location": findings[0]["location"],
        "content": TOUCHED.text,
        "clientRequestToken": "t1",
    }


def test_the_webhook_s_number():
    environ = {
        "CODEBUILD_WEBHOOK_TRIGGER": "pr/12",
        "REVIEW_REPOSITORY": "acme/lake-specs",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": "c0ffee",
    }
    assert PullRequest.from_environment(environ) == PullRequest("acme/lake-specs", "12", "c0ffee", "")
