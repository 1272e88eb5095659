"""ING244 to ING246: what the files of a publication are called, and the folders that they lie in."""

import re
from collections.abc import Iterator, Sequence

from lake_ingest.spec.object_key import COMPRESSION_SUFFIX, EXTENSIONS, extension

from factory.model.ingestion import Field, Ingestion
from factory.near import near
from factory.rules.problem import Problem
from factory.rules.rule import Rule

ONE_FILE = Rule(
    "ING244", "not-one-file", "`file_name` stands where a run publishes several files, or a table.",
    "Batches and folders of a partition are a file each, and two files cannot have one name. The files of a table are found by the table.",
    wrong="object: Opportunity\nwindow: {last: 6 months}\nbatch_size: 1 month\nformat: csv\nfile_name: deals.csv\n",
    right="object: Opportunity\nwindow: {last: 6 months}\nformat: csv\nfile_name: deals.csv\n", fixed=True,
)  # fmt: skip
OTHER_FORMAT = Rule(
    "ING245", "ending-of-another-format", "`file_name` ends as a file of another format does.",
    "Readers go by the ending: one that takes text for Parquet, or compressed text for plain, fails on it.",
    wrong="object: Account\nwindow: full\nformat: parquet\nfile_name: accounts.csv\n",
    right="object: Account\nwindow: full\nformat: parquet\nfile_name: accounts.parquet\n", fixed=True,
)  # fmt: skip
PARTITION = Rule(
    "ING246", "no-partition", "`partition_by` names no field whose values can name folders.",
    "Each value of the field is a folder, `country=DE/`, and its column is in no file. A protected value would stand in the folder's name,"
    " nearly every row has an own key, and amounts and instants are as good as never the same.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, StageName, Amount]\npartition_by: Amount\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, StageName, Amount]\npartition_by: StageName\n", fixed=True,
)  # fmt: skip
RULES = (ONE_FILE, OTHER_FORMAT, PARTITION)

# Types of sources, by how they begin, whose values are measures, moments, structures or bytes.
_NO_NAMES = re.compile(
    r"(double|currency|percent|datetime|time|address|location|complexvalue|base64|textarea"
    r"|numeric|decimal|real|float|money|interval|json|bytea|xml|uuid|(tiny|medium|long)?(blob|text$)|(var)?binary|point|array)",
    re.IGNORECASE,
)
_TEXT_IN_POSTGRESQL = ("text", "character varying")


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the names of a spec's files and folders."""
    if spec.file_name and "file_name" not in spec.broken:
        yield from _file_name(spec)
    if spec.partition_by and "partition_by" not in spec.broken:
        yield from _partition(spec)


def _file_name(spec: Ingestion) -> Iterator[Problem]:
    several = (
        "the dataset is a table" if spec.table else "",
        f"the window is read in batches of {spec.batch_size}" if spec.batch_size else "",
        "`partition_by` makes a file for each value" if spec.partition_by else "",
    )
    for reason in filter(None, several):
        message = f"`file_name` names one file, and {reason}"
        cure = "Delete it: the manifest of each publication names its files."
        yield ONE_FILE.at(spec.document, ("file_name",), message, cure=cure, on_key=True)
        return
    if spec.broken & {"format", "compression"} or spec.format not in EXTENSIONS:
        return
    right = extension(spec.format, spec.compression)
    ending = _ending(spec.file_name)
    if ending and ending != right:
        stem = spec.file_name[: -len(ending) - 1]
        packed = f", {spec.compression}" if spec.format != "parquet" and spec.compression != "none" else ""
        message = f"`.{ending}` is not the ending of {spec.format}{packed}"
        yield OTHER_FORMAT.at(spec.document, ("file_name",), message, instead=f"{stem}.{right}")


def _ending(name: str) -> str:
    """The ending of a file name that says a format or a compression: `csv.gz`; "" for any other."""
    known = "|".join(EXTENSIONS)
    packed = "|".join(re.escape(suffix) for suffix in COMPRESSION_SUFFIX.values())
    found = re.search(
        rf"\.(({known}|txt|tsv|xlsx?)?({packed}|\.zip|\.snappy)|{known}|xlsx?|tsv)$", name, re.IGNORECASE
    )
    return found[1].lstrip(".") if found else ""


def _partition(spec: Ingestion) -> Iterator[Problem]:
    name = spec.partition_by
    reason, cure = _reason(spec, name)
    if reason:
        yield PARTITION.at(spec.document, ("partition_by",), reason, cure=cure)


def _reason(spec: Ingestion, name: str) -> tuple[str, str]:
    """Why a field cannot name folders, and what to do; nothing where it can, as far as the catalogue knows."""
    if spec.table:
        return "a table finds its rows by the bounds of its files, not by folders", "Delete it."
    if re.fullmatch(r"dt|date|day|week|month|year|hour", name, re.IGNORECASE):
        told = "Each run has its folder already, `dt=<date>`, and `batch_size: 1 month` cuts files by the cursor. Name a field, or delete it."
        return f"`{name}` is no field", told
    named = {field.name: field for field in spec.named_fields}
    field, names = named.get(name), _names(spec)
    if names and name not in names:
        meant = near(name, names)
        told = f"Write `{meant}`." if meant else "Add it to the fields, or name one of them."
        return f"`{name}` is not among the fields that are read", told
    if field is not None and field.protect:
        said = (
            "is left out"
            if field.protect == "drop"
            else f"is protected ({field.protect}), and folders would show its values"
        )
        return f"`{name}` {said}", "Name another field."
    if spec.about.key == (name,):
        return f"`{name}` is the key: each row would have a folder of its own", "Name a field of few values."
    kind = spec.about.types.get(name, "")
    if _NO_NAMES.match(kind) and kind not in _TEXT_IN_POSTGRESQL:
        return (
            f"`{name}` is of type {kind}, and folders take texts, whole numbers, dates and true or false",
            "Name another field.",
        )
    if kind == "date" and spec.coerce_to_timestamp:
        return (
            f"`{name}` is a date, and `coerce_to_timestamp` writes dates as numbers",
            "Name another field, or delete one of the two keys.",
        )
    if len(_read(spec.fields)) == 1:
        return f"`{name}` is the only field, so the files would have no column", "Read another field too."
    return "", ""


def _names(spec: Ingestion) -> Sequence[str]:
    """The fields that may be named; none where the catalogue does not know them."""
    if spec.query:
        return ()
    return [field.name for field in spec.fields] if spec.fields is not None else list(spec.about.types)


def _read(fields: tuple[Field, ...] | None) -> Sequence[Field]:
    return [field for field in fields or () if field.protect != "drop"]
