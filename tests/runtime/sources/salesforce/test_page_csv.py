"""Result pages, inflated and parsed block by block."""

import gzip
from tempfile import SpooledTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce.page_csv import LongRowError, PageText, parse_csv
from lake_ingest.sources.salesforce.pages import Page


def parsed(text, names=("Id", "Name"), *, gzipped=False, **options):
    with SpooledTemporaryFile() as file:
        file.write(text if isinstance(text, bytes) else text.encode())
        body = PageText(Page("", file, gzipped, None, None))
        batches = list(parse_csv(body, names, **options))
        return [tuple(row.values()) for batch in batches for row in batch.to_pylist()], body.nul_bytes


CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)


@given(
    st.lists(st.tuples(st.text("abc", min_size=1), CELL), max_size=60),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_cell_is_kept(rows, ending, gzipped):
    quoted = [[cell.replace('"', '""') for cell in row] for row in rows]
    text = ending.join(['"Id","Name"', *(f'"{one}","{two}"' for one, two in quoted), ""])
    body = gzip.compress(text.encode()) if gzipped else text
    assert parsed(body, gzipped=gzipped)[0] == [(one, two or None) for one, two in rows]


def test_nul_bytes_are_removed_and_counted():
    assert parsed(b'"Id","Name"\n"1","a\0b\0"\n') == ([("1", "ab")], 2)


def test_the_last_line_end_may_be_missing():
    assert parsed('"Id","Name"\n"1","2"')[0] == parsed("Id,Name\n1,2")[0] == [("1", "2")]


@pytest.mark.parametrize("text", ["", "\n", '"Id","Name"', '"ID","name"\n'])
def test_a_page_may_have_no_rows(text):
    assert parsed(text) == ([], 0)


def test_a_row_longer_than_a_block_asks_for_a_larger_one():
    text = '"Id","Name"\n' + "".join(f'"{number}","{"x" * 5000}"\n' for number in range(50))
    with pytest.raises(LongRowError):
        parsed(text, block_bytes=2000)
    assert len(parsed(text, block_bytes=64000)[0]) == 50


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('"Id","Na\n', "does not have the columns Id, Name"),
        ("<html>\n", "does not have the columns Id, Name"),
        ('"Id","Name"\n"1"\n', r"not a CSV of 2 columns \(Expected 2 columns, got 1\)"),
        ('"Id","Name"\n"1","secret","3"\n', "Expected 2 columns, got 3"),
        ('"Id","Name"\n"1","2"\n"3","secr', "ends within a cell"),
    ],
)
def test_what_is_no_page_is_refused_without_being_quoted(text, why):
    with pytest.raises(RetriableError, match=why) as raised:
        parsed(text)
    assert "secret" not in str(raised.value)


def test_a_column_that_a_page_lacks_is_an_error_and_never_null():
    with pytest.raises(FatalError, match="it lacks Name, which the query selects"):
        parsed('"Id","Amount"\n"1","2"\n')


@pytest.mark.parametrize("damage", [lambda body: body[:-9], lambda body: body[:40] + b"\xff" + body[41:]])
def test_a_damaged_body_is_told(damage):
    body = gzip.compress(b'"Id","Name"\n' + b"".join(b'"%d","%d"\n' % (n, n * n) for n in range(500)))
    with pytest.raises(RetriableError, match=r"its gzip is damaged|not a CSV of 2 columns"):
        parsed(damage(body), gzipped=True)
