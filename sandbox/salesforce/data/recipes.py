"""How each field is filled: one SQL expression a field, a function of the row number `i` and of the numbers drawn for the row."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.salesforce.data.given import FIXED
from sandbox.salesforce.data.record_id import id_sql
from sandbox.salesforce.data.sql import literal, quoted
from sandbox.salesforce.data.values import BY_TYPE, SPAN_SECONDS
from sandbox.salesforce.schema.model import Field, ObjectType, Schema

NULL_RATE: Final = 8  # of 100 values that may be null
DELETED_RATE: Final = 3
DRAWN: Final = ("IsDeleted", "SystemModstamp", "CreatedDate")  # for objects without such a field too


def drawn(field: str) -> str:
    """The name of the random UBIGINT that is drawn for a field of the row."""
    return quoted(f"drawn for {field}")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the expressions of one object depend on."""

    schema: Schema
    counts: Mapping[str, int]
    seed: int
    clock: str
    timezone: str
    locale: str

    def rows(self, one: ObjectType) -> str:
        """The numbers of the rows, with what is drawn for each: DuckDB plans a name that an expression repeats, and no hash of it."""
        names = dict.fromkeys([*(field.name for field in one.stored_fields), *DRAWN])
        draws = ", ".join(f"{self._hash(one, name)} AS {drawn(name)}" for name in names)
        return f"(SELECT i, {draws} FROM range({self.counts.get(one.name, 0)}) numbers(i))"

    def _hash(self, one: ObjectType, field: str) -> str:
        salt = zlib.crc32(f"{self.seed}/{one.name}/{field}".encode())
        return f"hash(i, {salt})"

    def column(self, one: ObjectType, field: Field) -> str:
        """The expression that fills a field."""
        fixed = self._fixed(one).get(field.name)
        if fixed:
            return fixed
        draw = drawn(field.name)
        expression = (
            self.reference(field, draw)
            if field.reference_to
            else BY_TYPE[field.type](field, draw, self.clock)
        )
        value = f"({expression})::{field.sql_type}"
        if not field.nillable:
            return value
        return f"CASE WHEN ({draw} >> 52) % 100 >= {NULL_RATE} THEN {value} END"

    def reference(self, field: Field, draw: str) -> str:
        """The id of some row of the object, or of one of the objects, that the field refers to."""
        targets = [self.schema.object(name) for name in field.reference_to]
        ids = [
            id_sql(target.key_prefix, f"({draw} % {max(1, self.counts.get(target.name, 1))})::BIGINT")
            for target in targets
            if target
        ]
        branches = "".join(f" WHEN {place} THEN {one}" for place, one in enumerate(ids))
        return ids[0] if len(ids) == 1 else f"CASE ({draw} >> 32) % {len(ids)}{branches} END"

    def _fixed(self, one: ObjectType) -> dict[str, str]:
        fixed = {
            "Id": id_sql(one.key_prefix, "i"),
            "IsDeleted": f"({drawn('IsDeleted')} % 100 < {DELETED_RATE})",
            "TimeZoneSidKey": literal(self.timezone),
            "LocaleSidKey": literal(self.locale),
        }
        for field in one.fields:
            if field.auto_number:
                fixed[field.name] = (
                    "'MR-' || lpad((i + 1)::VARCHAR, 9, '0')"
                    if one.custom
                    else "lpad((i + 1)::VARCHAR, 8, '0')"
                )
        return fixed | self._stamps() | FIXED.get(one.name, {})

    def _stamps(self) -> dict[str, str]:
        """Ties: a twentieth of the rows in a single mass update, a quarter in six-hourly loads."""
        draw = drawn("SystemModstamp")
        stamp = (
            f"(TIMESTAMP '{self.clock}' - to_seconds(1 + CASE WHEN {draw} % 20 = 0 THEN {SPAN_SECONDS // 3} "
            f"WHEN {draw} % 4 = 1 THEN ({draw} >> 8) % {SPAN_SECONDS // 21600} * 21600 "
            f"ELSE ({draw} >> 8) % {SPAN_SECONDS} END::BIGINT))"
        )
        lag = f"to_seconds((CASE WHEN {draw} % 10 = 0 THEN ({draw} >> 16) % 86400 ELSE 0 END)::BIGINT)"
        age = f"to_seconds(({drawn('CreatedDate')} % {SPAN_SECONDS // 2})::BIGINT)"
        return {
            "SystemModstamp": stamp,
            "LastModifiedDate": f"({stamp} - {lag})",
            "CreatedDate": f"({stamp} - {lag} - {age})",
        }
