"""The parameters of Airflow's `DynamoDBToS3Operator` as keys of a spec about a table; none is left out in silence."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from factory.importing.destination_unit import DestinationUnit
from factory.importing.findings import Draft
from factory.importing.operator_places import carry_places
from factory.importing.operator_rest import refuse_rest
from factory.importing.task_parameters import TaskParameters
from factory.importing.timing import Timing
from factory.importing.values import Task

KIND = "dynamodb"
_OWN = frozenset(
    [
        "dynamodb_table_name", "s3_bucket_name", "s3_key_prefix", "file_size", "dynamodb_scan_kwargs", "process_func", "point_in_time_export",
        "export_time", "export_format", "export_table_to_point_in_time_kwargs", "check_interval", "max_attempts", "source_aws_conn_id",
        "dest_aws_conn_id", "aws_conn_id", "region_name", "verify", "botocore_config",
    ]
)  # fmt: skip
_WAYS = (
    "file_size",
    "check_interval",
    "max_attempts",
    "verify",
    "botocore_config",
)  # of how it reads and writes
_PACE = ("ConsistentRead", "Limit", "ReturnConsumedCapacity")  # of a scan, whatever it reads
_OF_EXPORT = (
    "ExportType",
    "IncrementalExportSpecification",
    "S3BucketOwner",
    "S3SseAlgorithm",
    "S3SseKmsKeyId",
    "ClientToken",
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|#[A-Za-z0-9_]+")
_BEGINS, _ENDS = (
    re.compile(rf"\{{\{{\s*data_interval_{one}\s*(\.isoformat\(\)\s*|\|\s*ts\s*)?\}}\}}")
    for one in ("start", "end")
)
_WINDOW = "Write `window:` by hand, such as `incremental`."


def carry_dynamodb(draft: Draft, task: Task, timing: Timing | None, unit: DestinationUnit) -> None:
    """Turn what a task was given into the keys of its draft."""
    given = TaskParameters(draft, task)
    refuse_rest(draft, task, _OWN)
    draft.values |= {"source": KIND, "format": "ndjson", "window": "full"}
    table = given.known("dynamodb_table_name", "object", str, "a text")
    if table:
        draft.values["object"] = table
    elif not given.given("dynamodb_table_name"):
        draft.refuse(task.place, "the task names no table", "Write `object:` by hand.")
    _connection(draft, given, unit)
    if given.given("point_in_time_export") or given.given("export_time"):
        _export(draft, given)
    else:
        _scan(draft, given)
    if draft.values.get("window") == "incremental" and timing and timing.catches_up and timing.start:
        draft.values["start"] = timing.start.astimezone(ZoneInfo(timing.zone)).date().isoformat()
    if given.given("process_func"):
        draft.refuse(
            given.place("process_func"), "`process_func` makes of each item what is written",
            "Name attributes and their types under `fields:`; what they do not say belongs behind the lake.",
        )  # fmt: skip
    given.retries()
    given.owner()
    carry_places(draft, task, unit, _OWN - {"aws_conn_id"})
    prefix = task.arguments.get("s3_key_prefix")
    draft.old_key = prefix if isinstance(prefix, str) else ""
    for key in _WAYS:
        if given.given(key):
            draft.note(
                given.place(key),
                f"`{key}` is not carried over: how items are read and written is the runtime's own",
            )


def _connection(draft: Draft, given: TaskParameters, unit: DestinationUnit) -> None:
    """The connection that reads, of those that the unit has; that which writes is the unit's."""
    key = "source_aws_conn_id" if given.given("source_aws_conn_id") else "aws_conn_id"
    name = given.known(key, "connection", str, "a text")
    connections = unit.unit.sources.get(KIND, ())
    if name in connections[1:]:
        draft.values["connection"] = name
    elif name and name not in connections:
        draft.refuse(
            given.place(key),
            f"`{key}` is `{name}`, which is not among the unit's connections to DynamoDB",
            "Add it to `connections.dynamodb` of unit.yaml, and check `connection:`.",
        )
    if given.given("region_name"):
        draft.note(
            given.place("region_name"), "`region_name` is not carried over: the connection's extra says it"
        )
    writes = given.known("dest_aws_conn_id", "connection", str, "a text")
    if writes and writes != unit.unit.aws:
        draft.note(
            given.place("dest_aws_conn_id"),
            f"`dest_aws_conn_id` was `{writes}`; the unit writes with `{unit.unit.aws}`",
        )


