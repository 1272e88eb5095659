"""The site in Chromium: axe finds nothing on any kind of page, wide or narrow, light or dark; a dataset of 2,500 is found as one types."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from sandbox.browser.chromium import MISSING, installed, running_browser
from tests.factory.site.test_site import SPEC

pytestmark = [pytest.mark.server, pytest.mark.skipif(installed() is None, reason=MISSING)]

PAGES = (
    "index.html",
    "index.html?q=email",
    "personal-data.html",
    "units/finance.html",
    "units/finance-personal-data.html",
    "data/finance/people.html",
)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser():
    with running_browser() as found:
        yield found


@pytest.fixture
def site(tree, run) -> Path:
    folder = tree / "configs/finance"
    (folder / "unit.yaml").write_text((folder / "unit.yaml").read_text() + "protect_key: finance_key\n")
    (folder / "people.yaml").write_text(SPEC)
    assert run(tree, "site", "--out", "site").exit_code == 0
    return tree / "site"


def test_every_kind_of_page_is_accessible_and_fits_a_phone(browser, site):
    wrong = []
    for scheme, viewport in (("light", WIDE), ("dark", NARROW)):
        context = browser.new_context(color_scheme=scheme, viewport=viewport)
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))  # noqa: B023 - of this round
        for name in PAGES:
            page.goto(f"{site.as_uri()}/{name}")
            found = Axe().run(page).response["violations"]
            wrong += [(name, scheme, one["id"], one["nodes"][0]["target"]) for one in found]
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [(name, scheme, f"{wider} pixels too wide")] if wider > 0 else []
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        context.close()
    assert wrong == []


def test_a_dataset_of_many_is_found_as_one_types(browser, site):
    entry = (
        '["unit_{0:02}.object_{0}","Object_{0}__c","What it is, number {0}","Owner","Id Name Column_{0}__c"]'
    )
    entries = ",".join(entry.format(number) for number in range(2500))
    (site / "assets/datasets.js").write_text(f"const DATASETS = [{entries}];\n")
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.keyboard.type("object_1234")
    assert page.get_by_role("list", name="Results").get_by_role("link").all_inner_texts() == [
        "unit_1234.object_1234"
    ]
    assert page.get_by_role("status").inner_text() == "1 found"
    assert not page.get_by_role("heading", name="Business units").is_visible()
    page.get_by_role("searchbox").fill("column_2")
    assert page.get_by_role("status").inner_text() == "611 found, the first 30 are shown"
    page.get_by_role("searchbox").fill("no such thing")
    assert page.get_by_role("status").inner_text() == "Nothing is called so."


def test_enter_opens_the_first_result_from_any_page(browser, site):
    page = browser.new_page()
    page.goto(f"{site.as_uri()}/units/finance.html")
    page.get_by_role("searchbox").fill("email people")
    page.keyboard.press("Enter")
    page.wait_for_url("**/index.html?q=email+people")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/data/finance/people.html")
    assert page.get_by_role("heading", level=1).inner_text() == "finance.people"
