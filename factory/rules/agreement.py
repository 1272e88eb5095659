"""ING4xx: what a unit may read, and where it may write."""

import re
from collections.abc import Iterator

from factory.model.folder import overlapping
from factory.model.ingestion import Ingestion
from factory.model.unit import Unit
from factory.near import near
from factory.rules.example import UNIT
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_RIGHT = "object: Account\nwindow: full\n"

NO_UNIT = Rule(
    "ING401", "no-unit", "A folder of specs has no unit.yaml.",
    "Without it nobody is responsible for the specs, and nothing says what they may read and where they may write.",
    wrong="", right=UNIT, fixed=True, example="unit.yaml",
)  # fmt: skip
UNIT_NAME = Rule(
    "ING402", "unit-name", "The unit's name is not that of its folder.",
    "The folder's name is the first half of every DAG id, so two names for one unit would mislead.",
    wrong=UNIT.replace("name: finance", "name: financial"), right=UNIT, fixed=True, example="unit.yaml",
)  # fmt: skip
SPEC_NAME = Rule(
    "ING403", "spec-name", "The file's name cannot be the second half of a DAG id, or two files share it.",
    "The DAG is called `<unit>.<file name>`; Airflow would silently keep one of two DAGs of the same id.",
    wrong=_RIGHT, right=_RIGHT, fixed=True, example="Example-1.yaml",
)  # fmt: skip
OBJECT = Rule(
    "ING404", "object-not-allowed", "The unit may not read this object.",
    "Which objects a unit reads is agreed in its unit.yaml, where a reviewer sees it.",
    wrong="object: Lead\nwindow: full\n", right=_RIGHT, fixed=True,
)  # fmt: skip
CONNECTION = Rule(
    "ING405", "connection-not-allowed", "The unit does not have this connection.",
    "A run reads whatever the connection's user may read, so a unit uses only the connections that it was given.",
    wrong=_RIGHT + "connection: salesforce_sales\n", right=_RIGHT + "connection: salesforce_default\n", fixed=True,
)  # fmt: skip
BUCKET = Rule(
    "ING406", "bucket-not-allowed", "The bucket is not one of the unit's.",
    "A unit writes into its own buckets only: `destination.bucket` and `buckets` of its unit.yaml.",
    wrong=_RIGHT + "destination: {bucket: other-bucket}\n", right=_RIGHT + "destination: {prefix: accounts}\n", fixed=True,
)  # fmt: skip
FORMAT = Rule(
    "ING407", "format-not-allowed", "The unit does not write this format.",
    "The unit's readers expect the formats that its unit.yaml lists.",
    wrong=UNIT + "formats: [parquet]\ndefaults: {format: csv}\n", right=UNIT + "formats: [parquet]\ndefaults: {format: parquet}\n",
    fixed=True, example="unit.yaml",
)  # fmt: skip
PREFIX_CLASH = Rule(
    "ING408", "prefix-clash", "Two specs write under one folder.",
    "Each run would delete the other's files, because it takes them for stale ones.",
    wrong=_RIGHT + "destination: {prefix: neighbour}\n", right=_RIGHT + "destination: {prefix: accounts}\n", fixed=True,
)  # fmt: skip
UNIT_CLASH = Rule(
    "ING409", "unit-prefix-clash", "Two units write under one folder of the same bucket.",
    "A unit's role may write below its prefix, so one would be able to overwrite the other.",
    wrong=UNIT.replace("prefix: finance", "prefix: neighbours/finance"), right=UNIT, fixed=True, example="unit.yaml",
)  # fmt: skip
PROTECT_KEY = Rule(
    "ING410", "no-protect-key", "A field is hashed, but the unit has no key.",
    "A hash without a key can be undone by trying e-mail addresses; a key that only the unit has prevents that.",
    wrong="object: Contact\nwindow: full\nfields: [Id, {name: Email, protect: hash}]\n",
    right="object: Contact\nwindow: full\nfields: [Id, {name: Email, protect: drop}]\n", fixed=True,
)  # fmt: skip
ALL_OBJECTS = Rule(
    "ING411", "all-objects", "The unit may read every object, without a reason.",
    "The wildcard also covers objects that do not exist yet.",
    wrong=UNIT.replace("[Account, Contact, Opportunity]", '"*"'),
    right=UNIT.replace("[Account, Contact, Opportunity]", '"*"') + "objects_reason: It keeps the archive of the whole org\n",
    fixed=True, example="unit.yaml",
)  # fmt: skip
MISPLACED = Rule(
    "ING412", "misplaced-file", "A YAML file lies where no spec is read from.",
    "Specs are the files directly in a unit's folder; one that lies deeper or higher would silently make no DAG.",
    wrong=_RIGHT, right=_RIGHT, fixed=True, example="deeper/example.yaml",
)  # fmt: skip

RULES = (MISPLACED, NO_UNIT, UNIT_NAME, SPEC_NAME, OBJECT, CONNECTION, BUCKET, FORMAT, PREFIX_CLASH, UNIT_CLASH, PROTECT_KEY, ALL_OBJECTS)  # fmt: skip

