"""ING22x, ING238, ING335: in which form the data lands."""

from collections.abc import Iterable, Iterator, Sequence

from factory.model.ingestion import Ingestion
from factory.read.document import KeyPath
from factory.rules.problem import Problem
from factory.rules.rule import Rule

SNAPPY = Rule(
    "ING220", "snappy-without-parquet", "`compression: snappy` is for parquet, and the format is another.",
    "Snappy has no file format that readers of text agree on; inside parquet it is the usual choice.",
    wrong="object: Account\nwindow: full\nformat: csv\ncompression: snappy\n",
    right="object: Account\nwindow: full\nformat: parquet\ncompression: snappy\n", fixed=True,
)  # fmt: skip
DELETES = Rule(
    "ING221", "deletes-without-effect", "`deletes` says what to do with deleted rows, but they are not read.",
    "Deleted rows are only seen with `include_deleted: true`; without it none are written, whatever `deletes` says.",
    wrong="object: Account\nwindow: full\ndeletes: soft\n",
    right="object: Account\nwindow: full\ninclude_deleted: true\ndeletes: soft\n",
)  # fmt: skip
COMPARE_IDS = Rule(
    "ING222", "compare-ids-without-ids", "Ids are to be compared, but the rows do not hold them.",
    "The lake's rows are known by their field Id. A protected Id cannot be compared with the org's, and the rows of a"
    " query may be those of another object.",
    wrong="object: Account\nwindow: full\nfields: [Name]\ncompare_ids: 7 days\n",
    right="object: Account\nwindow: full\nfields: [Id, Name]\ncompare_ids: 7 days\n", fixed=True,
)  # fmt: skip
NO_DEMAND = Rule(
    "ING224", "expect-nothing", "An expectation that every run fulfils.",
    "No run has fewer than 0 rows, and none loses more than all of them. To lift a unit's expectation is an effect, and is accepted.",
    wrong="object: Account\nwindow: full\nexpect: {min_rows: 0}\n",
    right="object: Account\nwindow: full\nexpect: {min_rows: 1}\n",
)  # fmt: skip
NO_DATES = Rule(
    "ING335", "no-dates", "`coerce_to_timestamp` stands where no date is written.",
    "It writes dates and date-times as numbers. A protected value is no date any more.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, Name]\ncoerce_to_timestamp: true\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, Name, CloseDate]\ncoerce_to_timestamp: true\n",
)  # fmt: skip

TABLE = Rule(
    "ING226", "table-without-parquet", "The dataset is to be a table, but its format is not parquet.",
    "A table's files are registered as they are published, never written again, and SQL engines read Iceberg tables of Parquet.",
    wrong="object: Account\nwindow: full\nformat: csv\ntable: true\n",
    right="object: Account\nwindow: full\nformat: parquet\ntable: true\n",
)  # fmt: skip

