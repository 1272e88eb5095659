"""Names of tables: written, read back, and held against allow-lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.spec.table_name import TableName, allows, parse_table_name

PARTS = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=60)
@given(PARTS, PARTS)
def test_every_name_is_read_as_it_was_written(schema, table):
    name = TableName(schema, table)
    assert parse_table_name(str(name)) == name
    assert allows(str(name), name)


def test_quotes_that_are_not_needed_change_nothing():
    assert parse_table_name('"billing"."invoice"') == parse_table_name("billing.invoice")
    assert str(parse_table_name('"billing"."invoice"')) == "billing.invoice"


@pytest.mark.parametrize("text", ["invoice", "db.billing.invoice", "billing.", ".invoice", "billing.in voice", 'billing."', "billing.2024", ""])  # fmt: skip
def test_what_is_not_two_parts_is_refused(text):
    with pytest.raises(ValueError, match="is not the name of a table"):
        parse_table_name(text)


def test_a_schema_covers_its_tables_and_no_other():
    assert allows("billing.*", TableName("billing", "odd.name"))
    assert allows('"Billing.A".*', TableName("Billing.A", "x"))
    assert not allows("billing.*", TableName("billing_old", "invoice"))
    assert not allows("billing.*", TableName("Billing", "invoice"))
    assert not allows("billing.invoice", TableName("billing", "invoice_line"))
