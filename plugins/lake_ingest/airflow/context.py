"""The one place that asks Airflow for something: connections, the run, and how a failure is reported to the scheduler."""

import functools
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from airflow.configuration import conf
from airflow.sdk import Connection

from lake_ingest.errors import FatalError, IngestionError, QuotaError, RetriableError
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket
from lake_ingest.lake.failure import explained
from lake_ingest.run.following import Event, followed
from lake_ingest.run.notices.topic import Topic
from lake_ingest.run.opening import Run
from lake_ingest.sources.registry import open_source
from lake_ingest.sources.source import Source
from lake_ingest.spec.interval import Interval

try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 3.0
    from airflow.exceptions import AirflowFailException, AirflowSkipException  # type: ignore[no-redef]

log = logging.getLogger(__name__)

OURS = (IngestionError, AirflowFailException)  # failures whose sentence is for people, and holds no secret


def source_of(kind: str, conn_id: str, options: Mapping[str, Any]) -> Source:
    """The source behind an Airflow connection, as an ingestion's own options want it; nothing is asked of it yet."""
    return open_source(kind, Connection.get(conn_id), options)


async def source_of_async(kind: str, conn_id: str, options: Mapping[str, Any]) -> Source:
    """The same from the triggerer, whose loop must not be held up by the look-up."""
    if hasattr(Connection, "async_get"):
        return open_source(kind, await Connection.async_get(conn_id), options)
    from asgiref.sync import sync_to_async  # noqa: PLC0415 - Airflow 3.0

    # To read a connection's extra is a call as well there: it has the secrets in it masked.
    return await sync_to_async(source_of)(kind, conn_id, options)


@functools.cache
def s3_bucket(aws_conn_id: str, name: str) -> Bucket:
    """A bucket through an AWS connection. One a process.

    Raises:
        FatalError, RetriableError: the role is refused, or STS does not answer.
    """
    return Bucket(_client(aws_conn_id, "s3"), name)


def glue_client(aws_conn_id: str) -> Any:
    """The Glue catalogue through an AWS connection.

    Raises:
        FatalError, RetriableError: the role is refused, or STS does not answer.
    """
    return _client(aws_conn_id, "glue")


def athena_client(aws_conn_id: str) -> Any:
    """Athena through an AWS connection.

    Raises:
        FatalError, RetriableError: the role is refused, or STS does not answer.
    """
    return _client(aws_conn_id, "athena")


def query_status(client: Any, query: str) -> dict[str, Any]:
    """How a query of Athena stands: its `State`, and the `StateChangeReason` of one that failed.

    Raises:
        FatalError, RetriableError: Athena refuses to say, or does not answer.
    """
    with explained(f"ask Athena for query {query}"):
        status: dict[str, Any] = client.get_query_execution(QueryExecutionId=query)["QueryExecution"][
            "Status"
        ]
    return status


def region_of(aws_conn_id: str) -> str | None:
    """The region of an AWS connection; None where it does not say. `region` is how the original system spelt it."""
    extra = Connection.get(aws_conn_id).extra_dejson
    region: str | None = extra.get("region_name") or extra.get("region")
    return region


def workgroup_of(unit: str) -> str:
    """The unit's workgroup of Athena, as the platform names it: `<environment>-<unit>`.

    Raises:
        FatalError: Airflow's configuration does not name the environment.
    """
    environment = conf.get("lake", "environment", fallback="")
    if not environment:
        raise FatalError(
            "Airflow's option lake.environment is not set, so the unit's workgroup of Athena is not known; the platform sets it:"
            " deploy it"
        )
    return f"{environment}-{unit}"


def topic_of(aws_conn_id: str, unit: str) -> Topic:
    """The topic of a unit's notices, as the platform names it, in the name of the unit's AWS connection.

    Raises:
        FatalError: Airflow's configuration does not name the topics.
        RetriableError: STS does not answer.
    """
    topics = conf.get("lake", "topic", fallback="")
    if not topics:
        raise FatalError(
            "Airflow's option lake.topic is not set, so the unit's topic is not known and nobody can be told; the platform sets it:"
            " deploy it"
        )
    arn = topics.replace("{unit}", unit)
    return Topic(_client(aws_conn_id, "sns", region=arn.split(":")[3]), arn)