TWICE = Rule(
    "ING227", "column-twice", "Two fields give columns of one name.",
    "Athena, Glue and many readers do not tell columns apart by their case; one of the two would be lost.",
    wrong="object: Account\nwindow: full\nfields: [Id, Name, {name: Website, as: name}]\n",
    right="object: Account\nwindow: full\nfields: [Id, Name, {name: Website, as: home_page}]\n", fixed=True,
)  # fmt: skip
NO_COLUMN = Rule(
    "ING228", "name-of-no-column", "A field that is left out has a name for its column.",
    "`protect: drop` leaves the field out, so there is no column that could have a name.",
    wrong="object: Account\nwindow: full\nfields: [Id, {name: Name, as: title, protect: drop}]\n",
    right="object: Account\nwindow: full\nfields: [Id, {name: Name, as: title}]\n", fixed=True,
)  # fmt: skip
NO_CSV = Rule(
    "ING229", "csv-without-effect", "`csv` stands beside another format, or says what is so anyhow.",
    "It says how CSV files are written: what stands between values, and whether a byte-order mark begins the file.",
    wrong="object: Account\nwindow: full\nformat: parquet\ncsv: {delimiter: ;}\n",
    right="object: Account\nwindow: full\nformat: csv\ncsv: {delimiter: ;}\n", fixed=True,
)  # fmt: skip
NO_LABEL = Rule(
    "ING238", "no-label", "The header is to have labels, and a column has none.",
    "Labels are those of the catalogue. A field of a parent, a column of a query and other sources have none; a column that is called by its"
    " label beside one that is not would be a riddle.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, Account.Name]\nformat: csv\ncsv: {header: labels}\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, {name: Account.Name, as: account_name}]\nformat: csv\ncsv: {header: labels}\n",
)  # fmt: skip
RULES = (NO_LABEL, SNAPPY, DELETES, COMPARE_IDS, NO_DEMAND, NO_DATES, TABLE, TWICE, NO_COLUMN, NO_CSV)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the form in which a spec's data lands."""
    if spec.says("compression") and spec.compression == "snappy" and spec.format != "parquet":
        message = f"snappy compresses parquet only, and the format is {spec.format}"
        yield SNAPPY.at(
            spec.document, ("compression",), message, cure="Write gzip or zstd, or `format: parquet`."
        )
    if spec.says("csv") and spec.format != "csv" and not spec.broken & {"csv", "format"}:
        message = f"`csv` has no effect: the format is {spec.format}"
        yield NO_CSV.at(
            spec.document, ("csv",), message, cure="Delete it, or write `format: csv`.", on_key=True
        )
    if spec.says("csv") and not spec.settings["csv"].covers and not _says_more(spec) and _is_csv(spec):
        message = "`csv` has no effect: files are written so anyhow"
        yield NO_CSV.at(spec.document, ("csv",), message, cure="Delete it.", on_key=True)
    if _is_csv(spec) and (spec.settings["csv"].value or {}).get("header"):
        yield from _labels(spec)
    if spec.says("deletes") and not spec.include_deleted and "include_deleted" not in spec.broken:
        message = f"`deletes: {spec.deletes}` has no effect: deleted rows are not read"
        yield DELETES.at(
            spec.document, ("deletes",), message, cure="Add `include_deleted: true`, or delete the line."
        )
    if spec.says("expect") and not spec.settings["expect"].covers:
        yield from _no_demands(spec)
    if "fields" not in spec.broken:
        yield from _columns(spec)
    if spec.says("compare_ids") and not spec.broken & {"fields", "query"} and not spec.holds_key:
        yield _no_ids(spec)
    if spec.says("table") and spec.table and spec.format != "parquet" and "format" not in spec.broken:
        message = f"a table is made of parquet, and the format is {spec.format}"
        cure = "Write `format: parquet`, or delete the line."
        yield TABLE.at(spec.document, ("table",), message, cure=cure, on_key=True)


def _columns(spec: Ingestion) -> Iterator[Problem]:
    """Columns that cannot be told apart, and names of columns that there are not."""
    fields = spec.named_fields
    if not any(field.called for field in fields):
        return  # names that differ in their case only are the source's own affair
    taken: dict[str, str] = {}
    if spec.record_time_added and "record_time_added" not in spec.broken:
        added = f"time_fetched_from_{spec.traits.kind}"
        taken[added] = "the time of reading"
    for field in fields:
        if field.protect == "drop" and field.called:
            message = f"`as` has no effect: {field.name} is left out"
            yield NO_COLUMN.at(
                spec.document, (*field.path[:-1], "as"), message, cure="Delete it.", on_key=True
            )
        elif field.protect != "drop":
            name = field.column.casefold()
            if name in taken:
                message = f"the column `{field.column}` is that of {taken[name]} already"
                place = (*field.path[:-1], "as") if field.called else field.path
                cure = "Name it once." if not field.called else "Give it another name."
                yield TWICE.at(spec.document, place, message, cure=cure)
            taken.setdefault(name, f"`{field.name}`")


def protect_instead(spec: Ingestion, names: Sequence[str]) -> tuple[KeyPath, str]:
    """Where a spec says that it reads every field, and how some of them are protected there."""
    if spec.exceptions:
        told = f"a bare name is left out, `{{name: {names[0]}, protect: hash}}` is protected"
        return ("fields", "except"), f"Add them to `except`: {told}."
    return ("object",), (
        f"Name the fields, and protect these: `{{name: {names[0]}, protect: hash}}`. Or write"
        f" `fields: {{all: true, except: [{', '.join(names)}]}}`."
    )