def _export(draft: Draft, given: TaskParameters) -> None:
    draft.values["read_by"] = "export"
    if given.given("export_time"):
        draft.refuse(
            given.place("export_time"), "`export_time` exports the table as it was at a past moment",
            "A `full` window reads it as it is when the run begins.",
        )  # fmt: skip
    if given.known("export_format", "format", str, "a text") == "ION":
        draft.note(
            given.place("export_format"),
            "the export was in Ion; the spec writes ndjson, or the format that it names",
        )
    key = "export_table_to_point_in_time_kwargs"
    wished = given.known(key, "window", dict, "a dict") or {}
    for name in wished.keys() - set(_OF_EXPORT):
        draft.refuse(
            given.place(key), f"`{name}` is not a parameter of an export that is known here", _WINDOW
        )
    if wished.keys() & {"S3BucketOwner", "S3SseAlgorithm", "S3SseKmsKeyId"}:
        draft.note(
            given.place(key), "the export's bucket, its owner and its key are said by the connection's extra"
        )
    if wished.get("ExportType", "FULL_EXPORT") != "FULL_EXPORT":
        _changes(draft, given, wished.get("IncrementalExportSpecification"))


def _changes(draft: Draft, given: TaskParameters, span: Any) -> None:
    """An export of what changed: between the ends of the data interval it is an incremental window."""
    key = "export_table_to_point_in_time_kwargs"
    ends = span if isinstance(span, Mapping) else {}
    begins, over = (str(ends.get(one, "")) for one in ("ExportFromTime", "ExportToTime"))
    draft.values.pop("window")
    if not (_BEGINS.fullmatch(begins) and _ENDS.fullmatch(over)):
        shown = f"from `{begins}` to `{over}`" if ends else "of a span that is not known here"
        draft.refuse(given.place(key), f"the export holds what changed {shown}", _WINDOW)
        return
    draft.values |= {"window": "incremental", "include_deleted": True}
    if ends.get("ExportViewType", "NEW_AND_OLD_IMAGES") == "NEW_AND_OLD_IMAGES":
        draft.note(given.place(key), "what items were before they changed is not landed")


def _scan(draft: Draft, given: TaskParameters) -> None:
    """A scan of the table; where point-in-time recovery is on, the spec reads an export, which uses no read capacity."""
    key = "dynamodb_scan_kwargs"
    wished = dict(given.known(key, "fields", dict, "a dict") or {})
    for name in _PACE:
        if wished.pop(name, None) is not None:
            draft.note(
                given.place(key), f"`{name}` is not carried over: `read_capacity` says how fast a scan reads"
            )
    names = wished.pop("ExpressionAttributeNames", None) or {}
    projection = wished.pop("ProjectionExpression", None)
    if wished.pop("Select", None) == "COUNT":
        draft.refuse(
            given.place(key), "`Select: COUNT` counts items and reads none", "Count what has landed."
        )
    for name in sorted(wished):
        draft.refuse(
            given.place(key), f"`{name}` chooses items, or a part of them; a spec reads the table",
            "Land all items, and let a query of the lake choose.",
        )  # fmt: skip
    if projection is not None:
        _fields(draft, given, str(projection), names if isinstance(names, Mapping) else {})


def _fields(draft: Draft, given: TaskParameters, projection: str, names: Mapping[str, Any]) -> None:
    key = "dynamodb_scan_kwargs"
    paths = [path.strip() for path in projection.split(",")]
    if not all(_NAME.fullmatch(path) for path in paths) or any(
        path.startswith("#") and path not in names for path in paths
    ):
        draft.refuse(
            given.place(key),
            f"`{projection}` reads parts of attributes",
            "Name whole attributes under `fields:`; a map lands as `type: json`.",
        )
        return
    draft.values["fields"] = [str(names.get(path, path)) for path in paths]
    draft.note(
        given.place(key),
        "attributes have no types of their own, and the fields are read as texts",
        "Give each that holds anything else its `type:`.",
    )