def _client(
    aws_conn_id: str, service: Literal["s3", "glue", "athena", "sns"], region: str | None = None
) -> Any:
    """A client of an AWS connection: its `role_arn` is assumed, its `endpoint_url` used, its region unless another is given."""
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    extra = Connection.get(aws_conn_id).extra_dejson
    config = Config(**CLIENT_OPTIONS)
    region = region or region_of(aws_conn_id)
    role = f" with role {extra['role_arn']}" if extra.get("role_arn") else ""
    with explained(f"use the AWS connection '{aws_conn_id}'{role}"):
        hook = AwsBaseHook(
            aws_conn_id=aws_conn_id, client_type=service, region_name=region, config=config, verify=None
        )
        # The hook's own client reads the source of every caller to name one in the user agent: a quarter second a task.
        endpoint = hook.conn_config.get_service_endpoint_url(service)
        return hook.get_session().client(
            service, endpoint_url=endpoint, config=hook.config, verify=hook.verify
        )


def protection_key(conn_id: str | None) -> bytes | None:
    """The key of `protect: hash`: the password of a connection, so that Airflow masks it and a backend may hold it."""
    if conn_id is None:
        return None
    return (Connection.get(conn_id).password or "").encode() or None


def run_of(context: Mapping[str, Any]) -> Run:
    """The run that a task belongs to. One that follows publications is dated by them; else, without a logical date, by its `run_after`.

    Raises:
        FatalError: a publication's event says dates that cannot be read.
    """
    dag_run = context["dag_run"]
    if dag_run.logical_date is None and (events := _triggering(dag_run)):
        return Run(dag_run.dag_id, dag_run.run_id, *followed(events))
    start, end = dag_run.data_interval_start, dag_run.data_interval_end
    logical_date: datetime = dag_run.logical_date or dag_run.run_after
    interval = Interval(start.astimezone(UTC), end.astimezone(UTC)) if start and end else Interval(None, None)
    parameters = dict(context.get("params") or {})
    return Run(dag_run.dag_id, dag_run.run_id, logical_date.astimezone(UTC), interval, parameters)


def _triggering(dag_run: Any) -> list[Event]:
    """The events of Assets that began a run."""
    return [
        Event(event.asset.uri, event.timestamp.astimezone(UTC), event.extra or {})
        for event in getattr(dag_run, "consumed_asset_events", None) or ()
    ]


def is_first_try(context: Mapping[str, Any]) -> bool:
    """Whether no other try of the task, nor one before it was cleared, can have left anything."""
    instance = context.get("ti")
    return instance is not None and instance.try_number == 1


def tell_readers(outlets: Iterable[Any], context: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Put facts of a publication into the events of the Assets that the task updates."""
    events = context.get("outlet_events")
    if events is not None:
        for asset in outlets:
            events[asset].extra = dict(facts)


def skipped(reason: str) -> Exception:
    """What a task raises that has nothing to do in this run."""
    return AirflowSkipException(reason)


@contextmanager
def reported() -> Iterator[None]:
    """Let Airflow retry what may succeed later; fail at once what is fatal, and a quota that a retry would strain.

    The one sentence of a failure is a line of the log before any traceback.
    """
    try:
        yield
    except FatalError as error:
        log.error("%s", error)  # noqa: TRY400 - a line of its own above Airflow's traceback
        raise AirflowFailException(str(error)) from None
    except QuotaError as error:  # by this name the platform's alarm finds it in the log
        log.error("QuotaError: %s", error)  # noqa: TRY400
        raise AirflowFailException(f"QuotaError: {error}") from None
    except RetriableError as error:
        log.error("%s", error)  # noqa: TRY400
        raise