def _says_more(spec: Ingestion) -> bool:
    """Whether `csv` says something else than what is so anyhow."""
    return bool(spec.csv.to_dict() or (spec.settings["csv"].value or {}).get("header"))


def _labels(spec: Ingestion) -> Iterator[Problem]:
    """Columns without a label, and labels that two columns share."""
    document, path = spec.place("csv")
    if spec.query or not spec.about.labels:
        reason = "a query" if spec.query else f"{spec.traits.title}'s {spec.object}"
        message = f"the columns of {reason} have no labels in the catalogue"
        yield NO_LABEL.at(document, (*path, "header"), message, cure="Delete `header`; `as` names a column.")
        return
    for field in spec.fields or ():
        if field.protect != "drop" and not field.called and field.name not in spec.about.labels:
            cure = f"Name its column: `{{name: {field.name}, as: {field.name.replace('.', '_').lower()}}}`."
            message = f"`{field.name}` has no label in the catalogue"
            yield NO_LABEL.at(spec.document, field.path, message, cure=cure)
    seen: dict[str, str] = {}
    for name, label in spec.csv.labels.items():
        other = seen.setdefault(label.casefold(), name)
        if other != name:
            message = f"`{other}` and `{name}` have the label `{label}`"
            cure = f"Name one of them: `{{name: {name}, as: {name.lower()}}}`."
            yield TWICE.at(document, (*path, "header"), message, cure=cure)


def taken(spec: Ingestion, fields: Iterable[str]) -> Iterator[Problem]:
    """Names of columns that are those of other fields, where every field of the source is read."""
    own = {field.name for field in spec.exceptions if field.protect == "drop" or field.called}
    others = {name.casefold(): name for name in fields if name not in own}
    for field in spec.exceptions:
        other = others.get(field.called.casefold())
        if other and field.protect != "drop":
            message = f"the column `{field.called}` is that of `{other}` already"
            yield TWICE.at(spec.document, (*field.path[:-1], "as"), message, cure="Give it another name.")


def _is_csv(spec: Ingestion) -> bool:
    return spec.format == "csv" and "csv" not in spec.broken


def no_dates(spec: Ingestion) -> Problem:
    """The problem of dates to be written as numbers, where the source knows that no date is written."""
    message = "`coerce_to_timestamp` has no effect: none of the fields is written as a date"
    cure = "Delete it, or add a date to the fields."
    return NO_DATES.at(spec.document, ("coerce_to_timestamp",), message, cure=cure, on_key=True)


def _no_demands(spec: Ingestion) -> Iterator[Problem]:
    demands = {"min_rows": (spec.expect.min_rows, 0), "max_drop": (spec.expect.max_drop, 1)}
    for key, (value, nothing) in demands.items():
        if value == nothing:
            message = f"`{key}: {nothing}` has no effect: every run fulfils it"
            yield NO_DEMAND.at(
                spec.document, ("expect", key), message, cure="Delete it, or demand something."
            )


def _no_ids(spec: Ingestion) -> Problem:
    named = {field.name: field for field in spec.named_fields}
    missing = [] if spec.fields is None else [name for name in spec.about.key or () if name not in named]
    key = ", ".join(f"`{name}`" for name in missing or spec.about.key or ())
    if spec.query:
        reason, cure = (
            "the rows are those of a query",
            "Delete it, or use `fields` and `window` instead of the query.",
        )
    elif not spec.about.key:
        reason, cure = f"`{spec.object}` has no key", "Delete it, or give the table a primary key."
    elif missing:
        reason, cure = f"{key} is not among the fields", f"Add {key} to the fields, or delete the line."
    elif any(name in named and named[name].protect == "drop" for name in spec.about.key):
        reason, cure = f"{key} is left out", f"Read {key} unprotected, or delete the line."
    elif any(name in named and named[name].called for name in spec.about.key):
        reason, cure = f"{key} has a column of another name", f"Read {key} without `as`, or delete the line."
    else:
        reason, cure = f"{key} is protected", f"Read {key} unprotected, or delete the line."
    return COMPARE_IDS.at(
        spec.document, ("compare_ids",), f"ids cannot be compared: {reason}", cure=cure, on_key=True
    )
