"""Pages are fetched ahead, in order, a few at a time; what nobody reads is dropped."""

import threading
import time
from contextlib import closing
from tempfile import SpooledTemporaryFile

import pytest
from lake_ingest.errors import RetriableError
from lake_ingest.sources.salesforce.pages import Page, chained_pages, listed_pages


class Pages:
    """Pages 0 to n-1, whose addresses are their numbers; counts how many are held at once."""

    def __init__(self, count: int, *, broken: int | None = None, loop_at: int | None = None) -> None:
        self.count, self.broken, self.loop_at = count, broken, loop_at
        self.held = self.most = 0
        self.lock = threading.Lock()
        self.bodies = []

    def fetch(self, address):
        number, body = int(address), SpooledTemporaryFile()  # noqa: SIM115 - closed by whoever reads it
        with self.lock:
            self.held += 1
            self.most = max(self.most, self.held)
            self.bodies.append(body)
        time.sleep(0.002 * (number % 3))
        if number == self.broken:
            body.close()
            raise RetriableError(f"page {number} is broken")
        following = 1 if number == self.loop_at else number + 1
        return Page(address, body, False, number, str(following) if following < self.count else None)

    def listed(self, **options):
        return self._read(listed_pages(map(str, range(self.count)), self.fetch, **options))

    def chained(self):
        return self._read(chained_pages("0", self.fetch))

    def _read(self, pages):
        with closing(pages):
            for page in pages:
                with page.body:
                    yield page.rows
                with self.lock:
                    self.held -= 1


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_pages_come_in_order_and_few_are_held(count):
    listed, chained = Pages(count), Pages(count)
    assert list(listed.listed(ahead=3)) == list(range(count))
    assert listed.most <= 4
    assert list(chained.chained()) == list(range(count))
    assert chained.most <= 2


def test_listed_pages_are_fetched_side_by_side():
    met = threading.Barrier(2, timeout=120)
    pages = Pages(2)

    def fetch(address):
        met.wait()
        return pages.fetch(address)

    for page in listed_pages(["0", "1"], fetch, ahead=2):
        page.body.close()
    assert len(pages.bodies) == 2


@pytest.mark.parametrize("way", ["listed", "chained"])
def test_a_broken_page_is_raised_in_its_place(way):
    pages = getattr(Pages(20, broken=5), way)()
    assert [next(pages) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(RetriableError, match="page 5 is broken"):
        next(pages)
    with pytest.raises(RetriableError, match="page 0 is broken"):
        list(getattr(Pages(20, broken=0), way)())


def test_a_page_that_comes_twice_ends_the_reading():
    with pytest.raises(RetriableError, match="page '1' twice"):
        list(Pages(20, loop_at=4).chained())


@pytest.mark.parametrize("way", ["listed", "chained"])
def test_a_consumer_may_stop_early_and_every_body_is_dropped(way):
    pages = Pages(1000)
    reading = getattr(pages, way)()
    assert [next(reading) for _ in range(3)] == [0, 1, 2]
    reading.close()
    assert len(pages.bodies) < 10
    assert all(body.closed for body in pages.bodies)
