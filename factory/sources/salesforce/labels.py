"""Labels, as users of Salesforce see them, where API names belong."""

import re
from collections.abc import Iterator

from factory.model.ingestion import Ingestion
from factory.read.document import KeyPath
from factory.rules.keys import MALFORMED
from factory.rules.problem import Problem
from factory.sources.salesforce.catalog import Catalog
from factory.sources.salesforce.catalog_object import CatalogObject

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_OF_NAMES = {
    "opportunityproduct": "OpportunityLineItem",
    "orderproduct": "OrderItem",
    "activity": "Task",
    "contactrole": "OpportunityContactRole",
}


_CURSORS = {
    "modifieddate modified lastmodified updated updateddate lastupdate lastupdated changed dateofchange modificationdate": "LastModifiedDate",
    "created creationdate datecreated createddatetime": "CreatedDate",
    "systemmodstamp modstamp systemmodified timestamp": "SystemModstamp",
}


def check(spec: Ingestion, catalog: Catalog) -> Iterator[Problem]:
    """Values of `object` and `fields` that cannot be API names, and are labels of the catalogue."""
    written = spec.document.mapping
    name = written.get("object")
    if isinstance(name, str) and "object" in spec.broken and not _NAME.fullmatch(name):
        meant = object_name(name, catalog)
        if meant:
            message = f"`{name}` is the label of an object, not its API name"
            yield MALFORMED.at(spec.document, ("object",), message, instead=meant)
            name = meant
    one = catalog.object(str(name)) if name else None
    cursor = written.get("cursor")
    if (
        one
        and isinstance(cursor, str)
        and "cursor" in spec.broken
        and (meant := _cursor(cursor, one, catalog))
    ):
        yield MALFORMED.at(
            spec.document, ("cursor",), f"`{cursor}` is not the API name of a field", instead=meant
        )
    fields = written.get("fields")
    if one is None or "fields" not in spec.broken or not isinstance(fields, list):
        return
    for index, field in enumerate(fields):
        text = field.get("name") if isinstance(field, dict) else field
        path: KeyPath = ("fields", index, "name") if isinstance(field, dict) else ("fields", index)
        if isinstance(text, str) and not _NAME.fullmatch(text):
            yield from _field(spec, path, text, one, catalog)


def _field(
    spec: Ingestion, path: KeyPath, text: str, one: CatalogObject, catalog: Catalog
) -> Iterator[Problem]:
    meant = field_name(text, one, catalog) if _bare(text) and text[0] not in "-!^~" else ""
    parts = re.split(r"[\s;,|]+", text.strip())
    if meant:
        spoken = re.search(r"\w\W+\w", text) and not re.search(r"[/>\\]", text)
        said = "is the label of a field, not its API name" if spoken else "is not the API name of a field"
        yield MALFORMED.at(spec.document, path, f"`{text}` {said}", instead=meant)
    elif len(parts) > 1 and all(one.field(part) for part in parts):
        message = f"`{text}` names several fields, not one"
        yield MALFORMED.at(spec.document, path, message, instead=", ".join(parts), sure=True)


def _cursor(text: str, one: CatalogObject, catalog: Catalog) -> str:
    return field_name(text, one, catalog) or next(
        (name for words, name in _CURSORS.items() if _bare(text) in words.split() and one.field(name)), ""
    )


def object_name(text: str, catalog: Catalog) -> str:
    """The object of a label, singular or plural; "" where the catalogue has none."""
    wanted = _bare(text)
    by_name = {_bare(name.removesuffix("__c")): name for name in catalog.names}
    singular = [wanted, wanted.removesuffix("s"), wanted.removesuffix("es"), re.sub("ies$", "y", wanted)]
    for word in singular:
        found = by_name.get(word) or _OF_NAMES.get(word)
        if found in catalog.names:
            return found
    for name in catalog.names:
        one = catalog.object(name)
        if one is not None and one.label and _bare(one.label) in singular:
            return name
    return ""


def field_name(text: str, one: CatalogObject, catalog: Catalog) -> str:
    """The field of a label, with the parent's where it begins with one; "" where the object has none."""
    wanted = _bare(text)
    for field in one.fields.values():
        if wanted in (_bare(field.label), _bare(field.name), _bare(field.name.removesuffix("__c"))):
            return field.name
    words = re.split(r"[\s/\\>:-]+", text.strip())
    for count in range(len(words) - 1, 0, -1):
        reference = one.parent("".join(words[:count])) or one.parent("_".join(words[:count]) + "__r")
        if reference is None:
            continue
        rest = " ".join(words[count:])
        parent = catalog.object(reference.parents[0]) if reference.parents else None
        inner = field_name(rest, parent, catalog) if parent else ""
        if not inner and _bare(rest) in ("name", "fullname"):
            inner = "Name"
        if inner:
            return f"{reference.relationship}.{inner}"
    return ""


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
