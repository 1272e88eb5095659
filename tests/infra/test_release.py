"""A release replaces another in the bucket: only what differs moves, nothing else is touched, and it can go back."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from factory.compile.dag_files import dag_files
from infra.release.airflow_api import AirflowApi
from infra.release.arrival import Comparison, wait_until_arrived
from infra.release.dag_folder import DagFolder
from infra.release.release_manifest import EMPTY, Manifest, describe

BUCKET = "dag-bucket"
PYTHON = ("finance/dags.py", "finance/import_errors.py")


def named(files: Iterable[str]) -> tuple[str, ...]:
    """Files by their names, but for the version in that of the one that reports errors."""
    return tuple(re.sub(r"(import_errors)_[0-9a-f]{8}", r"\1", file) for file in files)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """S3 of moto, also where the environment has credentials and endpoints of its own."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def dags(s3: Any) -> DagFolder:
    return DagFolder(s3, BUCKET)


def compiled(folder: Path, **contents: str) -> Manifest:
    """A folder as `pack` leaves it, one DAG for each keyword `unit__name="content"`."""
    units: dict[str, dict[str, str]] = {}
    for name, text in contents.items():
        unit, _, spec = name.partition("__")
        body = json.dumps({f"{unit}.{spec}": {"description": text}})
        units.setdefault(unit, {})[f"{unit}.{spec}"] = body
        (folder / unit).mkdir(parents=True, exist_ok=True)
        (folder / unit / f"{spec}.json").write_text(body)
    for unit, dags in units.items():
        for file, text in dag_files(unit, dags).items():
            (folder / unit / file).write_text(text)
    return describe(folder, "c0ffee")


def content(s3: Any) -> dict[str, str]:
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


def test_the_first_release(s3, dags, tmp_path):
    release = compiled(tmp_path, finance__opportunity="v1")
    change = dags.deploy(release, tmp_path)
    assert named(change.written) == ("finance/opportunity.json", *PYTHON)
    assert change.removed == ()
    assert sorted(named(content(s3))) == [
        "dags/_deployment.json",
        "dags/finance/dags.py",
        "dags/finance/import_errors.py",
        "dags/finance/opportunity.json",
    ]
    standing = dags.manifest()
    assert standing.dags == release.dags
    assert standing.commit == "c0ffee"
    assert standing.previous is None


def test_only_changed_content_is_written_and_removed_dags_are_removed(s3, dags, tmp_path):
    dags.deploy(
        compiled(tmp_path / "1", finance__opportunity="v1", finance__product="v1", sales__lead="v1"),
        tmp_path / "1",
    )
    change = dags.deploy(
        compiled(tmp_path / "2", finance__opportunity="v2", finance__product="v1"), tmp_path / "2"
    )
    assert named(change.written) == ("finance/opportunity.json", *PYTHON)
    assert named(change.removed) == (
        "finance/import_errors.py",
        "sales/dags.py",
        "sales/import_errors.py",
        "sales/lead.json",
    )
    assert "dags/sales/dags.py" not in content(s3)


def test_an_edit_of_the_same_size_is_seen(dags, tmp_path):
    dags.deploy(compiled(tmp_path / "1", finance__opportunity="v1"), tmp_path / "1")
    change = dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2"), tmp_path / "2")
    assert named(change.written) == ("finance/opportunity.json", *PYTHON)


def test_the_same_release_again_writes_no_dag(dags, tmp_path):
    release = compiled(tmp_path, finance__opportunity="v1")
    dags.deploy(release, tmp_path)
    assert dags.deploy(release, tmp_path).written == ()


def test_what_was_edited_or_added_by_hand_is_put_right(s3, dags, tmp_path):
    release = compiled(tmp_path, finance__opportunity="v1")
    dags.deploy(release, tmp_path)
    s3.put_object(Bucket=BUCKET, Key="dags/finance/opportunity.json", Body=b"{}")
    s3.put_object(Bucket=BUCKET, Key="dags/mine.py", Body=b"import os")
    change = dags.deploy(release, tmp_path)
    assert change.written == ("finance/opportunity.json",)
    assert change.removed == ("mine.py",)


