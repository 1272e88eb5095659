"""`factory site`: what its pages say, and that they lead everywhere."""

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import boto3
import pytest

from factory.model.schedule import Pace, parse_schedule
from factory.site.chart import chart
from factory.site.freshness import freshness
from factory.site.history import Commit, history
from factory.site.publication import Publication
from sandbox.aws_server import serving_aws
from tests.runtime.lake.manifests import manifest

UTC_ZONE = ZoneInfo("UTC")
SPEC = """\
object: Contact
description: People & <b>their</b> "names"
fields:
  - Id
  - {name: Email, protect: hash}
  - {name: LastName, reason: Reports name the customer}
  - {name: Account.Name, as: customer}
window: yesterday
schedule: "5 4 * * *"
format: parquet
table: true
expect: {columns: {Id: {not_null: true, unique: true}}}
"""


@pytest.fixture
def configs(tree):
    """A tree with a dataset of people, one that follows it, one whose columns nobody knows, and one with a name of the site's own."""
    folder = tree / "configs/finance"
    unit = (folder / "unit.yaml").read_text()
    (folder / "unit.yaml").write_text(unit + "protect_key: finance_key\n")
    (folder / "people.yaml").write_text(SPEC)
    (folder / "index.yaml").write_text("object: Account\nwindow: full\nafter: finance.people\n")
    (folder / "meters.yaml").write_text("source: dynamodb\nobject: meter_state\nwindow: full\n")
    (folder / "asked.yaml").write_text("object: Account\nquery: SELECT Id FROM Account\n")
    return tree


