"""Notices, on a bucket and a topic: each trouble is told once, and its end once; when all is well nobody hears anything."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from lake_ingest.errors import IngestionError, RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.trouble import Trouble, Troubles
from lake_ingest.run.notices.notice import About, Notice, begun
from lake_ingest.run.notices.telling import tell
from lake_ingest.run.notices.topic import Topic
from lake_ingest.run.notices.watch import Watch, Watched
from lake_ingest.spec.duration import parse_duration
from lake_ingest.spec.object_key import manifest_key

from sandbox.mailbox import Letter, Mailbox
from tests.runtime.lake.manifests import MANIFEST

NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
ABOUT = About("finance", "finance-data@example.com", "https://git.example.com/finance/deals.yaml")
DEALS = Watched("deals", "finance/deals", ABOUT)
DAILY = replace(DEALS, deadline=parse_duration("26 hours"))


@dataclass
class World:
    """A unit's bucket and topic at a moment."""

    bucket: Bucket
    mailbox: Mailbox
    topic: Topic
    now: datetime = NOW

    @property
    def troubles(self) -> Troubles:
        return Troubles(self.bucket, "finance")

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)

    def meets(self, kind: str, sentence: str = "No such column.", date: datetime | None = None) -> bool:
        trouble = Trouble("deals", kind, self.now, self.now, sentence, date)
        return tell(trouble, self.troubles, self.topic, ABOUT)

    def publishes(self, date: datetime | None = None, prefix: str = "finance/deals") -> None:
        date = date or self.now
        body = {
            **replace(MANIFEST, logical_date=date).to_dict(),
            "published_at": self.now.isoformat().replace("+00:00", "Z"),
        }
        self.bucket.put_json(manifest_key(prefix, date), body)

    def looks(self, *datasets: Watched) -> list[tuple[str, str]]:
        Watch(self.troubles, self.topic, ABOUT, self.now).look(datasets)
        return self.heard()

    def heard(self) -> list[tuple[str, str]]:
        return [(one.attributes["trouble"], one.attributes["state"]) for one in self.letters()]

    def letters(self) -> list[Letter]:
        return self.mailbox.letters()


@pytest.fixture
def world(bucket: Bucket) -> World:
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    url = bucket.client.meta.endpoint_url
    mailbox = Mailbox.of(session, url, f"finance-{uuid.uuid4().hex[:8]}")
    return World(bucket, mailbox, Topic(session.client("sns", endpoint_url=url), mailbox.topic_arn))


@pytest.mark.parametrize("kind", ["failed", "quota", "drift"])
def test_a_trouble_is_told_once_and_its_end_once(world, kind):
    assert world.meets(kind)
    assert world.heard() == [(kind, "open")]
    for _ in range(3):
        world.later(days=1)
        assert not world.meets(kind)
        assert world.looks(DEALS) == []
    world.later(hours=1)
    world.publishes()
    world.later(minutes=1)
    assert world.looks(DEALS) == [(kind, "over")]
    assert world.looks(DEALS) == []
    world.later(days=1)
    assert world.meets(kind)
    assert world.heard() == [(kind, "open")]


def test_nobody_hears_anything_while_all_is_well(world):
    for _ in range(5):
        world.publishes()
        world.later(hours=12)
        assert world.looks(DAILY) == []
        world.later(hours=12)
    assert world.bucket.keys("finance/_notices/") == []


def test_a_dataset_is_late_when_nothing_ran_and_told_once(world):
    """No run, no task, no log: all that the watch sees is that nothing new was published."""
    world.publishes()
    world.later(hours=26)
    assert world.looks(DAILY) == []
    world.later(minutes=30)
    assert world.looks(DAILY) == [("late", "open")]
    world.later(days=3)
    assert world.looks(DAILY) == []
    world.publishes()
    world.later(minutes=10)
    assert world.looks(DAILY) == [("late", "over")]
    assert world.looks(DAILY) == []


def test_a_dataset_that_was_never_published_is_late_by_when_it_was_first_seen(world):
    assert world.looks(DAILY) == []
    world.later(hours=25)
    assert world.looks(DAILY) == []
    world.later(hours=2)
    assert world.looks(DAILY) == [("late", "open")]
    world.publishes()
    assert world.looks(DAILY) == [("late", "over")]
    assert world.bucket.keys("finance/_notices/") == []


