"""The PostgreSQL server of the sandbox, and the billing system in it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.databases.postgresql import running_postgresql
from sandbox.databases.samples import BILLING, fill_billing

ENDED = "import sys; from sandbox.databases.postgresql import running_postgresql\nwith running_postgresql() as server: print(server.port, server.folder, flush=True); sys.stdin.read()"


@pytest.fixture(scope="module")
def server():
    with running_postgresql() as running:
        fill_billing(running)
        yield running


def test_the_billing_system_adds_up(server):
    """Every paid invoice is paid in full, in one or two payments; the same rows at every start."""
    unequal = server.sql(
        "SELECT count(*) FROM billing.invoice i JOIN (SELECT invoice_id, sum(amount) AS paid FROM billing.payment GROUP BY 1) p ON p.invoice_id = i.id WHERE p.paid <> i.gross",
        BILLING,
    )
    digest = server.sql("SELECT count(*), sum(net), sum(kwh) FROM billing.invoice", BILLING)
    assert unequal == "0"
    assert digest == "24000|7697196.47|9996905.64300000000000000000"
    changed = server.sql(
        "SELECT count(*) FROM billing.invoice WHERE updated_at >= date_trunc('day', now()) - interval '1 day'",
        BILLING,
    )
    assert int(changed) > 20


def test_a_script_that_fails_says_why(server):
    with pytest.raises(RuntimeError, match='relation "nope" does not exist'):
        server.sql("SELECT 1; SELECT * FROM nope")


def test_a_server_ends_with_whoever_started_it():
    """Also where that is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", ENDED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        port, folder = owner.stdout.readline().split()
        pid = int((Path(folder) / "data/postmaster.pid").read_text().split()[0])
        assert Path(f"/proc/{pid}").exists()
        owner.kill()
    for _ in range(200):
        if not alive(pid):
            break
        subprocess.run(["sleep", "0.05"], check=True)
    assert not alive(pid), port
    shutil.rmtree(folder)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
