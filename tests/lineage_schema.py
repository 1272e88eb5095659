"""OpenLineage's published schema, as its publisher's own client for Python carries it, and an event held against it.

`openlineage.client.generated` is written by OpenLineage's generator out of https://openlineage.io/spec, a module for each document, in
the versions that `_schemaURL` names; msgspec makes JSON Schema of its classes again. Held more strictly than published: each facet says
the schema of its name, and a facet or a property that is not there is refused. Airflow's own facets say the schema of any facet, and
are held against it: their provider does not keep what its own documents of them ask for (`pool` of a task).
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Schema = dict[str, Any]

CORE = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
_ADDRESS = {"type": "string", "pattern": r"^https?://\S+$"}
_INSTANT = {"type": "string", "format": "date-time"}
# What the classes check by code of their own, or take from nobody but themselves.
_STRICTER: Mapping[str, Schema] = {
    "eventTime": _INSTANT,
    "nominalStartTime": _INSTANT,
    "nominalEndTime": _INSTANT,
    "runId": {"type": "string", "format": "uuid"},
    **dict.fromkeys(("producer", "schemaURL", "_producer", "_schemaURL"), _ADDRESS),
}
_BY_THEMSELVES = {"producer", "schemaURL", "_producer", "_schemaURL"}
# A facet's key is its class's name without its kind: `SchemaDatasetFacet` stands at `schema`. But for these.
_OTHERWISE = {
    "processingEngine": "processing_engine",
    "sQL": "sql",
    "datasource": "dataSource",
    "datasetVersion": "version",
}
# Airflow's own; the last one is of tasks that touch no dataset, such as a unit's watch.
_AIRFLOWS = (
    ("Job", "airflow"),
    *(
        ("Run", key)
        for key in (
            "airflow",
            "airflowDagRun",
            "airflowState",
            "airflow_mappedTask",
            "unknownSourceAttribute",
        )
    ),
)
# Subsets of datasets: a union that msgspec does not read. Nothing here sends one, and if it did, it would be refused.
_UNREAD = {"base_subset_dataset"}
# What a facet is of, by the class it is a kind of.
_KINDS = ("InputDatasetFacet", "OutputDatasetFacet", "DatasetFacet", "RunFacet", "JobFacet")
# What has properties that its schema does not name: each facet, held against its own; and Airflow's word on what triggered a run.
_OPEN = (*_KINDS, "JobDependency")


def validate(event: Mapping[str, Any]) -> None:
    """Raise jsonschema's ValidationError where the specification is not kept."""
    _hold(f"{CORE}#/$defs/RunEvent", event)
    for kind, name, facet in _facets(event):
        address = facets().get((kind, name))
        if facet.get("_schemaURL") != address:
            raise ValidationError(
                f"{name}, a facet of a {kind}: its schema is {address}, not {facet.get('_schemaURL')}"
            )
        _hold(address, facet)


def _facets(event: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Each facet with its kind and its key."""
    yield from (("Run", *one) for one in event["run"].get("facets", {}).items())
    yield from (("Job", *one) for one in event["job"].get("facets", {}).items())
    for dataset in chain(event.get("inputs", ()), event.get("outputs", ())):
        yield from (("Dataset", *one) for one in dataset.get("facets", {}).items())
        yield from (("InputDataset", *one) for one in dataset.get("inputFacets", {}).items())
        yield from (("OutputDataset", *one) for one in dataset.get("outputFacets", {}).items())


def _hold(address: str, value: Any) -> None:
    Draft202012Validator(
        {"$ref": address}, registry=_registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


@cache
def facets() -> Mapping[tuple[str, str], str]:
    """Where the schema of each facet is, by its kind and its key."""
    found = {}
    for one in chain.from_iterable(_modules()):
        kind = next((base.__name__ for base in one.__mro__[1:] if base.__name__ in _KINDS), None)
        if kind:
            key = next(one.__name__.removesuffix(end) for end in _KINDS if one.__name__.endswith(end))
            key = key[0].lower() + key[1:]
            found[kind.removesuffix("Facet"), _OTHERWISE.get(key, key)] = one._get_schema()
    return found | {(kind, key): f"{CORE}#/$defs/{kind}Facet" for kind, key in _AIRFLOWS}


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resources(
        (address, Resource.from_contents(document, default_specification=DRAFT202012))
        for address, document in _documents().items()
    )


@cache
def _documents() -> Mapping[str, Schema]:
    """The documents of openlineage.io, by their address."""
    found: dict[str, Schema] = {}
    for classes in _modules():
        _, components = msgspec.json.schema_components(classes, ref_template="#/$defs/{name}")
        for address in {one._get_schema().partition("#")[0] for one in classes}:
            found[address] = {
                "$id": address,
                "$defs": {name: _strict(one) for name, one in components.items()},
            }
    return found


@cache
def _modules() -> Sequence[Sequence[Any]]:
    """The generated classes that a document has, by their module."""
    from openlineage.client import generated  # noqa: PLC0415 - not with every Airflow

    names = {module.name for module in pkgutil.iter_modules(generated.__path__)} - _UNREAD
    modules = [importlib.import_module(f"{generated.__name__}.{name}") for name in names]
    return [
        [
            one
            for _, one in inspect.getmembers(module, inspect.isclass)
            if one.__module__ == module.__name__ and hasattr(one, "_get_schema")
        ]
        for module in modules
    ]


def _strict(schema: Any) -> Any:
    """A class's schema as what is sent has to keep it: the client leaves out what is None, and always says who and by what schema."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if {"type": "null"} in schema.get("anyOf", ()):
        [schema] = [one for one in schema["anyOf"] if one != {"type": "null"}]
    schema = {key: _strict(one) for key, one in schema.items() if key != "default"}
    if "properties" in schema:
        properties = {name: _STRICTER.get(name, one) for name, one in schema["properties"].items()}
        required = [*schema.get("required", ()), *(properties.keys() & _BY_THEMSELVES)]
        schema |= {
            "properties": properties,
            "required": required,
            "additionalProperties": schema.get("title") in _OPEN,
        }
    return schema
