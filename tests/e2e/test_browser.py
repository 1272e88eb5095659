"""A person of a unit at Airflow's pages, in a real browser: what they came for is three clicks away.

The pages are those of Airflow 3.3, as docs/airflow.md shows them; those of 3.0 are laid out otherwise.
"""

import re
from importlib.metadata import version

import pytest

from sandbox.airflow.settings import USER
from sandbox.browser import stories
from sandbox.browser.chromium import MISSING, installed, running_browser
from sandbox.browser.person import Person, no_camera

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        version("apache-airflow").startswith("3.0."), reason="the clicks are those of Airflow 3.3"
    ),
]


@pytest.fixture(scope="module")
def person(stack, first):
    if installed() is None:
        pytest.skip(MISSING)
    settings = stack.airflow.settings
    with running_browser() as browser:
        yield Person(browser, settings.url, USER, settings.password)


def test_a_unit_s_dags_are_found_by_its_tag(person, first):
    found = stories.finds_its_dags(person, "refused", no_camera)
    assert {name for name in found if name.startswith("refused.")} == {
        dag_id for dag_id in first.progress if dag_id.startswith("refused.")
    }
    assert not any(name.startswith("landing.") for name in found)
    assert person.clicks <= 3


def test_what_landed_last_is_read_at_the_asset(person, first):
    said = stories.sees_what_landed_last(person, "landing", "as_parquet", no_camera)
    assert f'"rows": {first.published["landing.as_parquet"].body["rows"]},' in said
    assert '"table": "landing.as_parquet"' in said
    assert person.clicks <= 3


def test_why_a_dag_is_red_is_one_line_of_its_log(person):
    line = stories.finds_why_it_is_red(person, "refused.field", "ingest", no_camera)
    assert re.search(r"ERROR - .*object Account has no field 'Nmae' .+ Correct the spec, ", line)
    assert person.clicks <= 3


def test_a_dag_says_what_it_does_and_shows_its_spec(person):
    text = stories.reads_about_a_dag(person, "landing.as_parquet", no_camera)
    assert person.clicks <= 3
    lines = text.splitlines()
    assert "object: Meter_Reading__c" in lines
    assert "table: true" in lines


def test_a_task_links_to_its_data_its_table_and_its_spec_and_the_owner_to_the_contact(person, stack):
    links = stories.follows_links(person, "landing.as_parquet", "ingest", no_camera)
    assert links == {
        "Tests": "mailto:tests@example.com",
        "Data in S3": f"https://console.aws.amazon.com/s3/buckets/{stack.store.bucket}?prefix=trial/landing/as_parquet/",
        "Table in Glue and Athena": "https://eu-west-1.console.aws.amazon.com/glue/home?region=eu-west-1"
        "#/v2/data-catalog/tables/view/as_parquet?database=landing",
        "Spec": "https://git.example.com/lake/blob/main/landing/as_parquet.yaml",
    }
