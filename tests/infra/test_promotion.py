"""What goes to the second environment: what the first was seen to show, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from factory.compile.dag_files import dag_files
from infra.release.__main__ import main
from infra.release.dag_folder import DagFolder
from infra.release.release_manifest import MANIFEST, Manifest, describe

DEV, PROD = "dev-bucket", "prod-bucket"
ROLE = "arn:aws:iam::210987654321:role/Lake-deploy"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        for bucket in (DEV, PROD):
            client.create_bucket(Bucket=bucket)
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        yield client


def built(folder: Path, commit: str, environment: str, dags: dict[str, str]) -> Manifest:
    """What `pack` leaves for one environment; `dags` are folders in the lake by DAG id, and every value differs by environment."""
    out = folder / "dags"
    units: dict[str, dict[str, str]] = {}
    for dag_id, place in dags.items():
        arguments = {"bucket": f"lake-{environment}", "prefix": place}
        units.setdefault(dag_id.partition(".")[0], {})[dag_id] = json.dumps(
            {dag_id: {"default_args": arguments}}
        )
    for unit, bodies in units.items():
        (out / unit).mkdir(parents=True)
        for dag_id, body in bodies.items():
            (out / unit / f"{dag_id.partition('.')[2]}.json").write_text(body)
        for file, text in dag_files(unit, bodies).items():
            (out / unit / file).write_text(text)
    release = describe(out, commit)
    (folder / MANIFEST).write_text(release.to_json())
    return release


@pytest.fixture
def release(tmp_path: Path) -> Any:
    """Build one artifact for both environments."""

    def build(commit: str, dags: dict[str, str]) -> tuple[Path, Manifest]:
        folder = tmp_path / commit
        built(folder / "promoted", commit, "prod", dags)
        return folder, built(folder, commit, "dev", dags)

    return build


def verify(dev: DagFolder, folder: Path, manifest: Manifest, *, seen: bool = True) -> None:
    """Deploy to dev, whose Airflow then shows it, or does not."""
    dev.deploy(manifest, folder / "dags")
    if seen:
        dev.note_seen(dev.manifest())


def promote(folder: Path, *options: str) -> int:
    there = ("--environment", "Lake", "--bucket", PROD, "--become", ROLE, "--region", "us-east-1")
    return main(
        ["promote", "--release", str(folder), "--proven", DEV, "--proven-in", "dev", *there, *options]
    )


def keys(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=PROD).get("Contents", ())]


TWO = {"finance.product": "finance/product", "sales.lead": "sales/lead"}


def test_what_was_seen_in_dev_goes_to_prod_with_prod_s_own_values(s3, release, capsys):
    folder, manifest = release("c0ffee", TWO)
    verify(DagFolder(s3, DEV), folder, manifest)
    assert promote(folder) == 0
    assert "would write dags/finance/product.json" in capsys.readouterr().out
    assert keys(s3) == []
    assert promote(folder, "--apply") == 0
    assert "wrote dags/finance/product.json" in capsys.readouterr().out
    standing = DagFolder(s3, PROD).manifest()
    assert (standing.commit, standing.dags.keys(), standing.held) == ("c0ffee", TWO.keys(), {})
    body = s3.get_object(Bucket=PROD, Key="dags/finance/product.json")["Body"].read()
    assert json.loads(body)["finance.product"]["default_args"]["bucket"] == "lake-prod"


def test_what_would_change_is_what_then_changes(s3, release, capsys):
    folder, manifest = release("one", TWO)
    verify(DagFolder(s3, DEV), folder, manifest)
    promote(folder, "--apply")
    folder, manifest = release(
        "two", {"finance.product": "finance/product", "finance.other": "finance/other"}
    )
    verify(DagFolder(s3, DEV), folder, manifest)
    capsys.readouterr()
    promote(folder)
    shown = capsys.readouterr().out
    promote(folder, "--apply")
    done = capsys.readouterr().out
    assert shown.replace("would write", "wrote").replace("would remove", "removed") == done
    assert "removed dags/sales/lead.json" in done


@pytest.mark.parametrize("options", [(), ("--apply",)])
def test_a_unit_that_dev_put_back_stays_behind(s3, release, capsys, options):
    dev = DagFolder(s3, DEV)
    folder, manifest = release("good", TWO)
    verify(dev, folder, manifest)
    promote(folder, "--apply")
    folder, manifest = release("bad", {**TWO, "finance.new": "finance/new", "sales.new": "sales/new"})
    verify(dev, folder, manifest, seen=False)
    standing = dev.roll_back({"finance": "finance/dags.py cannot be imported"})
    dev.note_seen(standing)
    capsys.readouterr()
    promote(folder, *options)
    said = capsys.readouterr().out
    assert (
        "finance stays at what was deployed before: held back in dev: finance/dags.py cannot be imported"
        in said
    )
    assert "dags/sales/new.json" in said
    assert "dags/finance/new.json" not in said
    if options:
        assert {"sales.new", "finance.product"} <= set(DagFolder(s3, PROD).manifest().dags)
        assert "finance.new" not in DagFolder(s3, PROD).manifest().dags


def test_what_nobody_saw_in_dev_stays_behind(s3, release, capsys):
    folder, manifest = release("unseen", TWO)
    verify(DagFolder(s3, DEV), folder, manifest, seen=False)
    promote(folder, "--apply")
    assert "Airflow of dev was not seen to show it" in capsys.readouterr().out
    assert DagFolder(s3, PROD).manifest().dags == {}


def test_an_older_commit_than_dev_s_changes_nothing(s3, release, capsys):
    dev = DagFolder(s3, DEV)
    older, manifest = release("older", TWO)
    verify(dev, older, manifest)
    newer, manifest = release("newer", TWO)
    verify(dev, newer, manifest)
    assert promote(older, "--apply") == 0
    assert "a later commit stands in dev" in capsys.readouterr().out
    assert keys(s3) == []


def test_a_unit_that_would_write_where_another_still_writes_stays_behind(s3, release, capsys):
    """In dev finance gave its folder up, and sales took it; in prod finance, held back there, still writes it."""
    dev = DagFolder(s3, DEV)
    folder, manifest = release("one", {"finance.product": "shared/product"})
    verify(dev, folder, manifest)
    promote(folder, "--apply")
    folder, manifest = release("two", {"finance.product": "finance/product", "sales.lead": "shared/product"})
    verify(dev, folder, manifest)
    promoted = folder / "promoted" / MANIFEST
    held = {"finance": "Airflow cannot import its DAGs, says the log of Build"}
    promoted.write_text(replace(Manifest.from_json(promoted.read_text()), held=held).to_json())
    promote(folder, "--apply")
    assert (
        "sales stays at what was deployed before: sales.lead would write where finance.product"
        in capsys.readouterr().out
    )
    assert set(DagFolder(s3, PROD).manifest().dags) == {"finance.product"}
