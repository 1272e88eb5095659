"""The Verify stage as the pipeline runs it, over the real client: whatever MWAA answers, it ends with a verdict."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from factory.compile.dag_files import dag_files
from infra.release.__main__ import main
from infra.release.dag_folder import DagFolder
from infra.release.release_manifest import MANIFEST, Manifest, describe
from sandbox.rehearsal.loopback import serving
from tests.infra.served import speak_to

BUCKET = "dag-bucket"
THROTTLED = (429, {"__type": "ThrottlingException", "Message": "Rate exceeded"})
BROKEN = (500, {"__type": "InternalServerException", "Message": "try again"})
UPDATING = (
    400,
    {"__type": "ValidationException", "Message": "The environment is not in a state to be asked"},
)
REFUSED = (403, {"__type": "AccessDeniedException", "Message": "not authorized to perform InvokeRestApi"})
BEHIND = (
    400,
    {"__type": "RestApiServerException", "RestApiStatusCode": 503, "RestApiResponse": {"detail": "down"}},
)
HTML = (200, {"RestApiStatusCode": 502, "RestApiResponse": "<html>Bad Gateway</html>"})
STRANGE = (200, {"RestApiStatusCode": 200, "RestApiResponse": {"detail": "?"}})
HICCUPS = {
    "throttled": THROTTLED,
    "broken": BROKEN,
    "updating": UPDATING,
    "refused": REFUSED,
    "behind": BEHIND,
    "html": HTML,
    "strange": STRANGE,
}


class Mwaa:
    """InvokeRestApi over HTTP: the answers in `refusals` come first, then what `dags` and `errors` say."""

    def __init__(self) -> None:
        self.refusals: list[tuple[int, dict[str, Any]]] = []
        self.always: tuple[int, dict[str, Any]] | None = None
        self.dags: dict[str, str] = {}
        self.errors: list[dict[str, Any]] = []

    def answer(self, _path: str, body: bytes) -> tuple[int, str, bytes]:
        status, told = self._told(json.loads(body)["Path"] if body else "")
        return status, "application/json", json.dumps(told).encode()

    def _told(self, path: str) -> tuple[int, dict[str, Any]]:
        if self.always or self.refusals:
            return self.always or self.refusals.pop(0)
        if path == "/importErrors":
            body: dict[str, Any] = {"import_errors": self.errors, "total_entries": len(self.errors)}
        elif path == "/dags":
            body = {"dags": [{"dag_id": name} for name in self.dags], "total_entries": len(self.dags)}
        else:
            dag_id = path.removeprefix("/dagSources/")
            body = {"content": f'DAGS = {{\n    "{dag_id}": "{self.dags[dag_id]}",\n}}\n'}
        return 200, {"RestApiStatusCode": 200, "RestApiResponse": body}


@pytest.fixture
def mwaa(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mwaa]:
    played = Mwaa()
    with serving(played.answer) as address:
        speak_to(monkeypatch, s3=s3_address, mwaa=address)
        yield played


def release(folder: Path, text: str, *units: str) -> Manifest:
    """As `pack` leaves it; each unit has a DAG `product`."""
    dags = folder / "dags"
    for unit in units or ("finance",):
        (dags / unit).mkdir(parents=True)
        compiled = json.dumps({f"{unit}.product": {"description": text}})
        (dags / unit / "product.json").write_text(compiled)
        for name, source in dag_files(unit, {f"{unit}.product": compiled}).items():
            (dags / unit / name).write_text(source)
    packed = describe(dags, f"commit {text}")
    (folder / MANIFEST).write_text(packed.to_json())
    return packed


@pytest.fixture
def deployed(mwaa: Mwaa, tmp_path: Path) -> Callable[[], DagFolder]:
    """Two releases in the bucket, the second of which is to be verified."""
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    folder = DagFolder(client, BUCKET)
    for name in ("v1", "v2"):
        packed = release(tmp_path / name, name)
        folder.deploy(packed, tmp_path / name / "dags")
        mwaa.dags = packed.dags
    yield lambda: folder
    listed = client.list_object_versions(Bucket=BUCKET)
    for version in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        client.delete_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])
    client.delete_bucket(Bucket=BUCKET)


def verify(tmp_path: Path, *options: str, seconds: float = 60) -> int:
    return main(
        [
            *("verify", "--bucket", BUCKET, "--environment", "Lake"),
            *("--seconds", str(seconds), "--patience", "0", *options),
        ]
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, which take no time here."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.mark.parametrize("hiccup", HICCUPS)
def test_what_passes_is_asked_again(mwaa, deployed, tmp_path, quick, capsys, hiccup):
    mwaa.refusals = [HICCUPS[hiccup]] * 3
    assert verify(tmp_path) == 0
    assert "arrived" in capsys.readouterr().out
    assert deployed().manifest().commit == "commit v2"
    assert deployed().seen().commit == "commit v2"


@pytest.mark.parametrize("hiccup", HICCUPS)
def test_what_lasts_ends_in_a_roll_back_that_says_nothing_is_known(
    mwaa, deployed, tmp_path, quick, capsys, hiccup
):
    mwaa.always = HICCUPS[hiccup]
    assert verify(tmp_path, seconds=0) == 1
    told = capsys.readouterr().err
    assert (
        "Airflow could not be asked, so it is not known whether the release is right: /importErrors" in told
    )
    assert "rolled back to commit v1: 1 DAGs" in told
    assert "cannot be imported" not in told
    assert deployed().manifest().commit == "commit v1"


def test_nobody_listens(mwaa, deployed, tmp_path, quick, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ENDPOINT_URL_MWAA", "http://127.0.0.1:9")
    assert verify(tmp_path, seconds=0) == 1
    assert "Could not connect to the endpoint URL" in capsys.readouterr().err
    assert deployed().manifest().commit == "commit v1"


@pytest.mark.parametrize("trace", [None, "", "   "])
def test_an_import_error_without_a_trace_is_wrong_all_the_same(
    mwaa, deployed, tmp_path, quick, capsys, trace
):
    mwaa.errors = [{"filename": "finance/import_errors.py", "stack_trace": trace}]
    assert verify(tmp_path) == 1
    told = capsys.readouterr().err
    assert "finance/import_errors.py cannot be imported: Airflow gives no reason" in told
    assert "could not be asked" not in told
    assert "rolled back to commit v1" in told


def test_pauses_grow_while_nothing_is_answered_and_shrink_again(mwaa, deployed, tmp_path, quick):
    mwaa.refusals = [UPDATING] * 6
    assert verify(tmp_path, seconds=10_000) == 0
    assert quick == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]


def test_a_bucket_that_cannot_be_read_ends_in_one_sentence(
    mwaa, deployed, tmp_path, quick, monkeypatch, capsys
):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    assert verify(tmp_path, seconds=0) == 1
    told = capsys.readouterr().err
    assert told.startswith("the bucket dag-bucket could not be read or written: Could not connect")
    assert "run the stage again" in told


@pytest.mark.parametrize("refusal", [THROTTLED, BROKEN, REFUSED])
def test_an_environment_that_does_not_tell_its_bucket_ends_in_one_sentence(
    mwaa, deployed, tmp_path, quick, capsys, refusal
):
    """As that of the second environment, whose bucket MWAA is asked for."""
    mwaa.always = refusal
    assert main(["verify", "--environment", "Lake", "--seconds", "0"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("the bucket of Lake could not be read or written: An error occurred")
    assert "nothing was rolled back: run the stage again" in told
    assert deployed().manifest().commit == "commit v2"


@pytest.fixture
def two_units(mwaa: Mwaa, deployed: Callable[[], DagFolder], tmp_path: Path) -> DagFolder:
    """Two releases of finance and sales, the second of which is to be verified."""
    folder = deployed()
    for name in ("both v1", "both v2"):
        packed = release(tmp_path / name, name, "finance", "sales")
        folder.deploy(packed, tmp_path / name / "dags")
        mwaa.dags = packed.dags
    return folder


def test_one_unit_s_import_error_rolls_back_that_unit(mwaa, two_units, tmp_path, quick, capsys):
    mwaa.errors = [
        {"filename": "/usr/local/airflow/dags/finance/import_errors.py", "stack_trace": "ImportError: no"}
    ]
    newest = mwaa.dags
    assert verify(tmp_path) == 0
    standing = two_units.manifest()
    assert standing.dags["sales.product"] == newest["sales.product"]
    assert standing.dags["finance.product"] != newest["finance.product"]
    assert "finance" in standing.held
    assert "rolled back finance; the other units are at commit both v2" in capsys.readouterr().err
    assert "finance.product" not in two_units.seen().dags
    mwaa.errors, mwaa.dags = [], standing.dags
    assert verify(tmp_path, "--all") == 1
    told = capsys.readouterr().err
    assert "finance stays at what was deployed before" in told
    assert "ImportError: no" in told


def test_a_unit_that_does_not_arrive_rolls_back_that_unit(mwaa, two_units, tmp_path, quick):
    newest, mwaa.dags = mwaa.dags, {**mwaa.dags, "sales.product": "0" * 16}
    assert verify(tmp_path, seconds=0) == 0
    assert set(two_units.manifest().held) == {"sales"}
    assert two_units.manifest().dags["finance.product"] == newest["finance.product"]


def test_the_others_are_waited_for_when_one_unit_is_given_up(mwaa, two_units, tmp_path, monkeypatch):
    """sales is read by Airflow only after finance has been given up."""
    newest = mwaa.dags
    mwaa.errors = [{"filename": "finance/import_errors.py", "stack_trace": "ImportError: no"}]
    mwaa.dags = {"finance.product": newest["finance.product"]}
    monkeypatch.setattr(time, "sleep", lambda _: setattr(mwaa, "dags", newest))
    assert verify(tmp_path) == 0
    assert set(two_units.manifest().held) == {"finance"}


@pytest.mark.parametrize("file", ["helper.py", "/usr/local/airflow/dags/helper.py", "elsewhere/product.py"])
def test_an_error_that_is_nobody_s_rolls_back_everything(mwaa, two_units, tmp_path, quick, file):
    mwaa.errors = [{"filename": file, "stack_trace": "ImportError: no"}]
    assert verify(tmp_path) == 1
    assert two_units.manifest().commit == "commit both v1"
