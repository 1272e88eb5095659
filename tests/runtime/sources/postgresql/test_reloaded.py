"""A table that is emptied and filled in one transaction while a run waits for it: the run reads the rows before or those after."""

import threading
import time

import pytest

from tests.runtime.landing import DAY
from tests.runtime.tables import published_texts

PARTS = """
CREATE TABLE {whole} (id int PRIMARY KEY, value int) PARTITION BY RANGE (id);
CREATE TABLE reloaded PARTITION OF {whole} FOR VALUES FROM (0) TO (100);
CREATE TABLE other PARTITION OF {whole} FOR VALUES FROM (100) TO (200);
"""
TABLES = {
    "a partition": PARTS.format(whole="deals"),
    "a child": "CREATE TABLE deals (id int PRIMARY KEY, value int); CREATE TABLE reloaded () INHERITS (deals);",
    "a partition below a view": PARTS.format(whole="kept") + "CREATE VIEW deals AS SELECT * FROM kept;",
    "the table": "CREATE TABLE reloaded (id int PRIMARY KEY, value int); CREATE VIEW deals AS SELECT * FROM reloaded;",
}
_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%{}%'"


@pytest.mark.parametrize("what", TABLES)
def test_a_reload_is_read_whole(tables, tmp_path, what):
    """COPY has its snapshot before it has the locks of partitions, and TRUNCATE takes the rows away from every snapshot."""
    schema, manifests = tables.schema, []
    schema.sql(
        TABLES[what] + "INSERT INTO reloaded SELECT g, 1 FROM generate_series(1, 50) g; ANALYZE reloaded"
    )
    run = threading.Thread(target=lambda: manifests.append(tables.land(DAY)))
    with schema.session() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("TRUNCATE reloaded")
        cursor.execute("INSERT INTO reloaded SELECT g, 2 FROM generate_series(1, 50) g")
        run.start()
        ends = time.monotonic() + 60
        while not int(schema.server.sql(_WAITS.format(schema.name))):
            assert time.monotonic() < ends
            time.sleep(0.02)
        cursor.execute("COMMIT")
    run.join()
    rows = published_texts(tables.bucket, manifests[0], tmp_path)
    assert [row["value"] for row in rows] == ["2"] * 50
