"""For whom a query is compiled, and what comes of it."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from typing import Any

from sandbox.salesforce.schema.model import Schema
from sandbox.salesforce.soql.literals import Calendar


class Api(Enum):
    REST = "rest"
    BULK = "bulk"
    BULK_JSON = "bulk json"  # of Bulk API 1.0, with instants as epoch milliseconds


@dataclass(frozen=True, slots=True)
class RunningUser:
    """In whose form values are shown. `rate` is what one of the corporate currency is worth in the user's."""

    id: str = ""
    locale: str = "en_US"
    currency: str = "USD"
    corporate_currency: str = "EUR"
    rate: Decimal = Decimal("1.0842")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The caller's API and version, whose calendar date literals follow, and the form of CSV.

    `salt` orders the ties of this one query. Of a row's children, `page` come with it; `query_id` begins the locators
    of the rest.
    """

    schema: Schema
    calendar: Calendar
    version: str
    api: Api = Api.REST
    include_deleted: bool = False
    delimiter: str = ","
    line_ending: str = "\n"
    salt: int = 0
    page: int = 2000
    query_id: str = ""
    user: RunningUser = RunningUser()


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL and what is known of its result; `header` is that of the CSV, with its line ending.

    `children` has the SQL of further children by the first part of their locator; it takes the parameter `parent`.
    """

    object_name: str
    sql: str
    bindings: dict[str, Any]
    header: str
    count_only: bool
    aggregate: bool
    chunkable: bool
    query_id: str = ""
    children: dict[str, str] = field(default_factory=dict)

    def of_children(self, key: str, parent: str) -> "Statement":
        """The statement of all children that one parent has under a locator's key."""
        sql = self.children[key]
        bindings = {
            name: self.bindings[name] for name in re.findall(r"\$(\w+)", sql) if name in self.bindings
        }
        return replace(self, sql=sql, bindings=bindings | {"parent": parent})
