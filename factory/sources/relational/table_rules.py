"""ING341, ING342, ING347, ING357: tables and columns against the catalogue."""

from collections.abc import Iterator

from lake_ingest.spec.batch_size import RowCount

from factory.model.ingestion import Field, Ingestion
from factory.near import near
from factory.read.document import KeyPath
from factory.read.span import Span
from factory.rules.landing import no_dates, protect_instead, taken
from factory.rules.problem import Problem
from factory.rules.rule import Rule
from factory.sources.relational.catalog import Catalog, CatalogTable

_SPEC = "source: postgresql\nobject: billing.{}\nwindow: full\nfields: {}\n"
_RIGHT = _SPEC.format("customer", "[id, country]")

UNKNOWN_TABLE = Rule(
    "ING341", "unknown-table", "The table is not in the catalogue of its connection.",
    "A misspelt table fails when the DAG runs, and of one that nobody described nobody knows what is personal data. `factory catalog pull`"
    " brings it.",
    wrong=_SPEC.format("costumer", "[id]"), right=_RIGHT,
)  # fmt: skip
UNKNOWN_COLUMN = Rule(
    "ING342", "unknown-column", "The table has no such column, or the connection's user cannot read it.",
    "One wrong column fails the whole run. Names are those of the table: case counts.",
    wrong=_SPEC.format("customer", "[id, contry]"), right=_RIGHT,
)  # fmt: skip
PERSONAL = Rule(
    "ING347", "personal-column", "A column of personal data has neither protection nor a stated reason.",
    "The catalogue marks what is personal data. Reading it in the clear is a decision, so somebody must have taken it.",
    wrong=_SPEC.format("customer", "[id, email]"), right=_SPEC.format("customer", "[id, {name: email, protect: drop}]"),
)  # fmt: skip
NOT_CUT = Rule(
    "ING357", "rows-without-key", "The table cannot be cut into batches of rows by its key.",
    "The key says to which batch a row belongs, and the plan and the manifest show the keys at which the table was cut.",
    wrong="source: postgresql\nobject: billing.meter_event\nwindow: full\nbatch_size: 500000 rows\n",
    right="source: postgresql\nobject: billing.invoice\nwindow: full\nfields: [id, amount]\nbatch_size: 500000 rows\n", fixed=True,
)  # fmt: skip
RULES = (UNKNOWN_TABLE, UNKNOWN_COLUMN, PERSONAL, NOT_CUT)


def unknown_table(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """A table that the catalogue does not hold; of one that the unit was not given, only what was probably meant is told."""
    names = catalog.names(spec.connection)
    meant = near(spec.object, names)
    if not meant and not spec.unit.may_read(spec.traits, spec.object):
        return
    message = f"`{spec.object}` is not in the catalogue of {spec.connection}"
    cure = f"{'Correct it, or pull' if names else 'Pull'} it: `{pull(spec)}`."
    yield UNKNOWN_TABLE.at(spec.document, ("object",), message, near=meant, instead=meant, cure=cure)


def check(spec: Ingestion, table: CatalogTable) -> Iterator[Problem]:
    """What is wrong with the columns that a spec reads."""
    if "fields" in spec.broken:
        return
    if spec.fields is None:
        yield from _every_column(spec, table)
    for field in spec.named_fields:
        column = table.columns.get(field.name)
        if column is None:
            yield unknown_column(spec, table, field.name, field.path)
        elif column.personal and not field.protect and not field.reason:
            yield _personal(spec, field, column.personal)
    if isinstance(spec.batch_size, RowCount) and spec.traits.cuts_by_key and "batch_size" not in spec.broken:
        yield from _not_cut(spec, table)
    if spec.says("coerce_to_timestamp") and spec.coerce_to_timestamp and not _writes_dates(spec, table):
        yield no_dates(spec)


def unknown_column(
    spec: Ingestion, table: CatalogTable, name: str, path: KeyPath, span: Span | None = None
) -> Problem:
    """A column that is not there, with the one that was probably meant."""
    meant = near(name, table.columns)
    message = f"`{spec.object}` has no column `{name}`"
    cure = "" if meant else f"A new column is added by `{pull(spec)}`."
    instead = "" if span else meant
    return UNKNOWN_COLUMN.at(spec.document, path, message, near=meant, cure=cure, span=span, instead=instead)


def pull(spec: Ingestion) -> str:
    """The command that brings the table of a spec into the catalogue."""
    return pull_of(spec, spec.object)


def pull_of(spec: Ingestion, table: str) -> str:
    """The command that brings another table of its connection."""
    return f"factory catalog pull --connection {spec.connection} --object '{table}'"


def _every_column(spec: Ingestion, table: CatalogTable) -> Iterator[Problem]:
    excepted = {field.name for field in spec.exceptions}
    personal = [name for name, column in table.columns.items() if column.personal and name not in excepted]
    if personal:
        message = f"every column is read, among them personal data: {', '.join(personal)}"
        path, cure = protect_instead(spec, personal)
        yield PERSONAL.at(spec.document, path, message, cure=cure)
    yield from taken(spec, table.columns)


def _personal(spec: Ingestion, field: Field, sort: str) -> Problem:
    cure = "Write `{name: " + field.name + ", protect: hash}` (or mask, drop), or give a `reason:`."
    message = f"`{field.name}` is personal data ({sort}) without protection"
    return PERSONAL.at(spec.document, field.path, message, cure=cure)


def _not_cut(spec: Ingestion, table: CatalogTable) -> Iterator[Problem]:
    """A key by which batches of rows cannot be made, or whose values nobody should see."""
    fields = {field.name: field for field in spec.fields or ()}
    if not table.key:
        message = f"`{spec.object}` has no key by which its rows could be cut into batches"
        yield NOT_CUT.at(*spec.place("batch_size"), message, cure="Delete `batch_size`.")
        return
    for name in table.key:
        field, column = fields.get(name), table.columns.get(name)
        protected = field is not None and field.protect
        personal = column is not None and column.personal and not (field and field.reason)
        if protected or personal:
            what = "protected" if protected else f"personal data ({column.personal if column else ''})"
            message = (
                f"`{name}` is {what}, and the plan and the manifest show the keys at which the table is cut"
            )
            cure = "Delete `batch_size`" + (
                ", or give the column a `reason:`." if personal and not protected else "."
            )
            yield NOT_CUT.at(*spec.place("batch_size"), message, cure=cure)


def _writes_dates(spec: Ingestion, table: CatalogTable) -> bool:
    """Whether a date is among what is written; unknown columns may be one, and a comparison writes when a row was found missing."""
    named = [field.name for field in spec.fields or () if not field.protect]
    protected = {field.name for field in spec.exceptions if field.protect}
    read = [name for name in table.columns if name not in protected] if spec.fields is None else named
    return bool(spec.compare_ids) or any(
        name not in table.columns or table.columns[name].clock for name in read
    )
