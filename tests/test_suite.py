"""The suite's own rules: which tests are taken for those that start a server, and when golden files are written."""

import json
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox.rehearsal.cloud import running_cloud
from sandbox.s3_faults import FaultyS3
from sandbox.salesforce.fixtures import shared_org
from sandbox.salesforce.running import running_org
from tests.conftest import Golden
from tests.servers import starts_a_server


class Serving:
    def open(self):
        return ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)


def through_a_module():
    return subprocess.Popen(["true"])


def through_another_function():
    return [through_a_module() for _ in range(2)]


def to_its_end():
    return json.loads(subprocess.run(["true"], check=True, capture_output=True).stdout)


@pytest.mark.parametrize(
    "code",
    [running_org, running_cloud, FaultyS3, Serving, through_a_module, through_another_function, shared_org.__wrapped__],
)  # fmt: skip
def test_what_starts_a_server(code):
    assert starts_a_server(code)


@pytest.mark.parametrize("code", [None, json.loads, to_its_end, starts_a_server])
def test_what_starts_none(code):
    assert not starts_a_server(code)


@pytest.fixture
def served():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        yield server


def test_the_mark_follows_from_a_fixture(served, request):
    assert request.node.get_closest_marker("server")


def test_a_test_without_a_server_is_not_marked(request):
    assert not request.node.get_closest_marker("server")


def test_a_golden_file_is_written_anew_only_when_that_is_asked_for(tmp_path):
    folder = tmp_path / "golden"
    Golden(regenerate=True).folder(folder, {"a/b.txt": "one", "c.txt": "two"})
    Golden(regenerate=False).folder(folder, {"a/b.txt": "one", "c.txt": "two"})
    with pytest.raises(AssertionError, match=r"c\.txt differs: if that is meant, run `make regen`"):
        Golden(regenerate=False)(folder / "c.txt", "three")
    with pytest.raises(AssertionError, match="nothing makes these golden files any more"):
        Golden(regenerate=False).folder(folder, {"c.txt": "two"})
    Golden(regenerate=True).folder(folder, {"c.txt": "three"})
    assert [path.read_text() for path in folder.rglob("*.txt")] == ["three"]
