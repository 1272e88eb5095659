"""`factory query`: SQL over the tables, by Athena, or by DuckDB on this machine, which reads publications that are no tables as well."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import sqlglot
from lake_ingest.errors import IngestionError
from lake_ingest.lake.failure import explained

from factory.chosen import in_environment
from factory.command_failure import Failure, UsageFailure
from factory.near import near
from factory.online.answer import FORMS, print_answer
from factory.online.athena import ask
from factory.online.lake_buckets import buckets_of
from factory.tree.workspace import NoWorkspaceError, load

Name = tuple[str, str]  # of a schema, and of a table in it


@dataclass(frozen=True)
class Lake:
    """What DuckDB is to read: a Glue and an S3 other than AWS's, and the specs whose publications have no table."""

    endpoint_url: str | None
    bucket: str | None
    configs: Path
    environment: str | None


def run(sql: str, workgroup: str | None, output_format: str, lake: Lake) -> int:
    """Ask, and print the answer.

    Args:
        sql: one SELECT.
        workgroup: of Athena; None for DuckDB.
        output_format: table, csv, json or parquet.
        lake: which only DuckDB asks.

    Raises:
        Failure: the query is refused or fails.
        UsageFailure: there is no such format, or a workgroup stands beside an endpoint.
    """
    if output_format not in FORMS:
        meant = near(output_format, tuple(FORMS))
        others = f"did you mean `{meant}`?" if meant else f"there are {', '.join(FORMS)}."
        raise UsageFailure(f"no format `{output_format}`; {others}")
    if workgroup and lake.endpoint_url:
        raise UsageFailure("--workgroup asks Athena, and --endpoint-url is read by DuckDB: give one of them.")
    session = boto3.Session()
    if session.get_credentials() is None:
        raise Failure("there are no AWS credentials: set AWS_PROFILE, or sign in with `aws sso login`.")
    try:
        with explained("ask for the tables"):
            if workgroup:
                print_answer(ask(session.client("athena"), sql, workgroup), output_format)
            else:
                with _by_duckdb(session, sql, lake) as rows:
                    print_answer(rows, output_format)
    except IngestionError as error:
        raise Failure(str(error)) from None
    return 0


@contextmanager
def _by_duckdb(session: boto3.Session, sql: str, lake: Lake) -> Iterator[Any]:
    try:
        import duckdb  # noqa: PLC0415 - who asks Athena need not have it

        from factory.online.lake_sql import lake_sql, locations_of, metadata_locations  # noqa: PLC0415
        from factory.online.published_views import show  # noqa: PLC0415
    except ImportError:
        raise Failure("DuckDB is not installed: pip install duckdb, or ask Athena by --workgroup.") from None
    glue = session.client("glue", endpoint_url=lake.endpoint_url)
    region = session.region_name or glue.meta.region_name
    asked = _asked(sql)
    tables = locations_of(glue, sorted(asked)) if asked else metadata_locations(glue)
    try:
        with lake_sql(tables, lake.endpoint_url, session.get_credentials(), region) as connection:
            for name, dataset in _published(asked - tables.keys(), lake).items():
                show(connection, name, dataset)
            found = connection.sql(sql)
            if found is None:
                raise Failure("the query gives no rows; write one SELECT.")
            yield found.to_arrow_reader()
    except duckdb.Error as error:
        raise Failure(f"DuckDB refuses the query: {error}") from None


def _asked(sql: str) -> set[Name]:
    """The tables of a schema that a query names; none where it asks what there is, or cannot be read, of which DuckDB says why."""
    try:
        named = sqlglot.parse_one(sql, dialect="duckdb").find_all(sqlglot.exp.Table)
    except sqlglot.errors.SqlglotError:
        return set()
    found = {(one.db.lower(), one.name.lower()) for one in named if one.db}
    return set() if any(schema == "information_schema" for schema, _ in found) else found


def _published(asked: Collection[Name], lake: Lake) -> Mapping[Name, Any]:
    """The datasets among some names that specs of the tree publish, and that are no tables."""
    from factory.online.published_views import datasets_of  # noqa: PLC0415 - as above

    if not asked:
        return {}
    try:
        tree = load(lake.configs)
    except NoWorkspaceError:
        return {}
    specs = [
        spec
        for spec in in_environment(tree, lake.environment).specs
        if not spec.unusable
        and {(spec.unit.name, spec.name), (spec.unit.name, f"{spec.name}_deleted")} & set(asked)
    ]
    if not specs:
        return {}
    buckets = buckets_of({spec.bucket for spec in specs}, lake.bucket, lake.endpoint_url)
    return {name: one for name, one in datasets_of(specs, buckets).items() if name in asked}
