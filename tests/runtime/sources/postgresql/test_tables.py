"""Tables read whole: their columns, in each format."""

import pytest

from tests.runtime.tables import published_texts

FORMATS = ("csv", "json", "ndjson", "parquet")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_is_published_as_it_is(tables, tmp_path, fmt):
    tables.schema.sql(
        """CREATE TABLE deals (id int PRIMARY KEY, name text, amount numeric(12,2), at timestamptz, "Odd ""name" date);
        INSERT INTO deals VALUES (1, 'a,"b', 12.5, '2026-01-31 12:00:00.5+02', '2026-02-28'), (2, '', NULL, NULL, NULL);"""
    )
    manifest = tables.land(format=fmt)
    assert published_texts(tables.bucket, manifest, tmp_path) == [
        {
            "id": "1",
            "name": 'a,"b',
            "amount": "12.50",
            "at": "2026-01-31T10:00:00.500000Z",
            'Odd "name': "2026-02-28",
        },
        {"id": "2", "name": "", "amount": None, "at": None, 'Odd "name': None},
    ]
    assert [(one["name"], one["kind"], one["key"]) for one in manifest["schema"]][:3] == [
        ("id", "integer", 0),
        ("name", "text", None),
        ("amount", "number", None),
    ]
    assert manifest["batches"][0]["route"] == "copy"
