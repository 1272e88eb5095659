"""The columns of a table: the Iceberg type of each, its name, and which changes a table allows.

| kind | Iceberg type |
|---|---|
| text, json | string |
| boolean | boolean |
| integer | long |
| number | decimal of the column's precision and scale; string where it has no bound |
| float | float or double, by its bits |
| date | date |
| datetime | timestamptz; timestamp where it is a wall clock's |
| time | time |
| binary | binary |

A column is never taken out of a table, for the rows of earlier runs have values in it; in rows of runs that do not deliver
it, it is null. A decimal may get more digits, a float become a double. Nothing else may change its type.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Transaction
from pyiceberg.table.name_mapping import NameMapping
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IcebergType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
    TimeType,
)

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import SINGLE, Column
from lake_ingest.spec.lake_table import AS_OF_COLUMN, PUBLICATION_COLUMN

NAMES = "schema.name-mapping.default"
_DIGITS, _LARGEST_ARROW = 38, 76  # of a decimal: in Iceberg; beyond which our Parquet holds text
_LONGEST_DOC = 255  # characters that Glue takes
_PLAIN: dict[str, IcebergType] = {
    "text": StringType(),
    "json": StringType(),
    "boolean": BooleanType(),
    "integer": LongType(),
    "date": DateType(),
    "time": TimeType(),
    "binary": BinaryType(),
}
NOTHING_PERSONAL: Mapping[str, str] = MappingProxyType({})
_OF_NO_CLASS = "personal"
_PROTECTED = {"hash": "a keyed hash stands for each value", "mask": "values are masked"}
_OF_PUBLICATION = {  # columns that no file holds; the table is partitioned by them
    PUBLICATION_COLUMN: "The logical date of the run that read the row: that of its publication",
    AS_OF_COLUMN: "The moment whose state of the source the row shows",
}


@dataclass(frozen=True)
class TableColumn:
    """A column as its table has it; `source` is its name in the published files."""

    name: str
    source: str
    type: IcebergType
    doc: str


def table_columns(
    columns: Sequence[Column], object_name: str, personal: Mapping[str, str] = NOTHING_PERSONAL
) -> tuple[TableColumn, ...]:
    """The columns of a publication, as a table has them.

    SQL engines take letters, digits and `_` in a name, so `Account.Name` is `Account_Name`.

    Args:
        columns: as they are published.
        object_name: what they were read from.
        personal: those of personal data, each with its class.

    Raises:
        FatalError: two columns have one name in SQL, or Iceberg has no type for one.
    """
    taken = {name: name for name in _OF_PUBLICATION}
    found = []
    for column in columns:
        name = re.sub(r"\W", "_", column.name, flags=re.ASCII)
        if name.lower() in taken:
            raise FatalError(
                f"the columns {taken[name.lower()]} and {column.name} of {object_name} would both be called {name} in a table."
                " Leave one of them out, or delete `table` from the spec."
            )
        taken[name.lower()] = column.name
        found.append(TableColumn(name, column.name, _type(column), _doc(column, object_name, personal)))
    return tuple(found)


def new_schema(columns: Sequence[TableColumn]) -> Schema:
    """The schema of a table that does not exist yet."""
    fields = [
        NestedField(number, column.name, column.type, required=False, doc=column.doc)
        for number, column in enumerate(columns, 1)
    ]
    of_publication = [
        NestedField(number, name, TimestamptzType(), required=False, doc=doc)
        for number, (name, doc) in enumerate(_OF_PUBLICATION.items(), len(fields) + 1)
    ]
    return Schema(*fields, *of_publication)


def by_publication(schema: Schema) -> PartitionSpec:
    """The partitions of a table: the objects of a publication that show one moment."""
    return PartitionSpec(
        *(
            PartitionField(schema.find_field(name).field_id, number, IdentityTransform(), name)
            for number, name in enumerate(_OF_PUBLICATION, 1000)
        )
    )


def follow_publications(transaction: Transaction) -> None:
    """Give a table that was made before rows said what moment they show the column that says it; earlier rows have a null."""
    if AS_OF_COLUMN in {field.name for field in transaction.table_metadata.spec().fields}:
        return
    with transaction.update_schema() as update:
        update.add_column(AS_OF_COLUMN, TimestamptzType(), doc=_OF_PUBLICATION[AS_OF_COLUMN])
    with transaction.update_spec() as update_spec:
        update_spec.add_identity(AS_OF_COLUMN)


def standing_columns(schema: Schema) -> tuple[TableColumn, ...]:
    """The columns of a table, for another that is to have the same; without those of publications."""
    return tuple(
        TableColumn(field.name, field.name, field.field_type, field.doc or "")
        for field in schema.fields
        if field.name not in _OF_PUBLICATION
    )


def names_of(schema: Schema, columns: Iterable[TableColumn], before: NameMapping | None) -> NameMapping:
    """Which names the fields of a table have in its files: those known before, and those of these columns."""
    known = {field.field_id: tuple(field.names) for field in before.root} if before else {}
    for column in columns:
        number = schema.find_field(column.name, case_sensitive=False).field_id
        known[number] = tuple(dict.fromkeys((*known.get(number, ()), column.source)))
    return NameMapping.model_validate(
        [{"field-id": number, "names": list(names)} for number, names in known.items()]
    )


@dataclass(frozen=True)
class Change:
    """What has to change in a table before it can take a publication."""

    added: tuple[TableColumn, ...] = ()
    widened: tuple[TableColumn, ...] = ()
    told: tuple[TableColumn, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether the table can take the publication as it is."""
        return not (self.added or self.widened or self.told)

    def apply(self, transaction: Transaction) -> None:
        """Make the change; a change of nothing makes none."""
        if self.nothing:
            return
        with transaction.update_schema(case_sensitive=False) as update:
            for column in self.added:
                update.add_column(column.name, column.type, doc=column.doc)
            for column in self.widened:
                update.update_column(column.name, column.type, doc=column.doc)
            for column in self.told:
                update.update_column(column.name, doc=column.doc)