def test_nothing_is_late_before_a_schedule_begins_nor_after_it_ends(world):
    begins = replace(DAILY, start=NOW + timedelta(days=10))
    assert world.looks(begins) == []
    world.later(days=11)
    assert world.looks(begins) == []
    world.later(hours=3)
    assert world.looks(begins) == [("late", "open")]
    world.publishes()
    ended = replace(DAILY, end=world.now + timedelta(hours=2))
    assert world.looks(ended) == [("late", "over")]
    world.later(days=100)
    assert world.looks(ended) == []


def test_a_publication_before_the_last_failure_ends_nothing(world):
    """It failed, came through, and failed again, all between two looks."""
    world.meets("failed", date=NOW)
    world.later(minutes=5)
    world.publishes(date=NOW)
    world.later(minutes=5)
    world.meets("failed", date=NOW + timedelta(days=1))
    world.later(minutes=5)
    assert world.looks(DEALS) == [("failed", "open")]  # the first notice, and no end


def test_a_run_that_is_done_again_ends_its_failure_though_newer_days_stand(world):
    world.publishes(date=NOW)
    old = NOW - timedelta(days=30)
    world.later(minutes=1)
    world.meets("failed", date=old)
    world.heard()
    world.later(minutes=1)
    assert world.looks(DEALS) == []
    world.publishes(date=old)
    world.later(minutes=1)
    assert world.looks(DEALS) == [("failed", "over")]


def test_many_tasks_that_fail_at_once_tell_it_once(world):
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: world.meets("failed"), range(8)))
    assert sum(told) == 1
    assert world.heard() == [("failed", "open")]


class Silent:
    """A topic that takes nothing."""

    def send(self, notice: Notice) -> None:
        raise RetriableError(f"could not send {notice.subject}")


def test_what_could_not_be_told_is_told_by_the_watch(world):
    trouble = Trouble("deals", "failed", world.now, world.now, "No such column.")
    with pytest.raises(RetriableError, match="could not send"):
        tell(trouble, world.troubles, Silent(), ABOUT)
    world.later(minutes=1)
    assert world.looks(DEALS) == []  # the run may be about to tell it
    world.later(minutes=30)
    assert world.looks(DEALS) == [("failed", "open")]
    assert world.looks(DEALS) == []
    world.publishes()
    world.later(minutes=1)
    assert world.looks(DEALS) == [("failed", "over")]


def test_what_was_never_told_ends_in_silence(world):
    trouble = Trouble("deals", "failed", world.now, world.now, "No such column.")
    with pytest.raises(RetriableError, match="could not send"):
        tell(trouble, world.troubles, Silent(), ABOUT)
    world.later(minutes=1)
    world.publishes()
    assert world.looks(DEALS) == []
    assert world.bucket.keys("finance/_notices/") == []


def test_troubles_of_a_spec_that_asks_no_more_are_over(world):
    world.meets("failed")
    world.heard()
    assert world.looks() == [("failed", "over")]


def test_a_dataset_that_cannot_be_looked_at_keeps_no_other_from_it(world):
    world.bucket.put_json(manifest_key("finance/broken", NOW), {"manifest_version": 99})
    broken = replace(DAILY, name="broken", prefix="finance/broken")
    world.publishes()
    world.later(days=2)
    with pytest.raises(IngestionError, match="broken: a manifest of version 99 cannot be read"):
        world.looks(broken, DAILY)
    assert world.heard() == [("late", "open")]


def test_what_people_and_chats_read(world):
    world.meets("failed", "Salesforce has no field 'Nmae'. Correct the spec.", NOW)
    (letter,) = world.letters()
    assert letter.subject == "finance.deals failed"
    assert letter.text.splitlines() == [
        "Salesforce has no field 'Nmae'. Correct the spec.",
        "",
        "Run of: 2026-11-02T06:00:00Z",
        "Since: 2026-11-02T06:00:00Z",
        "Spec: https://git.example.com/finance/deals.yaml",
        "Contact: finance-data@example.com",
    ]
    assert letter.attributes == {"unit": "finance", "dataset": "deals", "trouble": "failed", "state": "open"}
    chat = json.loads(begun(Trouble("deals", "late", NOW, NOW, "It is late."), ABOUT).chat)
    assert (chat["version"], chat["source"]) == ("1.0", "custom")
    assert chat["content"]["title"] == "finance.deals is late"
