"""For whom a query is compiled, and what comes of it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from sandbox.salesforce.schema.model import Schema
from sandbox.salesforce.soql.literals import Calendar


class Api(Enum):
    REST = "rest"
    BULK = "bulk"
    BULK_JSON = "bulk json"  # of Bulk API 1.0, with instants as epoch milliseconds


@dataclass(frozen=True, slots=True)
class Dialect:
    """The caller's API and version, whose calendar date literals follow, and the form of CSV.

    `salt` orders the ties of this one query.
    """

    schema: Schema
    calendar: Calendar
    version: str
    api: Api = Api.REST
    include_deleted: bool = False
    delimiter: str = ","
    line_ending: str = "\n"
    salt: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL and what is known of its result; `header` is that of the CSV, with its line ending."""

    object_name: str
    sql: str
    bindings: dict[str, Any]
    header: str
    count_only: bool
    aggregate: bool
    chunkable: bool
