"""Batches that are received in advance."""

import pytest
from lake_ingest.sources.sql.ahead import some_ahead


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("batches", [0, 1, 2, 3, 50])
def test_they_come_as_they_are(number, batches):
    assert list(some_ahead(iter(range(batches)), number)) == list(range(batches))


def test_an_error_comes_where_its_batch_would_have_come():
    def broken():
        yield 1
        yield 2
        raise OSError("lost")

    batches = some_ahead(broken())
    assert [next(batches), next(batches)] == [1, 2]
    with pytest.raises(OSError, match="lost"):
        next(batches)


def test_who_stops_early_has_no_more_received_than_that():
    received = []

    def endless():
        while True:
            received.append(len(received))
            yield received[-1]

    batches = some_ahead(endless())
    assert next(batches) == 0
    batches.close()
    assert len(received) <= 4
