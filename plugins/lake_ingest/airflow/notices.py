"""Notices as Airflow gives rise to them: a task that has failed for good, and the watch of a unit.

Loaded by every DAG file that has notices, so it loads no client before there is something to tell.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

if TYPE_CHECKING:
    from lake_ingest.lake.trouble import Troubles
    from lake_ingest.run.notices.notice import About

log = logging.getLogger(__name__)

_QUOTA = "QuotaError: "


def tell_failure(context: Mapping[str, Any]) -> None:
    """What Airflow calls when a task has failed and will not be tried again; also for a task whose process is gone."""
    error = context.get("exception")
    text = _sentence(error)
    kind = "quota" if text.startswith(_QUOTA) else "failed"
    tell_trouble(context["task"], context, kind, text.removeprefix(_QUOTA))


def tell_trouble(task: Any, context: Mapping[str, Any], kind: str, sentence: str) -> None:
    """Tell what a task has met, if its spec asks for notices. That it cannot be told changes nothing about the task."""
    if not task.notices:
        return
    from lake_ingest.airflow import context as airflow  # noqa: PLC0415
    from lake_ingest.lake.trouble import Trouble  # noqa: PLC0415
    from lake_ingest.run.notices.telling import tell  # noqa: PLC0415
    from lake_ingest.run.notices.watch import utc_now  # noqa: PLC0415

    try:
        now = utc_now()
        run = airflow.run_of(context) if context.get("dag_run") else None
        trouble = Trouble(
            dataset=task.notices["name"],
            kind=kind,
            since=now,
            seen=now,
            sentence=sentence,
            logical_date=run.logical_date if run else None,
            log_url=str(getattr(context.get("ti"), "log_url", "") or ""),
        )
        troubles = _troubles(task, context, task.bucket, task.notices["prefix"])
        topic = airflow.topic_of(task.aws_conn_id, task.notices["unit"])
        tell(trouble, troubles, topic, _about(task.notices, task.spec_url))
    except Exception as failure:  # noqa: BLE001 - whatever it is, the task's own outcome stands
        log.error("Nobody was told of it: %s", failure)  # noqa: TRY400


class WatchOperator(BaseOperator):
    """Tell which datasets of a unit are late, and which troubles are over."""

    ui_color = "#efe6f7"

    def __init__(
        self,
        *,
        aws_conn_id: str,
        prefix: str,
        notices: Mapping[str, str],
        datasets: Sequence[Mapping[str, Any]],
        **kwargs: Any,
    ) -> None:
        """Keep the arguments.

        Args:
            aws_conn_id: the unit's connection to AWS.
            prefix: the unit's.
            notices: `unit` and `contact`.
            datasets: of each its `name`, `bucket`, `prefix`, `deadline`, `start`, `end` and `spec_url`.
            **kwargs: of every operator.
        """
        super().__init__(**kwargs)
        self.aws_conn_id = aws_conn_id
        self.prefix = prefix
        self.notices = notices
        self.datasets = datasets

    def execute(self, context: Mapping[str, Any]) -> None:
        """Look once.

        Raises:
            FatalError, RetriableError: there is no topic, or something could not be looked at or told; everything else was.
        """
        from lake_ingest.airflow import context as airflow  # noqa: PLC0415
        from lake_ingest.run.notices.watch import Watch, utc_now  # noqa: PLC0415

        with airflow.reported():
            channel = airflow.topic_of(self.aws_conn_id, self.notices["unit"])
            for name in dict.fromkeys(one["bucket"] for one in self.datasets):
                troubles = _troubles(self, context, name, self.prefix)
                watch = Watch(troubles, channel, _about(self.notices, ""), utc_now())
                watch.look([_watched(one, self.notices) for one in self.datasets if one["bucket"] == name])


def _sentence(error: object) -> str:
    """The sentence of a failure of ours. What anything else says may hold anything: its log is the place for it."""
    from lake_ingest.airflow.context import OURS  # noqa: PLC0415

    if isinstance(error, OURS):
        return str(error)
    what = type(error).__name__ if isinstance(error, BaseException) else "its process ended"
    return f"The task failed: {what}. Its log says more."


def _troubles(task: Any, context: Mapping[str, Any], bucket: str, prefix: str) -> "Troubles":
    from lake_ingest.airflow import context as airflow  # noqa: PLC0415
    from lake_ingest.lake.trouble import Troubles  # noqa: PLC0415

    # A task whose process is gone was not rendered where this runs.
    name = task.render_template(bucket, context)
    return Troubles(airflow.s3_bucket(task.aws_conn_id, name), prefix)


def _about(notices: Mapping[str, str], spec_url: str) -> "About":
    from lake_ingest.run.notices.notice import About  # noqa: PLC0415

    return About(notices["unit"], notices["contact"], spec_url)


def _watched(one: Mapping[str, Any], notices: Mapping[str, str]) -> Any:
    from datetime import datetime  # noqa: PLC0415

    from lake_ingest.run.notices.watch import Watched  # noqa: PLC0415
    from lake_ingest.spec.duration import parse_duration  # noqa: PLC0415

    def instant(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return Watched(
        name=one["name"],
        prefix=one["prefix"],
        about=_about(notices, one["spec_url"]),
        deadline=parse_duration(one["deadline"]) if one["deadline"] else None,
        start=instant(one["start"]),
        end=instant(one["end"]),
    )