def change_of(schema: Schema, columns: Sequence[TableColumn], table: str) -> Change:
    """Hold the columns of a publication against a table's.

    Raises:
        FatalError: a column has a type that the table's cannot become.
    """
    standing = {field.name.lower(): field for field in schema.fields}
    added, widened, told = [], [], []
    for column in columns:
        field = standing.get(column.name.lower())
        if field is None:
            added.append(column)
        elif _fits(column.type, field.field_type):
            told += [column] if field.doc != column.doc else []
        elif _fits(field.field_type, column.type):
            widened.append(column)
        else:
            raise FatalError(
                f"column {field.name} of the table {table} holds {field.field_type}, and this run delivers {column.type}: one"
                " table cannot hold both. Nothing was published. Give the spec another file name, which makes a new table;"
                " or drop the table in Glue, and clear the runs of the days that it shall hold."
            )
    return Change(tuple(added), tuple(widened), tuple(told))


def _fits(narrow: IcebergType, wide: IcebergType) -> bool:
    """Whether values of a type can be read as another: as the same, a decimal of more digits before the point, a double."""
    if isinstance(narrow, DecimalType) and isinstance(wide, DecimalType):
        return narrow.scale == wide.scale and narrow.precision <= wide.precision
    return narrow == wide or (narrow, wide) == (FloatType(), DoubleType())


def _type(column: Column) -> IcebergType:
    kind = column.written_as
    if kind in ("datetime", "time") and column.unit == "ns":
        raise _untyped(column, "nanoseconds", "microseconds")
    if kind == "datetime":
        return TimestamptzType() if column.zoned else TimestampType()
    if kind == "float":
        return FloatType() if column.precision == SINGLE else DoubleType()
    if kind != "number":
        return _PLAIN[kind]
    if column.precision is None or column.precision > _LARGEST_ARROW:
        return StringType()
    if column.precision > _DIGITS:
        raise _untyped(column, f"{column.precision} digits", f"{_DIGITS}")
    return DecimalType(column.precision, column.scale or 0)


def _untyped(column: Column, has: str, may_have: str) -> FatalError:
    return FatalError(
        f"column {column.name} has {has}, and a table holds {may_have} at most. Leave the column out, or delete `table` from the"
        " spec."
    )


def _doc(column: Column, object_name: str, personal: Mapping[str, str]) -> str:
    """What is known of a column: `Contact.Email, email; personal data: email; a keyed hash stands for each value`."""
    sort = personal.get(column.name)
    origin = f"{object_name}.{column.name}" + (f", {column.source_type}" if column.source_type else "")
    parts = (
        origin,
        {None: "", _OF_NO_CLASS: "personal data"}.get(sort, f"personal data: {sort}"),
        _PROTECTED.get(column.protect or "", ""),
        "part of the key" if column.key is not None else "",
    )
    return "; ".join(part for part in parts if part)[:_LONGEST_DOC]
