"""Salesforce as a kind of source: the one module that the rest of the compiler sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lake_ingest.sources.salesforce.field_types import COMPOUND_TYPES
from lake_ingest.sources.salesforce.options import DEFAULT_CURSOR, Options

from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.traits import About, Traits
from factory.rules.problem import Problem
from factory.sources.salesforce import (
    call_rules,
    catalog_rules,
    dates_written,
    deleted_rows,
    labels,
    query_catalog_rules,
    query_checks,
    query_rules,
)
from factory.sources.salesforce.catalog import Catalog, open_catalog, resolve
from factory.sources.salesforce.catalog_object import CatalogField
from factory.sources.salesforce.filter_cost import filter_cost
from factory.sources.salesforce.forecast import forecast
from factory.sources.salesforce.vocabulary import VOCABULARY
from factory.sources.seam import Offer, Online, SourceKind


@dataclass(frozen=True)
class _Org:
    """An org, as its catalogue knows it."""

    catalog: Catalog

    def names(self, connection: str) -> Sequence[str]:  # noqa: ARG002 - the group has one org
        return self.catalog.names

    def offers(self, connection: str, object_name: str) -> tuple[Offer, ...] | None:  # noqa: ARG002 - as above
        one = self.catalog.object(object_name)
        if one is None:
            return None
        return tuple(_offer(field.name, field) for field in one.fields.values())

    def offer(self, connection: str, object_name: str, path: str) -> Offer | None:  # noqa: ARG002 - as above
        one = self.catalog.object(object_name)
        field = resolve(one, path, self.catalog) if one else None
        return _offer(path, field) if isinstance(field, CatalogField) else None

    def about(self, connection: str, object_name: str) -> About:  # noqa: ARG002 - as above
        one = self.catalog.object(object_name)
        dates = (field.name for field in one.fields.values() if field.type == "date") if one else ()
        labels = {name: field.label or name for name, field in one.fields.items()} if one else {}
        types = {name: field.type for name, field in one.fields.items()} if one else {}
        personal = (
            {field.name: "personal" for field in one.fields.values() if field.may_be_personal} if one else {}
        )
        cursor = one.cursor if one and one.cursor != DEFAULT_CURSOR else ""
        return About(_KEY, frozenset(dates), cursor=cursor, labels=labels, types=types, personal=personal)

    def check(self, spec: Ingestion) -> Iterator[Problem]:
        yield from labels.check(spec, self.catalog)
        yield from query_checks.check(spec, self.catalog)
        yield from catalog_rules.check(spec, self.catalog)
        yield from deleted_rows.check(spec, self.catalog)
        yield from dates_written.check(spec, self.catalog)


def _offer(path: str, field: CatalogField) -> Offer:
    return Offer(path, field.label, field.may_be_personal, _is_usual(field), field.type)


def _is_usual(field: CatalogField) -> bool:
    return field.type not in (*COMPOUND_TYPES, "base64") and field.filterable and not field.may_be_personal


def _offline(configs: Path, group: Group) -> _Org:
    return _Org(open_catalog(configs, group))


def _online() -> Online:
    from factory.sources.salesforce.online.commands import OrgCommands  # noqa: PLC0415 - loads HTTP clients: 0.3 s

    return OrgCommands()


_KEY = ("Id",)
_LACKS = {
    "one_snapshot": "Delete it: Salesforce has no snapshots. `await_commits: true` waits for changes that are not committed."
}
_OF_THE_ORG = "api_version"  # which group.yaml says, not a spec

SALESFORCE = SourceKind(
    traits=Traits(
        kind="salesforce",
        title="Salesforce",
        operator="SalesforceToS3Operator",
        of_group=lambda group: {_OF_THE_ORG: group.api_version},
        called="the org",
        counts_calls=True,
        committed=DEFAULT_CURSOR,
        defaults={"cursor": DEFAULT_CURSOR},
        lacks=_LACKS,
        options=tuple(name for name in Options.__dataclass_fields__ if name != _OF_THE_ORG),
    ),
    vocabulary=VOCABULARY,
    rules=(
        *query_rules.RULES,
        *catalog_rules.RULES,
        *deleted_rows.RULES,
        *query_catalog_rules.RULES,
        *call_rules.RULES,
    ),
    offline=_offline,
    check_tree=call_rules.check,
    forecast=forecast,
    filter_cost=filter_cost,
    online=_online,
)
