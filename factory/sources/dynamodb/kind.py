"""DynamoDB as a kind of source: the one module that the rest of the compiler sees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lake_ingest.sources.dynamodb.options import Options

from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.traits import About, Traits
from factory.model.unit import Unit
from factory.rules.problem import Problem
from factory.sources.dynamodb import column_rules, window_rules
from factory.sources.dynamodb.forecast import forecast
from factory.sources.dynamodb.vocabulary import VOCABULARY
from factory.sources.seam import Offer, Online, SourceKind

_EXPORTS = "Delete it: an export holds the whole table, or every change of its window."
_LACKS = {
    "filter": f"{_EXPORTS} Choose the rows where they are read.",
    "query": f"{_EXPORTS} Write `fields`.",
    "cursor": "Delete it: DynamoDB itself stamps every write, and windows are made of these stamps.",
    "overlap": "Delete it: an export misses no write of its window, so there is nothing to reach back for.",
    "await_commits": "Delete it: every run waits until DynamoDB can export all of its window.",
    "one_snapshot": "Delete it: an export shows the table at one moment, or every change of a window.",
    "compare_ids": "Delete it: `include_deleted: true` lands the items that were deleted.",
}


@dataclass(frozen=True)
class _Tables:
    """Nothing is known of tables without asking: their items have no columns."""

    def names(self, connection: str) -> Sequence[str]:  # noqa: ARG002
        return ()

    def offers(self, connection: str, object_name: str) -> tuple[Offer, ...] | None:  # noqa: ARG002
        return None

    def offer(self, connection: str, object_name: str, path: str) -> Offer | None:  # noqa: ARG002
        return None

    def about(self, connection: str, object_name: str) -> About:  # noqa: ARG002
        return About()

    def check(self, spec: Ingestion) -> Iterator[Problem]:
        yield from window_rules.check(spec)
        yield from column_rules.check(spec)


def _online() -> Online:
    from factory.sources.dynamodb.online.commands import TableCommands  # noqa: PLC0415 - loads clients

    return TableCommands()


def _nothing_together(
    _group: Group, _units: Sequence[Unit], _specs: Sequence[Ingestion]
) -> Iterator[Problem]:
    """DynamoDB limits no calls that add up."""
    return iter(())


DYNAMODB = SourceKind(
    traits=Traits(
        kind="dynamodb",
        title="DynamoDB",
        operator="DynamoDBToS3Operator",
        called="the table",
        defaults={"cursor": None, "overlap": None},
        options=tuple(Options.__dataclass_fields__),
        lacks=_LACKS,
        declares_types=True,
    ),
    vocabulary=VOCABULARY,
    rules=(*window_rules.RULES, *column_rules.RULES),
    offline=lambda _configs, _group: _Tables(),
    check_tree=_nothing_together,
    forecast=forecast,
    filter_cost=lambda _object, _text: "",
    online=_online,
)
