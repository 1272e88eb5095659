"""Every kind of source, by the name that specs, units and compiled DAGs give it."""

from factory.command_failure import UsageFailure
from factory.near import near
from factory.sources.dynamodb.kind import DYNAMODB
from factory.sources.mysql.kind import MYSQL
from factory.sources.postgresql.kind import POSTGRESQL
from factory.sources.redshift.kind import REDSHIFT
from factory.sources.salesforce.kind import SALESFORCE
from factory.sources.seam import SourceKind

SOURCES: dict[str, SourceKind] = {
    kind.traits.kind: kind for kind in (SALESFORCE, POSTGRESQL, MYSQL, DYNAMODB, REDSHIFT)
}
DEFAULT = SALESFORCE


def kind_named(name: str | None) -> SourceKind:
    """The kind of a name that somebody typed; the usual one without a name.

    Raises:
        UsageFailure: there is none.
    """
    if name is None:
        return DEFAULT
    if name not in SOURCES:
        meant = near(name, SOURCES)
        raise UsageFailure(
            f"no source {name}; {f'did you mean {meant}? ' if meant else ''}There are {', '.join(SOURCES)}."
        )
    return SOURCES[name]