def test_nothing_outside_dags_is_touched(s3, dags, tmp_path):
    for key in ("plugins.zip", "requirements.txt", "dagsX/y.py", "other/dags/z.py"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    dags.deploy(compiled(tmp_path, finance__opportunity="v1"), tmp_path)
    dags.roll_back()
    assert content(s3).keys() >= {"plugins.zip", "requirements.txt", "dagsX/y.py", "other/dags/z.py"}
    versions = s3.list_object_versions(Bucket=BUCKET)["Versions"]
    assert len([version for version in versions if not version["Key"].startswith("dags/")]) == 4


def test_the_manifest_is_written_last(s3, dags, tmp_path):
    dags.deploy(compiled(tmp_path, finance__opportunity="v1", sales__lead="v1"), tmp_path)
    order: list[str] = []
    s3.meta.events.register("before-call.s3", lambda params, **_: order.append(params["url_path"]))
    dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2"), tmp_path / "2")
    assert order[-1].endswith("dags/_deployment.json")
    assert len([path for path in order if path.endswith("opportunity.json")]) == 1


def test_a_deployment_that_breaks_off_is_finished_by_the_next(s3, dags, tmp_path):
    first = compiled(tmp_path / "1", finance__opportunity="v1", sales__lead="v1")
    dags.deploy(first, tmp_path / "1")
    release = compiled(tmp_path / "2", finance__opportunity="v2", sales__lead="v2")
    (tmp_path / "2" / "sales" / "lead.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"lead\.json"):
        dags.deploy(release, tmp_path / "2")
    assert dags.manifest().dags == first.dags
    dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2", sales__lead="v2"), tmp_path / "2")
    assert json.loads(content(s3)["dags/sales/lead.json"])["sales.lead"]["description"] == "v2"


def test_rolling_back_restores_the_former_release(s3, dags, tmp_path):
    first = compiled(tmp_path / "1", finance__opportunity="v1", sales__lead="v1")
    dags.deploy(first, tmp_path / "1")
    before = content(s3)
    dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2", grid__meter="v1"), tmp_path / "2")
    former = dags.roll_back()
    assert former.dags == first.dags
    after = content(s3)
    del before["dags/_deployment.json"], after["dags/_deployment.json"]
    assert after == before
    assert dags.manifest().dags == former.dags


def test_after_a_roll_back_the_next_deployment_writes_what_differs(dags, tmp_path):
    first = compiled(tmp_path / "1", finance__opportunity="v1", finance__product="v1")
    dags.deploy(first, tmp_path / "1")
    dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2", finance__product="v1"), tmp_path / "2")
    dags.roll_back()
    assert dags.deploy(first, tmp_path / "1").written == ()


def test_rolling_back_the_first_release_leaves_no_dag(s3, dags, tmp_path):
    dags.deploy(compiled(tmp_path, finance__opportunity="v1"), tmp_path)
    assert dags.roll_back() == EMPTY
    assert sorted(named(content(s3))) == ["dags/_deployment.json"]


def test_what_stands_can_be_fetched(dags, tmp_path):
    dags.deploy(compiled(tmp_path / "1", finance__opportunity="v1"), tmp_path / "1")
    dags.fetch(tmp_path / "there")
    assert describe(tmp_path / "there", "") == describe(tmp_path / "1", "")


def test_a_held_unit_stays_as_it_stands_and_the_others_go_out(s3, dags, tmp_path):
    first = compiled(tmp_path / "1", finance__opportunity="v1", finance__product="v1", sales__lead="v1")
    dags.deploy(first, tmp_path / "1")
    second = compiled(tmp_path / "2", sales__lead="v2", sales__new="v1")
    change = dags.deploy(replace(second, held={"finance": "its specs have errors"}), tmp_path / "2")
    assert {path.partition("/")[0] for path in change.written} == {"sales"}
    assert named(change.removed) == ("sales/import_errors.py",)  # the former one
    standing = dags.manifest()
    assert standing.dags == {**second.dags, **first.of(lambda unit: unit == "finance").dags}
    assert standing.held == {"finance": "its specs have errors"}
    s3.put_object(Bucket=BUCKET, Key="dags/finance/product.json", Body=b"by hand")
    dags.deploy(replace(second, held={"finance": "its specs have errors"}), tmp_path / "2")
    assert "finance.product" in content(s3)["dags/finance/product.json"]
    dags.deploy(first, tmp_path / "1")
    assert dags.manifest().held == {}


def test_a_unit_that_waits_comes_in_with_the_decision(s3, dags, tmp_path):
    dags.deploy(compiled(tmp_path / "1", finance__opportunity="v1", sales__lead="v1"), tmp_path / "1")
    release = compiled(tmp_path / "2", sales__lead="v2")
    dags.deploy(release, tmp_path / "2", waiting={"finance"})
    assert dags.manifest().held == {"finance": "waits for a decision"}
    assert "dags/finance/dags.py" in content(s3)
    change = dags.deploy_units(release, tmp_path / "2", {"finance"})
    assert named(change.removed) == (*PYTHON, "finance/opportunity.json")
    assert change.written == ()
    assert dags.manifest().dags == release.dags
    assert dags.manifest().held == {}


def test_a_decision_that_was_overtaken_changes_nothing(s3, dags, tmp_path):
    dags.deploy(compiled(tmp_path / "1", finance__opportunity="v1"), tmp_path / "1")
    release = replace(compiled(tmp_path / "2", sales__lead="v1"), commit="older")
    dags.deploy(release, tmp_path / "2", waiting={"finance"})
    later = compiled(tmp_path / "3", finance__opportunity="v3")
    dags.deploy(later, tmp_path / "3")
    before = content(s3)
    assert dags.deploy_units(release, tmp_path / "2", {"finance"}) is None
    assert content(s3) == before


def test_a_unit_that_was_rolled_back_is_not_brought_in_by_a_decision(dags, tmp_path):
    dags.deploy(compiled(tmp_path / "1", finance__opportunity="v1", sales__lead="v1"), tmp_path / "1")
    release = compiled(tmp_path / "2", finance__opportunity="v2", sales__lead="v2")
    dags.deploy(release, tmp_path / "2", waiting={"finance"})
    dags.roll_back({"sales": "ImportError"})
    dags.deploy_units(release, tmp_path / "2", {"finance", "sales"})
    standing = dags.manifest()
    assert standing.held == {"sales": "ImportError"}
    assert standing.dags["finance.opportunity"] == release.dags["finance.opportunity"]
    assert standing.dags["sales.lead"] != release.dags["sales.lead"]


class Airflow:
    """An Airflow that answers InvokeRestApi from what it holds: versions by DAG id, and files in error.

    `parsed` is when it last read its files; `asked` are the paths that it was asked for.
    """

    def __init__(self, dags: dict[str, str], errors: tuple[str, ...] = ()) -> None:
        self.dags, self.errors = dags, errors
        self.parsed = 0
        self.asked: list[str] = []

    def invoke_rest_api(self, **request: Any) -> dict[str, Any]:
        assert request["Name"] == "Lake"
        assert request["Method"] == "GET"
        self.asked.append(request["Path"])
        return {
            "RestApiStatusCode": 200,
            "RestApiResponse": self._answer(request["Path"], request["QueryParameters"]),
        }

    def _answer(self, path: str, query: dict[str, int]) -> dict[str, Any]:
        if path == "/importErrors":
            return self._page(
                "import_errors",
                [{"filename": name, "stack_trace": "Traceback\nImportError: no"} for name in self.errors],
                query,
            )
        if path == "/dags":
            return self._page(
                "dags",
                [{"dag_id": dag_id, "last_parsed_time": str(self.parsed)} for dag_id in self.dags],
                query,
            )
        dag_id = path.removeprefix("/dagSources/")
        return {"content": f'DAGS = {{\n    "{dag_id}": "{self.dags[dag_id]}",\n}}\n'}

    def _page(self, key: str, items: list[Any], query: dict[str, int]) -> dict[str, Any]:
        return {key: items[query["offset"] : query["offset"] + query["limit"]], "total_entries": len(items)}


def verify(airflow: Airflow, release: Manifest) -> list[str]:
    verdict = wait_until_arrived(
        Comparison(release, EMPTY, AirflowApi(airflow, "Lake")),
        seconds=0,
        patience=0,
        pause=0,
        say=lambda _: None,
    )
    return [difference.text for difference in verdict.differences]


def test_a_release_that_has_arrived(tmp_path):
    release = compiled(tmp_path, finance__opportunity="v1")
    assert verify(Airflow(release.dags), release) == []


def test_the_canary_is_no_release_s(s3, dags, tmp_path):
    """The deployment of the platform puts it there: no release takes it away, is late because of it, or fails with it."""
    s3.put_object(Bucket=BUCKET, Key="dags/platform_canary.py", Body=b"the canary")
    release = compiled(tmp_path, finance__opportunity="v1")
    assert dags.deploy(release, tmp_path).removed == ()
    assert content(s3)["dags/platform_canary.py"] == "the canary"
    shown = Airflow({**release.dags, "platform_canary": "v1"}, errors=("platform_canary.py",))
    assert verify(shown, release) == []


def test_more_than_one_page_of_dags():
    dags = {f"finance.d{number}": "v1" for number in range(250)}
    assert verify(Airflow(dags), Manifest("c", dags, {})) == []


@pytest.mark.parametrize(
    ("dags", "errors", "text"),
    [
        ({}, (), "finance.opportunity is not in Airflow yet"),
        ({"finance.opportunity": "v0"}, (), "finance.opportunity is still at another version"),
        ({"finance.opportunity": "v1", "sales.lead": "v1"}, (), "sales.lead is still in Airflow"),
        ({"finance.opportunity": "v1"}, ("x.py",), "x.py cannot be imported: ImportError: no"),
    ],
)
def test_what_has_not_arrived(dags, errors, text):
    release = Manifest("c0ffee", {"finance.opportunity": "v1"}, {})
    assert verify(Airflow(dags, errors), release) == [text]


class ByHand(Airflow):
    """One whose files name no DAG."""

    def _answer(self, path: str, query: dict[str, int]) -> dict[str, Any]:
        return {"content": "# by hand\n"} if path.startswith("/dagSources/") else super()._answer(path, query)


def test_a_file_that_does_not_name_its_dag_is_at_another_version():
    release = Manifest("c0ffee", {"finance.opportunity": "v1"}, {})
    assert verify(ByHand(release.dags), release) == ["finance.opportunity is still at another version"]


def test_the_json_arrives_before_the_file_whose_change_makes_airflow_look(s3, dags, tmp_path):
    order: list[str] = []
    s3.meta.events.register("before-call.s3.PutObject", lambda params, **_: order.append(params["url_path"]))
    dags.deploy(compiled(tmp_path, finance__opportunity="v1", finance__a="v1"), tmp_path)
    assert [path.rpartition(".")[2] for path in order] == ["json", "json", "py", "py", "json"]


def test_waiting_ends_when_it_arrives(tmp_path):
    release = compiled(tmp_path, finance__opportunity="v1")
    airflow = Airflow({"finance.opportunity": "v0"})
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        airflow.dags = release.dags
        airflow.parsed += 1

    comparison = Comparison(release, EMPTY, AirflowApi(airflow, "Lake"))
    assert wait_until_arrived(comparison, seconds=60, pause=0, say=say).arrived
    assert [line.partition(": ")[2] for line in said] == [
        "1 differences, among them: finance.opportunity is still at another version",
        "arrived",
    ]


def test_only_what_changed_is_fetched_and_once_a_reading(tmp_path):
    seen = {f"finance.d{number}": "v1" for number in range(250)}
    release = Manifest("c0ffee", {**seen, "finance.d7": "v2", "finance.new": "v1"}, {})
    airflow = Airflow({**seen, "finance.new": "v1"})
    comparison = Comparison(release, Manifest("ba5e", seen, {}), AirflowApi(airflow, "Lake"))
    for _ in range(3):
        [difference] = comparison.differences()
        assert difference.text == "finance.d7 is still at another version"
    sources = [path for path in airflow.asked if path.startswith("/dagSources/")]
    assert sorted(sources) == ["/dagSources/finance.d7", "/dagSources/finance.new"]
    airflow.dags["finance.d7"], airflow.parsed = "v2", 1
    assert comparison.differences() == ()


def test_a_release_that_was_deployed_and_never_seen_is_looked_at_in_full(dags, tmp_path):
    """A pipeline that is started again deploys what stands already."""
    release = compiled(tmp_path, finance__opportunity="v1")
    dags.deploy(release, tmp_path)
    dags.deploy(release, tmp_path)
    assert dags.seen() == EMPTY
    dags.note_seen(release)
    assert dags.seen().dags == release.dags
    dags.deploy(compiled(tmp_path / "2", finance__opportunity="v2"), tmp_path / "2")
    assert dags.seen().dags == release.dags
