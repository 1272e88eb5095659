"""The commands that need a server, against MariaDB with the ERP of the samples."""

import json
from collections.abc import Iterator

import pytest

from sandbox.databases import mariadb
from sandbox.databases.mariadb import MISSING, MariadbMissingError, MariadbServer, install, running_mariadb
from sandbox.databases.samples import fill_erp, mysql_connection, not_servable
from tests.factory.conftest import REPOSITORY


@pytest.fixture(scope="module")
def erp() -> Iterator[MariadbServer]:
    try:
        with running_mariadb() as server:
            fill_erp(server)
            yield server
    except MariadbMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def connected(erp, monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_ERP_DB", json.dumps(mysql_connection(erp)))
    return erp


def test_the_catalogue_of_the_samples_is_that_of_the_sandbox(connected, run):
    result = run(REPOSITORY, "catalog", "diff", "-c", "erp_db")
    assert result.exit_code == 0, result.output


def test_pull_stores_a_table_as_the_server_describes_it(connected, run, tree):
    connected.sql(
        "CREATE DATABASE IF NOT EXISTS hr; USE hr; CREATE OR REPLACE TABLE `Open Items` (id int PRIMARY KEY COMMENT 'One', salary decimal(9,2), seen datetime, KEY (seen));"
        f" CREATE OR REPLACE VIEW all_items AS SELECT id FROM `Open Items`; GRANT SELECT (id, seen) ON hr.`Open Items` TO '{mariadb.READER}'@'127.0.0.1';"
        f" GRANT SELECT ON hr.all_items TO '{mariadb.READER}'@'127.0.0.1'"
    )
    unit = tree / "configs/finance/unit.yaml"
    text = unit.read_text("utf-8").replace("  aws: aws_connection", "  mysql: erp_db\n  aws: aws_connection")
    unit.write_text(text.replace("objects:\n", 'objects:\n  mysql: ["hr.*"]\n'), "utf-8")
    pulled = run(tree, "catalog", "pull", "-c", "erp_db")
    assert pulled.exit_code == 0, pulled.output
    folder = tree / "configs/_catalog/erp_db"
    found = json.loads((folder / "hr.%22Open%20Items%22.json").read_text())
    assert found == {
        "name": 'hr."Open Items"',
        "key": ["id"],
        "indexed": ["id", "seen"],
        "columns": {
            "id": {"type": "int(11)", "comment": "One"},
            "seen": {"type": "datetime", "nullable": True, "clock": "wall clock"},
        },
    }
    assert json.loads((folder / "hr.all_items.json").read_text())["what"] == "view"


def test_preview_shows_the_first_rows(connected, run):
    shown = run(
        REPOSITORY, "preview", "procurement.supplier", "-c", "erp_db", "--rows", "3", "--format", "json"
    )
    assert shown.exit_code == 0, shown.output
    rows = json.loads(shown.stdout)
    assert len(rows) == 3
    assert {row["iban"] for row in rows} <= {"(hashed)", None}


def test_a_machine_without_the_server_is_told_what_brings_it(monkeypatch):
    monkeypatch.setattr(mariadb, "_found", lambda _: None)
    monkeypatch.setattr(mariadb.os, "geteuid", lambda: 1000)
    assert not_servable(["mysql", "postgresql"]) == {"mysql": MISSING}
    assert not_servable(["postgresql"]) == {}
    with pytest.raises(
        MariadbMissingError,
        match="as root: apt-get update && apt-get install -y --no-install-recommends mariadb-server-core",
    ):
        install()
