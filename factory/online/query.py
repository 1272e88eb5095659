"""`factory query`: SQL over the tables, by Athena, or by DuckDB on this machine."""

import boto3
from lake_ingest.errors import IngestionError
from lake_ingest.lake.failure import explained

from factory.command_failure import Failure, UsageFailure
from factory.near import near
from factory.online.answer import FORMS, print_answer
from factory.online.athena import ask


def run(sql: str, workgroup: str | None, endpoint_url: str | None, output_format: str) -> int:
    """Ask, and print the answer.

    Args:
        sql: one SELECT.
        workgroup: of Athena; None for DuckDB.
        endpoint_url: of a Glue and S3 other than AWS's, which only DuckDB asks.
        output_format: table, csv, json or parquet.

    Raises:
        Failure: the query is refused or fails.
        UsageFailure: there is no such format, or a workgroup stands beside an endpoint.
    """
    if output_format not in FORMS:
        meant = near(output_format, tuple(FORMS))
        others = f"did you mean `{meant}`?" if meant else f"there are {', '.join(FORMS)}."
        raise UsageFailure(f"no format `{output_format}`; {others}")
    if workgroup and endpoint_url:
        raise UsageFailure("--workgroup asks Athena, and --endpoint-url is read by DuckDB: give one of them.")
    session = boto3.Session()
    if session.get_credentials() is None:
        raise Failure("there are no AWS credentials: set AWS_PROFILE, or sign in with `aws sso login`.")
    try:
        with explained("ask for the tables"):
            if workgroup:
                print_answer(ask(session.client("athena"), sql, workgroup), output_format)
            else:
                _by_duckdb(session, sql, endpoint_url, output_format)
    except IngestionError as error:
        raise Failure(str(error)) from None
    return 0


def _by_duckdb(session: boto3.Session, sql: str, endpoint_url: str | None, output_format: str) -> None:
    try:
        import duckdb  # noqa: PLC0415 - who asks Athena need not have it

        from factory.online.lake_sql import lake_sql, metadata_locations  # noqa: PLC0415
    except ImportError:
        raise Failure("DuckDB is not installed: pip install duckdb, or ask Athena by --workgroup.") from None
    glue = session.client("glue", endpoint_url=endpoint_url)
    region = session.region_name or glue.meta.region_name
    try:
        with lake_sql(
            metadata_locations(glue), endpoint_url, session.get_credentials(), region
        ) as connection:
            found = connection.sql(sql)
            if found is None:
                raise Failure("the query gives no rows; write one SELECT.")
            print_answer(found.to_arrow_reader(), output_format)
    except duckdb.Error as error:
        raise Failure(f"DuckDB refuses the query: {error}") from None
