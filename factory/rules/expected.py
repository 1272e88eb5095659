"""ING23x: what the values of columns are expected to be."""

from collections.abc import Iterator
from decimal import Decimal

from factory.model.ingestion import Ingestion
from factory.near import near
from factory.rules.problem import Problem
from factory.rules.rule import Rule

NOT_READ = Rule(
    "ING232", "expect-of-no-field", "`expect.columns` names a field that is not read.",
    "Rules are held against the fields that the spec reads, by the source's own names; a dropped field is not read.",
    wrong="object: Account\nwindow: full\nfields: [Id, Name]\nexpect:\n  columns:\n    Nmae: {not_null: true}\n",
    right="object: Account\nwindow: full\nfields: [Id, Name]\nexpect:\n  columns:\n    Name: {not_null: true}\n",
)  # fmt: skip
UNIQUE = Rule(
    "ING233", "unique-in-batches", "`unique` cannot be held across batches.",
    "Each batch is read by a task of its own, which does not know the values of the others.",
    wrong="object: Account\nwindow: {last: 6 months}\nbatch_size: 1 month\nexpect:\n  columns:\n    Name: {unique: true}\n",
    right="object: Account\nwindow: {last: 6 months}\nexpect:\n  columns:\n    Name: {unique: true}\n",
)  # fmt: skip
BACKWARDS = Rule(
    "ING234", "between-nothing", "The least value of `between` is larger than the largest.",
    "No value lies between the two, so every run with a row would fail.",
    wrong="object: Opportunity\nwindow: full\nfields: [Id, Amount]\nexpect:\n  columns:\n    Amount: {between: [10, 1]}\n",
    right="object: Opportunity\nwindow: full\nfields: [Id, Amount]\nexpect:\n  columns:\n    Amount: {between: [1, 10]}\n",
)  # fmt: skip
RULES = (NOT_READ, UNIQUE, BACKWARDS)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the rules of a spec's columns."""
    if "expect" in spec.broken:
        return
    document, path = spec.place("expect")
    for name, rules in spec.expect.columns.items():
        where = (*path, "columns", name)
        if "fields" not in spec.broken:
            yield from _not_read(spec, name)
        if rules.unique and spec.batch_size:
            message = "values that are unique are not looked for across batches"
            cure = "Delete the rule, or `batch_size`."
            yield UNIQUE.at(document, (*where, "unique"), message, cure=cure, on_key=True)
        if rules.between and _is_backwards(*rules.between):
            message = f"nothing lies between {rules.between[0]} and {rules.between[1]}"
            yield BACKWARDS.at(document, (*where, "between"), message, cure="Write the least value first.")


def _not_read(spec: Ingestion, name: str) -> Iterator[Problem]:
    read = [field for field in spec.named_fields if field.protect != "drop"]
    dropped = {field.name for field in spec.exceptions} - {field.name for field in read}
    if (spec.fields is None and name not in dropped) or name in {field.name for field in read}:
        return
    document, path = spec.place("expect")
    own = next((field.name for field in read if field.called == name), "")
    meant = own or near(name, [field.name for field in read])
    cure = f"Write `{meant}`." if meant else "Add it to `fields`, or delete the rule."
    why = ": it is what a column is called, and rules go by the field" if own else ""
    message = f"`{name}` is not a field that this spec reads{why}"
    yield NOT_READ.at(document, (*path, "columns", name), message, cure=cure, on_key=True)


def _is_backwards(low: str, high: str) -> bool:
    try:
        return Decimal(low) > Decimal(high)
    except ArithmeticError:  # dates
        return low > high
