"""Entries of the catalogue: written, read back, and what is taken for personal data."""

import json
from zoneinfo import ZoneInfo

import pytest
from lake_ingest.spec.table_name import TableName
from lake_ingest.spec.window import Full, Incremental

from factory.command_failure import Failure
from factory.model.demand import Demand
from factory.model.extent import Extent
from factory.sources.relational.catalog import (
    CatalogColumn,
    CatalogTable,
    file_name,
    open_catalog,
    read_table,
)
from factory.sources.relational.catalog_entry import reduce, to_text
from factory.sources.relational.forecast import forecast
from factory.sources.relational.personal_names import personal_sort


def test_an_entry_says_what_was_described(tmp_path):
    name = TableName("Sales/EU", 'odd "name".x')
    columns = {
        one.name: one
        for one in (
            CatalogColumn("id", "bigint"),
            CatalogColumn("Übertrag", "text", nullable=True, comment="é"),
        )
    }
    table = CatalogTable(name, columns, ("id",), frozenset({"id"}), rows=1000, megabytes=2)
    text = to_text(reduce(table))
    assert read_table(json.loads(text)) == table
    folder = tmp_path / "_catalog/db"
    folder.mkdir(parents=True)
    (folder / file_name(name)).write_text(text, encoding="utf-8")
    catalog = open_catalog(tmp_path)
    assert catalog.names("db") == (str(name),)
    assert catalog.table("db", str(name)) == table
    assert catalog.table("db", "not a name") is catalog.table("other", str(name)) is None


@pytest.mark.parametrize(
    ("rows", "about"), [(0, None), (7, 7), (83_211, 80_000), (95_001, 100_000), (1_204_551, 1_000_000)]
)
def test_sizes_are_rounded_so_that_entries_stay(rows, about):
    table = CatalogTable(TableName("a", "b"), {"id": CatalogColumn("id", "bigint")}, rows=rows)
    assert reduce(table).get("rows") == about


@pytest.mark.parametrize(
    ("table", "column", "type_name", "comment", "sort"),
    [
        ("invoice", "billing_email", "character varying(255)", "", "email"),
        ("invoice", "emailSentAt", "timestamp with time zone", "", ""),
        ("invoice", "email_verified", "boolean", "", ""),
        ("invoice", "mobilePhone", "text", "", "phone"),
        ("kunde", "Nachname", "text", "", "name"),
        ("customer", "name", "text", "", "name"),
        ("product", "name", "text", "", ""),
        ("invoice", "iban", "text", "", "bank account"),
        ("member", "date_of_birth", "date", "", "birth"),
        ("meter", "latitude", "double precision", "", "location"),
        ("log", "client_ip", "inet", "", "network address"),
        ("log", "note", "text", "May hold personal data", "personal"),
        ("invoice", "amount", "numeric", "", ""),
        ("shipping", "description", "text", "", ""),
    ],
)
def test_personal_data_is_known_by_name_type_and_comment(table, column, type_name, comment, sort):
    assert personal_sort(table, column, type_name, comment) == sort


@pytest.mark.parametrize(
    ("window", "rows", "megabytes", "words"),
    [
        (Full(), 1_000, None, "one query of about 1,000 rows, less than a second"),
        (Full(), 50_000_000, 9_000, "one query of about 50,000,000 rows, 150 s at the least"),
        (Full(), None, None, "one query; how many rows it gives is not known here"),
        (
            Incremental(),
            1_000,
            None,
            "one query; how many rows of about 1,000 fall into the window is not known offline",
        ),
    ],
)
def test_a_forecast_tells_rows_and_seconds(window, rows, megabytes, words):
    demand = Demand(Extent(window, ZoneInfo("UTC")), (), False, False, {}, rows, megabytes)
    assert (forecast(demand).words, forecast(demand).least_a_day) == (words, 0)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"name": "billing.invoice"}', '{"name": "invoice", "columns": {}}']
)
def test_a_catalogue_file_that_cannot_be_read_is_named(tmp_path, text):
    folder = tmp_path / "_catalog/db"
    folder.mkdir(parents=True)
    (folder / "billing.invoice.json").write_text(text, encoding="utf-8")
    (folder / "README.json").write_text("not a table", encoding="utf-8")
    catalog = open_catalog(tmp_path)
    assert catalog.names("db") == ("billing.invoice",)
    with pytest.raises(Failure, match=r"billing.invoice.json cannot be read: pull the table again"):
        catalog.table("db", "billing.invoice")
