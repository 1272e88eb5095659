"""Every kind of source, by the name that specs, units and compiled DAGs give it."""

from factory.sources.dynamodb.kind import DYNAMODB
from factory.sources.postgresql.kind import POSTGRESQL
from factory.sources.salesforce.kind import SALESFORCE
from factory.sources.seam import SourceKind

SOURCES: dict[str, SourceKind] = {kind.traits.kind: kind for kind in (SALESFORCE, POSTGRESQL, DYNAMODB)}
DEFAULT = SALESFORCE