_SPEC_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def check(spec: Ingestion) -> Iterator[Problem]:
    """What a spec takes that its unit was not given."""
    unit = spec.unit
    if not _SPEC_NAME.fullmatch(spec.name):
        cure = "Rename the file: small letters, digits and `_`, beginning with a letter."
        yield SPEC_NAME.at(spec.document, (), f"`{spec.name}` cannot be a part of a DAG id", cure=cure)
    if spec.object and not unit.may_read(spec.traits, spec.object):
        given = unit.objects.get(spec.traits.kind) or ()
        yield from _not_given(spec, OBJECT, "object", spec.object, given, "objects")
    if "connections" not in unit.broken:
        yield from _connection(spec, unit.sources.get(spec.traits.kind, ()))
    if unit.formats is not None:
        yield from _not_given(spec, FORMAT, "format", spec.format, unit.formats, "formats")
    if not {"destination", "buckets"} & (unit.broken | spec.broken):
        yield from _not_given(spec, BUCKET, "destination", spec.bucket, unit.all_buckets, "buckets")
    if not unit.protect_key and "protect_key" not in unit.broken:
        yield from _unkeyed(spec)


def _connection(spec: Ingestion, given: tuple[str, ...]) -> Iterator[Problem]:
    if spec.settings["connection"].value:
        yield from _not_given(spec, CONNECTION, "connection", spec.connection, given, "connections")
    elif not given:
        kind = spec.traits.kind
        path = ("source",) if spec.says("source") else ("object",)
        message = f"{spec.unit.name} has no connection to {spec.traits.title}"
        cure = (
            f"Add `{kind}: <the id of an Airflow connection>` to `connections` in {spec.unit.document.path}."
        )
        yield CONNECTION.at(spec.document, path, message, cure=cure)


def check_unit(unit: Unit) -> Iterator[Problem]:
    """What is wrong with a unit itself."""
    if "name" not in unit.broken and unit.declared_name != unit.name:
        message = f"the unit is called `{unit.declared_name}`, its folder `{unit.name}`"
        yield UNIT_NAME.at(unit.document, ("name",), message, cure="Give both the same name.")
    unreachable = [kind for kind in unit.objects if kind not in unit.sources]
    if unreachable and not {"objects", "connections"} & unit.broken:
        path = ("objects", unreachable[0]) if len(unit.objects) > 1 else ("objects",)
        message = f"objects of {unreachable[0]} are listed, and the unit has no connection to it"
        cure = f"Add `{unreachable[0]}:` to `connections`, or delete them."
        yield CONNECTION.at(unit.document, path, message, cure=cure)
    whole = any(allowed is None for allowed in unit.objects.values())
    if whole and "objects" not in unit.broken and not unit.objects_reason:
        message = "the unit may read every object, and does not say why"
        cure = "Name the objects, or add `objects_reason:`."
        yield ALL_OBJECTS.at(unit.document, ("objects",), message, cure=cure)


def check_specs(unit: Unit, specs: tuple[Ingestion, ...]) -> Iterator[Problem]:
    """What is wrong between the specs of one unit."""
    yield from _same_name(specs)
    placed = [spec for spec in specs if "destination" not in spec.broken | unit.broken]
    for spec, other in overlapping((folder, one) for one in placed for folder in one.folders):
        message = f"it writes to {_folders(spec)}, and {other.dag_id} to {_folders(other)}"
        path = ("destination", "prefix") if spec.says("destination") else ("object",)
        yield PREFIX_CLASH.at(spec.document, path, message, cure="Give `destination.prefix` another value.")


def _folders(spec: Ingestion) -> str:
    return " and ".join(f"`{folder.prefix}`" for folder in spec.folders)


def check_units(units: tuple[Unit, ...]) -> Iterator[Problem]:
    """What is wrong between units."""
    placed = [unit for unit in units if "destination" not in unit.broken]
    pairs = overlapping((folder, unit) for unit in placed for folder in unit.folders)
    for unit, other in {(one.name, two.name): (one, two) for one, two in pairs}.values():
        message = f"`{unit.prefix}` overlaps with `{other.prefix}`, the folder of {other.name}"
        yield UNIT_CLASH.at(
            unit.document, ("destination", "prefix"), message, cure="Give the unit a folder of its own."
        )


def _same_name(specs: tuple[Ingestion, ...]) -> Iterator[Problem]:
    by_name: dict[str, Ingestion] = {}
    for spec in specs:
        first = by_name.setdefault(spec.name, spec)
        if first is not spec:
            message = f"the DAG {spec.dag_id} is also made of {first.document.path}"
            yield SPEC_NAME.at(spec.document, (), message, cure="Rename one of the two files.")


def _not_given(
    spec: Ingestion, rule: Rule, key: str, value: str, given: tuple[str, ...], where: str
) -> Iterator[Problem]:
    if value in given or key in spec.broken:
        return
    document, path = spec.place(key)
    meant = near(value, [one for one in given if not one.endswith("*")])
    yield rule.at(
        document, (*path, "bucket") if key == "destination" else path, f"`{value}` is not among the `{where}` of {spec.unit.name}",
        near=meant, instead=meant, cure=f"The unit has {', '.join(given) or 'none'}; to use another, add it to `{where}` in {spec.unit.document.path}.",
    )  # fmt: skip


def _unkeyed(spec: Ingestion) -> Iterator[Problem]:
    for field in spec.named_fields if "fields" not in spec.broken else ():
        if field.protect == "hash":
            message = f"`{field.name}` is hashed, but {spec.unit.name} has no `protect_key`"
            cure = (
                f"Name the connection that holds the key in {spec.unit.document.path}, or write mask or drop."
            )
            yield PROTECT_KEY.at(spec.document, (*field.path[:-1], "protect"), message, cure=cure)
