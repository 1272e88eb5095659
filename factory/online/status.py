"""`factory status`: how every dataset stands, as a table for people or rows for programs."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from lake_ingest.errors import IngestionError

from factory.chosen import in_environment, moment_at, tree_at
from factory.command_failure import Failure, UsageFailure
from factory.near import near
from factory.online.answer import FORMS, print_answer
from factory.online.lake_buckets import buckets_of
from factory.online.standing import Standing, standings

_SCHEMA = pa.schema(
    [
        ("dataset", pa.string()),
        ("state", pa.string()),
        ("logical_date", pa.timestamp("s", "UTC")),
        ("published_at", pa.timestamp("s", "UTC")),
        ("rows", pa.int64()),
        ("age", pa.string()),
        ("due_since", pa.timestamp("s", "UTC")),
        ("held_by", pa.string()),
    ]
)


def run(
    configs: Path,
    unit: str | None,
    bucket: str | None,
    endpoint_url: str | None,
    output_format: str,
    environment: str | None = None,
    at: str | None = None,
) -> int:
    """Print a line for every dataset; 1 where one is due or was never published, so that a program can act on it.

    Raises:
        Failure: S3 cannot be read.
        UsageFailure: there is no such unit or format, or a bucket is a template and none was given.
    """
    if output_format not in FORMS:
        raise UsageFailure(f"no format `{output_format}`; there are {', '.join(FORMS)}.")
    workspace = in_environment(tree_at(configs), environment)
    specs = [spec for spec in workspace.specs if unit in (None, spec.unit.name) and not spec.unusable]
    if unit and not any(one.name == unit for one in workspace.units):
        meant = near(unit, [one.name for one in workspace.units])
        raise UsageFailure(f"no unit `{unit}`" + (f"; did you mean `{meant}`?" if meant else "."))
    now = moment_at(at, None)
    try:
        words = {word for spec in specs for word in (spec.bucket, spec.unit.bucket)}
        found = list(standings(specs, buckets_of(words, bucket, endpoint_url), now))
    except IngestionError as error:
        raise Failure(str(error)) from None
    rows = [_row(one, now) for one in found]
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    print_answer(table.to_reader(), output_format)
    return 1 if any(one.state in ("due", "never published") for one in found) else 0


def _row(one: Standing, now: datetime) -> dict[str, Any]:
    last = one.last
    published = datetime.fromisoformat(last.published_at) if last and last.published_at else None
    return {
        "dataset": one.dataset,
        "state": one.state,
        "logical_date": last.logical_date if last else None,
        "published_at": published,
        "rows": last.rows if last else None,
        "age": _age(now - published) if published else None,
        "due_since": one.due,
        "held_by": one.held_by or None,
    }


def _age(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return (
        f"{hours // 24} d {hours % 24} h"
        if hours >= 48
        else f"{hours} h {int(age.total_seconds() // 60) % 60} min"
    )
