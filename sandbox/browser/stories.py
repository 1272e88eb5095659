"""What a person of a unit comes to Airflow for; each story begins on the first page."""

import re

from playwright.sync_api import Locator, Page

from sandbox.browser.person import Camera, Person


def finds_its_dags(person: Person, unit: str, take: Camera) -> list[str]:
    """The DAGs of a unit, by its tag; gives their names."""
    page = person.page
    person.comes_home()
    person.clicks_on(page.get_by_role("link", name="Dags", exact=True))
    tags = page.get_by_role("combobox", name="Filter Dags by tag")
    person.clicks_on(tags)
    tags.press_sequentially(unit)  # the list shows the first tags only
    person.clicks_on(page.get_by_role("option", name=unit, exact=True))
    page.wait_for_url("**tags=**")
    names = page.get_by_role("link", name=f"{unit}.")
    person.sees(names.first)
    page.wait_for_load_state("networkidle")
    take(page, "dags-of-a-unit")
    return names.all_inner_texts()


def sees_what_landed_last(person: Person, unit: str, name: str, take: Camera) -> str:
    """The newest event of a dataset's asset; gives what it says."""
    page = person.page
    person.comes_home()
    person.clicks_on(page.get_by_role("link", name="Assets", exact=True))
    person.clicks_on(page.get_by_role("link", name=f"lake://{unit}/{name}", exact=True).first)
    person.clicks_on(page.get_by_title("Click to expand the range.").first)
    said = page.locator(".view-lines").first
    person.sees(said.get_by_text('"rows"'))
    take(page, "what-landed-last")
    return said.inner_text().replace("\xa0", " ")


def finds_why_it_is_red(person: Person, dag_id: str, task_id: str, take: Camera) -> str:
    """The log of a DAG's failed task; gives the line of the failure."""
    page = person.page
    person.comes_home()
    person.clicks_on(page.get_by_role("link", name="Failed Dags"))
    person.clicks_on(page.locator(f'a[href="/dags/{dag_id}"]').first)
    person.clicks_on(_newest_run(page, task_id))
    failure = page.locator("[data-testid^=virtualized-item]", has_text="ERROR").first
    person.sees(failure)
    line = failure.inner_text()
    page.evaluate(
        "for (const one of document.querySelectorAll('details[open]')) one.open = false"
    )  # the traceback
    take(page, "why-it-is-red")
    return line


def reads_about_a_dag(person: Person, dag_id: str, take: Camera) -> str:
    """A DAG's page, and what it says of itself."""
    page = person.page
    person.comes_home()
    person.clicks_on(page.get_by_role("link", name="Dags", exact=True))
    person.clicks_on(page.locator(f'a[href="/dags/{dag_id}"]').first)
    person.clicks_on(page.get_by_role("button", name="Dag Docs"))
    text = page.get_by_role("dialog")
    person.sees(text.get_by_role("heading", name=dag_id))
    take(page, "about-a-dag")
    return text.inner_text()


def follows_links(person: Person, dag_id: str, task_id: str, take: Camera) -> dict[str, str]:
    """The links of the newest run of a task, and of its owner; gives their addresses."""
    page = person.page
    person.comes_home()
    person.opens(f"dags/{dag_id}")
    owner = page.locator('a[href^="mailto:"]')
    person.sees(owner)
    addresses = _addresses(owner)
    person.clicks_on(_newest_run(page, task_id))
    person.clicks_on(page.get_by_role("link", name="Details", exact=True))
    links = page.locator('a[href^="https://"]')
    person.sees(links.first)
    take(page, "links-of-a-task")
    return addresses | _addresses(links)


def _newest_run(page: Page, task_id: str) -> Locator:
    """Its square in the grid; the page has other links to runs, such as that of the newest event of an asset."""
    return page.get_by_test_id(re.compile(rf"^grid-.*-{task_id}$")).first


def _addresses(links: Locator) -> dict[str, str]:
    return {link.inner_text().strip(): str(link.get_attribute("href")) for link in links.all()}
