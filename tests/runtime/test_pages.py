"""Pages are fetched ahead, in order, a few at a time."""

import threading
import time

import pytest
from sf_to_s3.errors import RetriableError
from sf_to_s3.salesforce.pages import Page, pages_ahead


class Pages:
    """Pages 0 to n-1, whose locators are their numbers; counts how many are held at once."""

    def __init__(self, count: int, *, broken: int | None = None, loop_at: int | None = None) -> None:
        self.count, self.broken, self.loop_at = count, broken, loop_at
        self.held = self.most = 0
        self.lock = threading.Lock()

    def fetch(self, locator, announce):
        number = int(locator or 0)
        with self.lock:
            self.held += 1
            self.most = max(self.most, self.held)
        if number == self.broken:
            raise RetriableError(f"page {number} is broken")
        following = "1" if number == self.loop_at else str(number + 1)
        announce(following if number + 1 < self.count else None)
        announce(following if number + 1 < self.count else None)  # a page that is read again names it again
        time.sleep(0.002 * (number % 3))
        return Page((), number, 0)

    def consume(self, **options):
        for page in pages_ahead(self.fetch, **options):
            yield page.rows
            with self.lock:
                self.held -= 1


@pytest.mark.parametrize("count", [1, 2, 3, 40])
def test_pages_come_in_order_and_few_are_held(count):
    pages = Pages(count)
    assert list(pages.consume(ahead=3)) == list(range(count))
    assert pages.most <= 3


def test_a_broken_page_is_raised_in_its_place():
    pages = Pages(20, broken=5).consume()
    assert [next(pages) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(RetriableError, match="page 5 is broken"):
        next(pages)
    with pytest.raises(RetriableError, match="page 0 is broken"):
        list(Pages(20, broken=0).consume())


def test_a_locator_that_comes_twice_ends_the_reading():
    with pytest.raises(RetriableError, match="locator '1' twice"):
        list(Pages(20, loop_at=4).consume())


def test_a_consumer_may_stop_early():
    pages = Pages(1000)
    for number in pages.consume():
        if number == 3:
            break
    assert threading.active_count() < 20
