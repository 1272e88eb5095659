"""How each field is filled: one SQL expression a field, a function of the row number `i` and the seed."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.salesforce.data.awkward import text_sql
from sandbox.salesforce.data.record_id import id_sql
from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import Field, ObjectType, Schema

NULL_RATE: Final = 8  # of 100 values that may be null
DELETED_RATE: Final = 3
SPAN_SECONDS: Final = 730 * 86400  # stamps lie in the two years before the clock
SECTORS: Final = (
    "Grid",
    "Solar",
    "Harbour",
    "Valley",
    "Metro",
    "Alpine",
    "Coastal",
    "Nordic",
    "Delta",
    "Urban",
)
NOUNS: Final = (
    "Power",
    "Works",
    "Supply",
    "Heating",
    "Storage",
    "Turbines",
    "Networks",
    "Estates",
    "Foods",
    "Mills",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the expressions of one object depend on."""

    schema: Schema
    counts: Mapping[str, int]
    seed: int
    clock: str
    timezone: str
    locale: str

    def draw(self, one: ObjectType, field: str) -> str:
        """A random UBIGINT for a field of row `i`."""
        salt = zlib.crc32(f"{self.seed}/{one.name}/{field}".encode())
        return f"hash(i, {salt})"

    def column(self, one: ObjectType, field: Field) -> str:
        """The expression that fills a field."""
        fixed = self._fixed(one).get(field.name)
        if fixed:
            return fixed
        draw = self.draw(one, field.name)
        value = f"({BY_TYPE[field.type](self, field, draw)})::{field.sql_type}"
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
        modified = self.draw(one, "SystemModstamp")
        # a quarter of the rows in six-hourly loads, a twentieth in a single mass update: ties
        stamp = (
            f"(TIMESTAMP '{self.clock}' - to_seconds(1 + CASE WHEN {modified} % 20 = 0 THEN {SPAN_SECONDS // 3} "
            f"WHEN {modified} % 4 = 1 THEN ({modified} >> 8) % {SPAN_SECONDS // 21600} * 21600 "
            f"ELSE ({modified} >> 8) % {SPAN_SECONDS} END::BIGINT))"
        )
        lag = (
            f"to_seconds((CASE WHEN {modified} % 10 = 0 THEN ({modified} >> 16) % 86400 ELSE 0 END)::BIGINT)"
        )
        age = f"to_seconds(({self.draw(one, 'CreatedDate')} % {SPAN_SECONDS // 2})::BIGINT)"
        fixed = {
            "Id": id_sql(one.key_prefix, "i"),
            "IsDeleted": f"({self.draw(one, 'IsDeleted')} % 100 < {DELETED_RATE})",
            "SystemModstamp": stamp,
            "LastModifiedDate": f"({stamp} - {lag})",
            "CreatedDate": f"({stamp} - {lag} - {age})",
            "TimeZoneSidKey": literal(self.timezone),
            "LocaleSidKey": literal(self.locale),
        }
        numbered = next((field.name for field in one.fields if field.auto_number), None)
        if numbered:
            fixed[numbered] = (
                "'MR-' || lpad((i + 1)::VARCHAR, 9, '0')" if one.custom else "lpad((i + 1)::VARCHAR, 8, '0')"
            )
        return fixed | FIXED.get(one.name, {})


def _unscaled(field: Field, draw: str) -> str:
    """Unscaled values: amounts, all digits of the scale, negatives, zeros, and numbers of full precision."""
    scale, most = field.scale, 10**field.precision
    cents = 10 ** max(0, scale - 2)
    ordinary = f"{draw} % {min(10**7, most // cents)} * {cents}"
    return (
        f"(CASE WHEN ({draw} >> 44) % 100 < 60 THEN {ordinary} WHEN ({draw} >> 44) % 100 < 84 "
        f"THEN {draw} % {min(10 ** (scale + 6), most)} WHEN ({draw} >> 44) % 100 < 91 THEN 0 "
        f"WHEN ({draw} >> 44) % 100 < 95 THEN {draw} % {most} ELSE {draw} % {min(10 ** (scale + 4), most)} END"
        f")::BIGINT * (CASE WHEN ({draw} >> 44) % 100 >= 95 THEN -1 ELSE 1 END)"
    )


def _decimal(_: Recipe, field: Field, draw: str) -> str:
    name = field.name.lower()
    if name.endswith(("latitude", "latitude__s")):
        unscaled = f"({draw} % {180 * 10**field.scale})::BIGINT - {90 * 10**field.scale}"
    elif name.endswith(("longitude", "longitude__s")):
        unscaled = f"({draw} % {360 * 10**field.scale})::BIGINT - {180 * 10**field.scale}"
    elif field.type == "percent":
        unscaled = f"({draw} % {100 * 10**field.scale + 1})::BIGINT"
    else:
        unscaled = _unscaled(field, draw)
    if not field.scale:
        return unscaled
    unit = f"{10**-field.scale:.{field.scale}f}"
    return f"({unscaled})::DECIMAL(18,0) * {unit}::DECIMAL({field.scale + 1},{field.scale})"


