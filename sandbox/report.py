"""What `make run` prints at its end."""

from collections.abc import Sequence

from factory.online.lake_sql import lake_sql, metadata_locations
from sandbox.landed import Publication
from sandbox.object_store import ObjectStore
from sandbox.watch import RunProgress

UNIT, TABLE = "billing", "invoice_current"
QUESTION = """
    SELECT status,
           count(*) AS invoices,
           sum(gross) AS gross
    FROM {database}.{table}
    GROUP BY ALL
    ORDER BY invoices DESC
"""


def landed(publications: Sequence[Publication], runs: Sequence[RunProgress]) -> str:
    """A line for each publication, its object keys below it; seconds are those of the whole DAG run."""
    seconds = {item.run.dag_id: item.run.seconds for item in runs}
    lines = [_line("unit", "DAG", "window", "rows", "bytes", "seconds", "API calls")]
    for publication in publications:
        body = publication.body
        lines.append(
            _line(
                body["unit"],
                body["name"],
                publication.window,
                f"{body['rows']:,}",
                f"{body['bytes']:,}",
                f"{seconds.get(body['dag_id'], 0):.0f}",
                f"{body['calls']}",
            )
        )
        lines += [f"    {key}" for key in publication.keys]
    return "\n" + "\n".join(lines) + "\n"


def answer(store: ObjectStore) -> str:
    """The original ended with a query over the S3 objects; this ends with one over a table. Empty where there is no such table."""
    session = store.session()
    tables = metadata_locations(session.client("glue", endpoint_url=store.endpoint_url))
    database = next((one for one, table in tables if table == TABLE and one.startswith(UNIT)), None)
    if database is None:
        return ""
    question = QUESTION.format(database=database, table=TABLE)
    table = lake_sql(tables, store.endpoint_url, session.get_credentials()).sql(question)
    sql = "\n".join(line.removeprefix("    ") for line in question.strip("\n").splitlines())
    return f"SQL over the table {database}.{TABLE}, by DuckDB:\n\n{sql}\n\n{table}"


def _line(unit: str, dag: str, window: str, rows: str, size: str, seconds: str, calls: str) -> str:
    return f"{unit:<17} {dag:<19} {window:<41} {rows:>9} {size:>12} {seconds:>8} {calls:>10}"