class Links(HTMLParser):
    """Every address that a page names, and all of its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]

    def handle_data(self, data):
        self.text += f" {data}"


def words(page: Path) -> str:
    return " ".join(Links(page).text.split())


def test_every_link_leads_to_a_page_and_none_leaves_the_site(configs, run):
    result = run(configs, "site", "--out", "out/site")
    assert (result.exit_code, result.output) == (0, "5 datasets in out/site/index.html\n")
    site = configs / "out/site"
    pages = list(site.rglob("*.html"))
    assert len(pages) == 2 + 2 * 2 + 5
    for page in pages:
        for link in Links(page).found:
            if not link.startswith(("mailto:", "data:", "#")):
                assert ":" not in link, (page, link)
                assert (page.parent / link.partition("?")[0]).is_file(), (page, link)
    assert not re.search(r"url\(|@import|https?:", (site / "assets/style.css").read_text())


def test_a_page_tells_of_its_dataset(configs, run):
    run(configs, "site", "--out", "site")
    told = words(configs / "site/data/finance/people.html")
    assert 'People & <b>their</b> "names"' in told
    assert "Salesforce Contact" in told
    assert "Then run finance.index" in told
    assert "customer field Account.Name" in told
    assert "Email – email keyed hash" in told
    assert "in the clear Reports name the customer" in told
    assert "Id not null no publication yet" in told
    assert "SELECT Id, Email, LastName, customer FROM finance.people" in told
    assert "The lake was not read" in told
    follower = words(configs / "site/data/finance/index.html")
    assert "Runs after finance.people" in follower


def test_the_audit_list_hides_nothing_that_nobody_knows(configs, run):
    run(configs, "site", "--out", "site")
    told = words(configs / "site/units/finance-personal-data.html")
    assert "people Contact.Email keyed hash – not known" in told
    assert "people Contact.LastName in the clear Reports name the customer" in told
    assert "Contact.Id" not in told
    assert "asked reads a query of Account" in told
    assert "meters reads every field of meter_state" in told


def test_a_field_is_protected_since_the_commit_that_wrote_its_line(configs, run):
    def git(*arguments):
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=configs, check=True, capture_output=True)

    spec = configs / "configs/finance/people.yaml"
    git("init", "--quiet")
    for text, day in ((SPEC.replace(", protect: hash", ""), "2026-01-02"), (SPEC, "2026-03-04")):
        spec.write_text(text)
        git("add", ".")
        git("commit", "--quiet", "--allow-empty-message", "-m", "", "--date", f"{day}T00:00:00Z")
    found = history(configs / "configs")
    email, name = (found.since("finance/people.yaml", line) for line in SPEC.splitlines()[4:6])
    assert email is not None
    assert name is not None
    assert email != name
    assert email.name == found.head
    spec.write_text(SPEC.replace("hash", "mask"))
    run(configs, "site", "--out", "site")
    told = words(configs / "site/units/finance-personal-data.html")
    assert "people Contact.Email masked – not known" in told
    assert f"Reports name the customer {name.name} {name.day}" in told


def test_a_folder_with_other_files_is_left_alone(configs, run):
    (configs / "out").mkdir()
    (configs / "out/precious.txt").write_text("mine")
    result = run(configs, "site", "--out", "out")
    assert "holds other files; name an empty folder" in str(result.exception)
    assert (configs / "out/precious.txt").read_text() == "mine"
    for _ in range(2):
        assert run(configs, "site", "--out", "new").exit_code == 0
    (configs / "configs/finance/asked.yaml").unlink()
    run(configs, "site", "--out", "new")
    assert not (configs / "new/data/finance/asked.html").exists()


def test_specs_with_errors_have_no_site(configs, run):
    (configs / "configs/finance/people.yaml").write_text("object: Nothing\n")
    assert run(configs, "site", "--out", "site").exit_code == 1
    assert not (configs / "site").exists()


def test_publications_are_read_from_the_lake(configs, run, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with serving_aws() as url:
        client = boto3.client("s3", endpoint_url=url)
        client.create_bucket(
            Bucket="site-lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        for day in (1, 2, 3):
            body = {
                **manifest(rows=day * 1000).to_dict(),
                "logical_date": f"2026-11-0{day}T00:00:00Z",
                "published_at": f"2026-11-0{day + 1}T04:06:00Z",
                "rows": day * 1000,
                "quality": {"Id": {"not_null": True, "unique": True}},
            }
            key = f"finance/people/dt=2026110{day}T000000Z/_manifest.json"
            client.put_object(Bucket="site-lake", Key=key, Body=json.dumps(body).encode())
        client.put_object(
            Bucket="site-lake", Key="finance/people/dt=20261104T000000Z/half.parquet", Body=b"x"
        )
        lake = ("--lake", "site-lake", "--endpoint-url", url, "--at", "2026-11-04T06:00:00Z")
        result = run(configs, "site", "--out", "site", "--runs", "2", *lake)
        assert result.exit_code == 0, result.output
        missing = run(configs, "site", "--out", "other", "--lake", "no-such-lake", "--endpoint-url", url)
    told = words(configs / "site/data/finance/people.html")
    assert "Fresh published 2026-11-04 04:06 UTC" in told
    assert "2026-11-03 00:00 3,000" in told
    assert "2026-11-01 00:00" not in told
    assert "Id unique kept" in told
    assert "Empty" in words(configs / "site/units/finance.html")
    assert "the lake cannot be read" in str(missing.exception)


def published(*hours, rows=10):
    moment = datetime(2026, 11, 27, tzinfo=UTC)
    return [Publication(moment, moment + timedelta(hours=hour), rows, 1, {}, {}, {}) for hour in hours]


@pytest.mark.parametrize(
    ("cron", "publications", "state"),
    [
        ("0 5 * * *", published(5.5), "fresh"),
        ("0 5 * * *", published(-18), "late"),
        ("0 17 * * *", published(-6), "fresh"),  # today's has three hours
        ("0 5 * * *", [], "empty"),
        ("0 5 * * *", None, "unknown"),
        (None, published(-999), "by-hand"),
    ],
)
def test_a_dataset_is_late_when_a_run_that_was_due_published_nothing(cron, publications, state):
    now = datetime(2026, 11, 27, 18, tzinfo=UTC)
    pace = Pace(parse_schedule(cron), UTC_ZONE) if cron else None
    assert freshness(pace, publications, now, scheduled=True).state == state


def test_a_run_on_a_closed_day_was_not_due():
    now = datetime(2026, 11, 27, 18, tzinfo=UTC)
    closed = frozenset({now.date(), now.date() - timedelta(days=1)})
    for days, state in ((closed, "fresh"), (frozenset(), "late")):
        pace = Pace(parse_schedule("0 5 * * *"), UTC_ZONE, days)
        assert freshness(pace, published(-40), now, scheduled=True).state == state


def test_a_chart_of_empty_publications_has_no_bars_of_a_height():
    found = chart(published(1, 2, rows=0))
    assert found is not None
    assert [bar.height for bar in found.bars] == [0.0, 0.0]
    assert chart([]) is None


def test_without_a_repository_nothing_is_known_of_commits(tmp_path):
    assert history(tmp_path).since("a.yaml", "object: Account") is None
    assert Commit("a", "b") != Commit("a", "c")