def _text(_: Recipe, field: Field, draw: str) -> str:
    return text_sql(f"{_words(draw)} || ' ' || i", f"({draw} >> 12)", field.length)


def _words(draw: str) -> str:
    first = f"list_extract({list(SECTORS)}, ({draw} % {len(SECTORS)} + 1)::INTEGER)"
    second = f"list_extract({list(NOUNS)}, (({draw} >> 7) % {len(NOUNS)} + 1)::INTEGER)"
    return f"{first} || ' ' || {second}"


def _picklist(_: Recipe, field: Field, draw: str) -> str:
    values = field.values or ("A", "B")
    return f"list_extract([{', '.join(map(literal, values))}], ({draw} % {len(values)} + 1)::INTEGER)"


def _multipicklist(_: Recipe, field: Field, draw: str) -> str:
    values = [
        f"CASE WHEN ({draw} >> {place}) % 3 = 0 THEN {literal(value)} END"
        for place, value in enumerate(field.values)
    ]
    return f"nullif(concat_ws(';', {', '.join(values)}), '')"


def _date(recipe: Recipe, _: Field, draw: str) -> str:
    # The ends are those of SOQL's range; nanosecond timestamps cannot hold them.
    return (
        f"CASE {draw} % 1000 WHEN 0 THEN DATE '1700-01-01' WHEN 1 THEN DATE '4000-12-31' WHEN 2 THEN DATE '2024-02-29' "
        f"ELSE DATE '{recipe.clock[:10]}' - 1100 + (({draw} >> 10) % 1500)::INTEGER END"
    )


def _datetime(recipe: Recipe, _: Field, draw: str) -> str:
    return (
        f"CASE {draw} % 1000 WHEN 0 THEN TIMESTAMP '1700-01-01 00:00:00' WHEN 1 THEN TIMESTAMP '4000-12-31 23:59:59' "
        f"ELSE TIMESTAMP '{recipe.clock}' - to_seconds((({draw} >> 10) % {SPAN_SECONDS})::BIGINT) END"
    )


def _time(_: Recipe, __: Field, draw: str) -> str:
    return f"TIME '00:00:00' + to_milliseconds(({draw} % 86400000)::BIGINT)"


def _blob(_: Recipe, __: Field, draw: str) -> str:
    return f"unhex(repeat(md5({draw}::VARCHAR), ({draw} % 40 + 1)::INTEGER))"


BY_TYPE: Final[Mapping[str, Callable[[Recipe, Field, str], str]]] = {
    "string": _text,
    "textarea": _text,
    "encryptedstring": _text,
    "picklist": _picklist,
    "combobox": _picklist,
    "multipicklist": _multipicklist,
    "boolean": lambda _, __, draw: f"{draw} % 3 = 0",
    "int": lambda _, __, draw: f"({draw} % 100000)::INTEGER",
    "long": lambda _, __, draw: f"({draw} >> 4)::BIGINT",
    "double": _decimal,
    "currency": _decimal,
    "percent": _decimal,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "base64": _blob,
    "reference": Recipe.reference,
    "id": Recipe.reference,
    "email": lambda _, __, draw: f"'user' || i || '.' || {draw} % 1000 || '@northwind-energy.example'",
    "phone": lambda _, __, draw: (
        f"'+32 2 ' || {draw} % 900 + 100 || ' ' || ({draw} >> 10) % 90 + 10 || ' ' || i % 90"
    ),
    "url": lambda _, __, draw: f"'https://site-' || {draw} % 100000 || '.example/?a=1&b=%22'",
}

FIXED: Final[Mapping[str, dict[str, str]]] = {
    "User": {
        "Username": "CASE i WHEN 0 THEN 'integration@northwind-energy.example' ELSE 'user' || i || '@northwind-energy.example' END",
        "IsActive": "(i % 10 <> 9)",
        "IsDeleted": "FALSE",
    },
    "Product2": {"IsDeleted": "FALSE", "ProductCode": "'NW-' || lpad(i::VARCHAR, 5, '0')"},
    "CaseStatus": {
        "MasterLabel": "list_extract(['New', 'Working', 'Escalated', 'Closed'], i::INTEGER + 1)",
        "ApiName": "list_extract(['New', 'Working', 'Escalated', 'Closed'], i::INTEGER + 1)",
        "SortOrder": "i::INTEGER + 1",
        "IsClosed": "i = 3",
        "IsDeleted": "FALSE",
    },
    "Organization": {
        "Name": "'Northwind Energy'",
        "IsSandbox": "FALSE",
        "OrganizationType": "'Enterprise Edition'",
        "InstanceName": "'EU42'",
        "FiscalYearStartMonth": "1",
        "IsDeleted": "FALSE",
    },
}
