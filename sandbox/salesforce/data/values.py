"""What a field of each type is filled with: an SQL expression of a random number and the clock."""

from collections.abc import Callable, Mapping
from typing import Final

from sandbox.salesforce.data.awkward import text_sql
from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import Field

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


def _decimal(field: Field, draw: str, _: str) -> str:
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


def _text(field: Field, draw: str, _: str) -> str:
    return text_sql(f"{_words(draw)} || ' ' || i", f"({draw} >> 12)", field.length)


def _words(draw: str) -> str:
    first = f"list_extract({list(SECTORS)}, ({draw} % {len(SECTORS)} + 1)::INTEGER)"
    second = f"list_extract({list(NOUNS)}, (({draw} >> 7) % {len(NOUNS)} + 1)::INTEGER)"
    return f"{first} || ' ' || {second}"


def _picklist(field: Field, draw: str, _: str) -> str:
    values = field.values or ("A", "B")
    return f"list_extract([{', '.join(map(literal, values))}], ({draw} % {len(values)} + 1)::INTEGER)"


def _multipicklist(field: Field, draw: str, _: str) -> str:
    values = [
        f"CASE WHEN ({draw} >> {place}) % 3 = 0 THEN {literal(value)} END"
        for place, value in enumerate(field.values)
    ]
    return f"nullif(concat_ws(';', {', '.join(values)}), '')"


def _date(_: Field, draw: str, clock: str) -> str:
    # The ends are those of SOQL's range; nanosecond timestamps cannot hold them.
    return (
        f"CASE {draw} % 1000 WHEN 0 THEN DATE '1700-01-01' WHEN 1 THEN DATE '4000-12-31' WHEN 2 THEN DATE '2024-02-29' "
        f"ELSE DATE '{clock[:10]}' - 1100 + (({draw} >> 10) % 1500)::INTEGER END"
    )


def _datetime(_: Field, draw: str, clock: str) -> str:
    return (
        f"CASE {draw} % 1000 WHEN 0 THEN TIMESTAMP '1700-01-01 00:00:00' WHEN 1 THEN TIMESTAMP '4000-12-31 23:59:59' "
        f"ELSE TIMESTAMP '{clock}' - to_seconds((({draw} >> 10) % {SPAN_SECONDS})::BIGINT) END"
    )


def _time(_: Field, draw: str, __: str) -> str:
    return f"TIME '00:00:00' + to_milliseconds(({draw} % 86400000)::BIGINT)"


def _blob(_: Field, draw: str, __: str) -> str:
    return f"unhex(repeat(md5({draw}::VARCHAR), ({draw} % 40 + 1)::INTEGER))"


# field, expression of a random UBIGINT, the clock as SQL text
BY_TYPE: Final[Mapping[str, Callable[[Field, str, str], str]]] = {
    "string": _text,
    "textarea": _text,
    "encryptedstring": _text,
    "anyType": _text,
    "picklist": _picklist,
    "combobox": _picklist,
    "multipicklist": _multipicklist,
    "boolean": lambda _, draw, __: f"{draw} % 3 = 0",
    "int": lambda _, draw, __: f"({draw} % 100000)::INTEGER",
    "long": lambda _, draw, __: f"({draw} >> 4)::BIGINT",
    "double": _decimal,
    "currency": _decimal,
    "percent": _decimal,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "base64": _blob,
    "email": lambda _, draw, __: f"'user' || i || '.' || {draw} % 1000 || '@northwind-energy.example'",
    "phone": lambda _, draw, __: (
        f"'+32 2 ' || {draw} % 900 + 100 || ' ' || ({draw} >> 10) % 90 + 10 || ' ' || i % 90"
    ),
    "url": lambda _, draw, __: f"'https://site-' || {draw} % 100000 || '.example/?a=1&b=%22'",
}
