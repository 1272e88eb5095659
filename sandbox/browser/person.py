"""Somebody who looks at Airflow and clicks."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 120_000.0  # milliseconds; the machine may have other things to do
WINDOW = (1600, 900)
_EXPLANATION = "[data-scope=tooltip][data-part=content]:visible"

Camera = Callable[[Page, str], None]


def no_camera(_page: Page, _name: str) -> None:
    """Take no picture."""


def camera(folder: Path) -> Camera:
    """Put pictures into a folder, each under its name."""

    def take(page: Page, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)  # what it points at explains itself over everything, and a moment longer
        expect(page.locator(_EXPLANATION)).to_have_count(0, timeout=PATIENCE)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")

    return take


class Person:
    """A signed-in user of one Airflow; `clicks` are those since the story began."""

    def __init__(self, browser: Browser, url: str, user: str, password: str) -> None:
        self._url = url
        width, height = WINDOW
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(PATIENCE)
        self.clicks = 0
        self.page.goto(url)
        self.page.get_by_label("Username").fill(user)
        self.page.get_by_label("Password").fill(password)
        self.page.keyboard.press("Enter")
        self.sees(self.page.get_by_role("heading", name="Welcome"))

    def comes_home(self) -> None:
        """Begin a story: on the first page, with no click made, and nothing remembered of the filters of another story."""
        self.page.evaluate("localStorage.clear()")
        self.page.goto(self._url)
        self.clicks = 0

    def opens(self, path: str) -> None:
        """Follow an address that somebody sent."""
        self.page.goto(f"{self._url}/{path}")

    def clicks_on(self, what: Locator) -> None:
        """Click, once it is there."""
        what.click()
        self.clicks += 1

    def sees(self, what: Locator) -> None:
        """Wait until it is there to be seen, without scrolling."""
        expect(what).to_be_in_viewport(timeout=PATIENCE)
