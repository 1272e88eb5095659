"""`factory backfill`: the runs of former dates, forecast, within the unit's budget, and never one that is published."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from croniter import croniter
from lake_ingest.errors import IngestionError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.manifest import Manifest
from lake_ingest.run.budget import Ledger
from lake_ingest.spec.duration import shift
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.object_key import MANIFEST_NAME, publication_prefix
from lake_ingest.spec.window import WindowError, parse_point

from factory.chosen import spec_and_tree_at
from factory.command_failure import Failure, UsageFailure
from factory.model.ingestion import Ingestion
from factory.model.next_run import reads_all
from factory.model.steps import NoStepsError, steps
from factory.online.airflow_rest import Airflow, Backfill, airflow_at
from factory.online.backfill_forecast import Budget, RunCost, takes
from factory.online.lake_buckets import buckets_of

_PAST = 5  # publications by which a run is judged
_LOOK, _AGE = 5.0, 300.0  # seconds between two looks at a backfill, and at calls that age out


@dataclass(frozen=True)
class Where:
    """The lake and the Airflow of a backfill, as options name them."""

    bucket: str | None
    endpoint_url: str | None
    mwaa: str | None
    airflow: str | None
    environment: str | None


def run(path: Path, first: str, until: str, where: Where, *, dry_run: bool, wait: bool) -> int:
    """Print the forecast, and have Airflow run what is not published yet; 0 once all of it is, or as much is begun as may be.

    Raises:
        Failure: the spec or the range has no such runs, runs failed, or S3 or Airflow did.
        UsageFailure: there is no such spec, or a point is no date.
    """
    spec, tree = spec_and_tree_at(path, where.environment)
    try:
        found = steps(spec, _point(first), _point(until), datetime.now(UTC))
    except NoStepsError as error:
        raise Failure(f"{error}.") from None
    buckets = buckets_of({spec.bucket, spec.unit.bucket}, where.bucket, where.endpoint_url)
    unit = [one for one in tree.specs if one.unit.name == spec.unit.name]
    try:
        job = _Job(spec, unit, found, buckets[spec.bucket], buckets[spec.unit.bucket])
        missing = job.missing(found)
        job.tell(missing)
        if dry_run or not missing:
            return 0
        return job.carry_out(airflow_at(where.mwaa, where.airflow), missing, wait=wait)
    except IngestionError as error:
        raise Failure(str(error)) from None


class _Job:
    """The runs of one ingestion, what is published of them, and what they cost."""

    def __init__(
        self,
        spec: Ingestion,
        unit: Sequence[Ingestion],
        steps: Sequence[Interval],
        bucket: Bucket,
        unit_bucket: Bucket,
    ) -> None:
        self._spec, self._unit, self._steps, self._bucket = spec, unit, steps, bucket
        self._ledger = Ledger(unit_bucket, spec.unit.prefix)
        self._cost = RunCost.of(spec, self._past())

    def missing(self, among: Sequence[Interval]) -> list[Interval]:
        """The runs whose dates are not published."""
        folders = set(self._folders())
        return [one for one in among if not self._is_published(one, folders)]

    def tell(self, missing: Sequence[Interval]) -> None:
        """Print the forecast.

        Raises:
            Failure: the budget will never let one run begin.
        """
        spec, cost, budget = self._spec, self._cost, self._budget()
        typer.echo(f"{spec.dag_id}: {_count(len(self._steps), 'run')}, {_span(spec, self._steps)}")
        if done := len(self._steps) - len(missing):
            typer.echo(f"published  {done:,}, which are not run again")
        if not missing:
            return
        whole = sum(reads_all(spec, one) for one in missing)
        more = f"; {whole:,} of them read every row, by `refresh`" if whole else ""
        typer.echo(f"to run     {len(missing):,}: {_span(spec, missing)}{more}")
        if short := _outlived(spec, missing):
            typer.echo(
                f"table      {short:,} of them are older than the {spec.keep} that it keeps: each leaves it with the run after"
            )
        most = "" if cost.seconds is not None else " at the most"
        typer.echo(f"calls      {cost.calls * len(missing):,}{most}: {cost.calls:,} a run, {cost.known_by}")
        if budget.share is not None:
            typer.echo(
                f"budget     {budget.share:,} calls in 24 hours, of which {budget.spent:,} are made and {budget.scheduled:,} left to"
                f" the unit's schedules: room for {_count(budget.runs_now(cost) or 0, 'run')} now"
            )
            if not budget.runs_a_day(cost):
                raise Failure(
                    f"one run makes {cost.calls:,} calls, and the unit's schedules leave fewer than that of its {budget.share:,} in"
                    " 24 hours: raise api_calls_per_day of the unit."
                )
        length = takes(len(missing), cost, budget)
        typer.echo(
            f"time       {_length(length) if length is not None else 'not known before a run has published'}"
        )

    def carry_out(self, airflow: Airflow, missing: list[Interval], *, wait: bool) -> int:
        """One portion after the other, each of dates in a row and of no more calls than are left."""
        airflow.refuse_unready(self._spec.dag_id)
        while missing:
            standing = airflow.under_way(self._spec.dag_id)
            if standing is None and not (portion := self._portion(missing)):
                typer.echo(
                    "the unit has no calls left: the next runs begin when some are older than 24 hours"
                )
                if not wait:
                    return 0
                time.sleep(_AGE)
                continue
            begun = standing or self._begin(airflow, portion)
            if standing:
                typer.echo(f"backfill {begun.number}: under way since an earlier call")
            if not wait:
                typer.echo("call again when it is over, to run what is left and to see that all is published")
                return 0
            _await(airflow, begun)
            if not standing and (failed := self.missing(portion)):
                raise Failure(
                    f"{_count(len(failed), 'run')} did not publish: {_span(self._spec, failed)}. Airflow's page of {self._spec.dag_id} says"
                    " why; call again to run what is missing."
                )
            missing = self.missing(missing)
        typer.echo(f"all {_count(len(self._steps), 'run')} of {self._spec.dag_id} are published")
        return 0

    def _portion(self, missing: Sequence[Interval]) -> list[Interval]:
        """The first runs that are missing in a row, as many as there are calls for."""
        places = {one: place for place, one in enumerate(self._steps)}
        begin = places[missing[0]]
        row = [one for ahead, one in enumerate(missing) if places[one] == begin + ahead]
        return row[: self._budget().runs_now(self._cost)]

    def _begin(self, airflow: Airflow, portion: Sequence[Interval]) -> Backfill:
        first, last = _start(portion[0]), _start(portion[-1])
        ours = {_start(one) for one in self._steps}
        foreign = [
            one
            for one in airflow.dates(self._spec.dag_id, first, last)
            if one not in ours and not self._skips(one)
        ]
        if foreign:
            raise Failure(
                f"Airflow's {self._spec.dag_id} has a run of {foreign[0]:%Y-%m-%d %H:%M} UTC, and the spec has none: deploy the spec, or take"
                " the revision that is deployed."
            )
        begun = airflow.start(self._spec.dag_id, first, last)
        typer.echo(f"backfill {begun.number}: {_count(len(portion), 'run')}, {_span(self._spec, portion)}")
        return begun

    def _skips(self, date: datetime) -> bool:
        """Whether the run of a date falls on a closed day, on which it does nothing."""
        schedule, zone = self._spec.schedule, self._spec.zone
        return bool(
            self._spec.closed and schedule and zone and croniter.match(schedule.cron, date.astimezone(zone))
        )

    def _budget(self) -> Budget:
        counts = self._spec.traits.counts_calls and self._spec.unit.calls_per_day is not None
        spent = self._ledger.entered(datetime.now(UTC)) if counts else 0
        return Budget.of(self._spec, self._unit, spent)

    def _past(self) -> list[Manifest]:
        found = (self._bucket.get_json(folder + MANIFEST_NAME) for folder in reversed(self._folders()))
        return [Manifest.from_dict(value) for value in islice((one for one in found if one), _PAST)]

    def _folders(self) -> list[str]:
        return self._bucket.folders(f"{self._spec.prefix.strip('/')}/dt=")

    def _is_published(self, step: Interval, folders: set[str]) -> bool:
        folder = publication_prefix(self._spec.prefix, _start(step))
        return folder in folders and self._bucket.get_json(folder + MANIFEST_NAME) is not None


def _await(airflow: Airflow, backfill: Backfill) -> None:
    told = False
    while not backfill.over:
        if backfill.paused and not told:
            typer.echo(f"backfill {backfill.number} is paused in Airflow: go on with it there, or cancel it")
        told = backfill.paused
        time.sleep(_LOOK)
        backfill = airflow.look(backfill)


def _point(text: str) -> date | datetime:
    try:
        point = parse_point(text)
    except WindowError as error:
        raise UsageFailure(str(error)) from None
    if isinstance(point, datetime):
        return point
    if isinstance(point, str):
        return date.fromisoformat(point)
    raise UsageFailure(
        f"'{text}' is no date; write 2026-01-31, or a date-time with its zone such as 2026-01-31T06:00:00Z"
    )


def _start(step: Interval) -> datetime:
    if step.start is None:
        raise TypeError("a step of a schedule begins somewhere")
    return step.start


def _span(spec: Ingestion, steps: Sequence[Interval]) -> str:
    """`2026-01-01 – 2026-01-31 05:00 Europe/Brussels`: the first and the last date."""
    dates = list(dict.fromkeys(_shown(spec, one) for one in (steps[0], steps[-1])))
    return " to ".join(dates) + (f" {spec.zone.key}" if spec.zone else "")


def _outlived(spec: Ingestion, steps: Sequence[Interval]) -> int:
    """How many publications would be too old for the dataset's table."""
    if not spec.table or spec.keep is None:
        return 0
    limit = shift(datetime.now(UTC), spec.keep, -1, ZoneInfo("UTC"))
    return sum(_start(one) < limit for one in steps)


def _shown(spec: Ingestion, step: Interval) -> str:
    clock = _start(step).astimezone(spec.zone)
    return f"{clock:%Y-%m-%d}" + (f" {clock:%H:%M}" if (clock.hour, clock.minute) != (0, 0) else "")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _length(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"about {hours:.1f} hours, one run after the other" if hours >= 0.1 else "some minutes"
