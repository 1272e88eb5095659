"""What no run can tell: that a dataset is late, also when nothing ran; and that a trouble is over.

A unit's watch looks at what was published. It asks neither Airflow nor a source, so it does not matter why nothing came: a paused
DAG, a worker that is gone, a run that hangs.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lake_ingest.errors import IngestionError, RetriableError
from lake_ingest.lake.history import newest_manifest
from lake_ingest.lake.manifest import Manifest
from lake_ingest.lake.trouble import Trouble, Troubles
from lake_ingest.run.notices.notice import KINDS, About, begun, ended, plain
from lake_ingest.run.notices.telling import tell
from lake_ingest.run.notices.topic import Channel
from lake_ingest.spec.duration import Duration, shift
from lake_ingest.spec.object_key import manifest_key

log = logging.getLogger(__name__)

_ZONE = ZoneInfo("UTC")
# A run that has noted a trouble is about to tell it; after this long, it was killed.
_ABOUT_TO = timedelta(minutes=5)


@dataclass(frozen=True)
class Watched:
    """A dataset that its unit is told of.

    Attributes:
        name: of its spec.
        prefix: of its publications.
        about: for its notices.
        deadline: how long after a publication the next is late; None where nothing is.
        start: when its schedule begins, UTC; None for one that is run by hand.
        end: when it ends; None where it does not.
    """

    name: str
    prefix: str
    about: About
    deadline: Duration | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass
class Watch:
    """One look at a unit's datasets in one bucket."""

    troubles: Troubles
    channel: Channel
    unit: About
    now: datetime
    failures: list[str] = field(default_factory=list)

    def look(self, watched: Iterable[Watched]) -> None:
        """Tell what is late, what is over, and what a run noted but could not tell.

        Raises:
            RetriableError: it names what could not be looked at or told; everything else was.
        """
        datasets = {one.name: one for one in watched}
        open_now: dict[str, dict[str, Trouble]] = {}
        for trouble in self.troubles:
            open_now.setdefault(trouble.dataset, {})[trouble.kind] = trouble
        for name in sorted({*open_now, *datasets}):
            try:
                self._dataset(datasets.get(name), open_now.get(name, {}))
            except IngestionError as error:
                log.error("%s: %s", name, error)  # noqa: TRY400 - a sentence; the next dataset is looked at
                self.failures.append(f"{name}: {error}")
        if self.failures:
            raise RetriableError("; ".join(self.failures))

    def _dataset(self, dataset: Watched | None, standing: dict[str, Trouble]) -> None:
        if dataset is None:
            for trouble in standing.values():
                self._over(trouble, self.unit, "Its spec asks for no more notices, or is gone.")
            return
        if not standing and dataset.deadline is None:
            return
        last = newest_manifest(self.troubles.bucket, dataset.prefix)
        published = datetime.fromisoformat(last.published_at) if last else None
        if dataset.deadline is not None or "late" in standing or "awaited" in standing:
            self._lateness(dataset, standing, published)
        for kind, trouble in standing.items():
            if kind in ("late", "awaited"):
                continue
            newer = self._published_since(dataset, trouble, last, published)
            if newer:
                self._over(trouble, dataset.about, f"Published at {plain(newer)}.")
            else:
                self._told_late(trouble, dataset.about)

    def _lateness(self, dataset: Watched, standing: dict[str, Trouble], published: datetime | None) -> None:
        late, awaited = standing.get("late"), standing.get("awaited")
        if published and awaited:
            self.troubles.close(awaited)
        due = self._due(dataset, published, awaited)
        if due is not None and self.now > due:
            said = (
                f"The last publication is of {plain(published)}"
                if published
                else "Nothing was ever published"
            )
            sentence = f"{said}; by its deadline of {dataset.deadline} another was due at {plain(due)}."
            trouble = Trouble(dataset.name, "late", due, self.now, sentence)
            if late is None:
                tell(trouble, self.troubles, self.channel, dataset.about)
            else:
                self._told_late(late, dataset.about)
        elif late is not None:
            why = (
                f"Published at {plain(published)}."
                if published and published >= late.since
                else "Nothing is due any more."
            )
            self._over(late, dataset.about, why)

    def _due(self, dataset: Watched, published: datetime | None, awaited: Trouble | None) -> datetime | None:
        """When the next publication is late; None where none is awaited."""
        if dataset.deadline is None:
            return None
        if published is None:
            since = awaited.since if awaited else self.now
            if awaited is None:
                self.troubles.enter(Trouble(dataset.name, "awaited", self.now, self.now))
            published = max(since, dataset.start) if dataset.start else since
        due = shift(published, dataset.deadline, 1, _ZONE)
        return None if dataset.end and due > dataset.end else due

    def _published_since(
        self, dataset: Watched, trouble: Trouble, last: Manifest | None, published: datetime | None
    ) -> datetime | None:
        """When something was published after a trouble was last seen: anything newer, or the run that met it, done again."""
        if published and published > trouble.seen:
            return published
        if trouble.logical_date is None or last is None or last.logical_date == trouble.logical_date:
            return None
        again = self.troubles.bucket.get_json(manifest_key(dataset.prefix, trouble.logical_date))
        moment = datetime.fromisoformat(again["published_at"]) if again else None
        return moment if moment and moment > trouble.seen else None

    def _told_late(self, trouble: Trouble, about: About) -> None:
        if trouble.kind in KINDS and not trouble.told and self.now - trouble.seen > _ABOUT_TO:
            self.channel.send(begun(trouble, about))
            self.troubles.mark_told(trouble)

    def _over(self, trouble: Trouble, about: About, why: str) -> None:
        """Told before it is closed: a process that is killed in between leads to two notices, never to none."""
        if trouble.told and trouble.kind in KINDS:
            self.channel.send(ended(trouble, about, why))
        self.troubles.close(trouble)


def utc_now() -> datetime:
    """Now, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
