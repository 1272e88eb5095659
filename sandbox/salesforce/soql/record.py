"""A row as one JSON text: parents nested, compounds as objects, attributes as REST gives them."""

from dataclasses import dataclass, field

from sandbox.salesforce.data.sql import literal
from sandbox.salesforce.schema.model import COMPOUND_TYPES, Field
from sandbox.salesforce.soql.from_clause import Source, Steps
from sandbox.salesforce.soql.names import NAME_OBJECT, Column, target_of
from sandbox.salesforce.soql.soql_text import as_json


@dataclass
class Node:
    """An object in the JSON; entries are SQL expressions or nested nodes, in the query's order."""

    steps: Steps
    entries: "dict[str, str | Node]" = field(default_factory=dict)


def add_value(node: Node, above: Steps, below: Steps, key: str, value: str) -> None:
    """Put a value where its path says: `below` leads from the node to it, `above` to the node itself."""
    for depth, step in enumerate(below):
        inner = node.entries.setdefault(str(step.relationship_name), Node((*above, *below[: depth + 1])))
        if not isinstance(inner, Node):
            raise TypeError(f"{step.relationship_name} is both a field and a relationship")
        node = inner
    node.entries[key] = value


def value_json(source: Source, column: Column, version: str) -> str:
    """The JSON of one value."""
    if column.field.type in COMPOUND_TYPES:
        return _compound_json(source, column)
    if column.field.type == "base64":
        path = literal(f'"/services/data/v{version}/sobjects/{column.owner.name}/')
        return f'({path} || {source.table(column.steps)}."Id" || {literal(f"/{column.field.name}")} || \'"\')'
    return as_json(column.field, source.column(column))


def _compound_json(source: Source, column: Column) -> str:
    """An object of the parts, or null where all parts are."""
    parts = column.owner.parts_of(column.field.name)
    columns = [source.expression(column.steps, column.owner, part) for part in parts]
    keys = [_part_key(column.field, part) for part in parts]
    pairs = [
        f"'\"{key}\":', {as_json(part, sql)}"
        for key, part, sql in sorted(zip(keys, parts, columns, strict=True))
    ]
    body = ", ',', ".join(pairs)
    return f"CASE WHEN coalesce({', '.join(f'{one}::VARCHAR' for one in columns)}) IS NULL THEN 'null' ELSE concat('{{', {body}, '}}') END"


def _part_key(compound: Field, part: Field) -> str:
    stem = (
        compound.name.removesuffix("__c") + "__" if compound.custom else compound.name.removesuffix("Address")
    )
    key = part.name.removesuffix("__s").removeprefix(stem)
    return key[0].lower() + key[1:]


def record_sql(node: Node, source: Source, version: str) -> str:
    """The SQL expression of a node's JSON text; no piece of it is NULL, which `concat` would leave out.

    One call of all pieces is planned and run several times as fast as a chain of `||`.
    """
    pieces = _attributes(node, source, version)
    for name, entry in node.entries.items():
        inner = record_sql(entry, source, version) if isinstance(entry, Node) else entry
        pieces += [json_key(name), inner]
    text = f"concat({', '.join(pieces)}, '}}')"
    if not node.steps:
        return text
    return f"CASE WHEN {source.table(node.steps)}.\"Id\" IS NULL THEN 'null' ELSE {text} END"


def json_key(name: str) -> str:
    """A further key of an object, with the comma before it, as an SQL literal."""
    return literal(f',"{name}":')


def _attributes(node: Node, source: Source, version: str) -> list[str]:
    """The opening brace and the first entry, in pieces."""
    table = source.table(node.steps)
    target = target_of(source.schema, node.steps[-1]) if node.steps else source.object
    start = literal(f'{{"attributes":{{"type":"{target.name}","url":"/services/data/v{version}/sobjects/')
    kind = f'{table}."Type"' if target is NAME_OBJECT else literal(target.name)
    return [start, kind, "'/'", f'{table}."Id"', "'\"}'"]
