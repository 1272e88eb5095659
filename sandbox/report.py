"""What `make run` prints at its end."""

from collections.abc import Sequence

from sandbox.landed import Publication, query
from sandbox.object_store import ObjectStore
from sandbox.watch import RunProgress

ASKED_OF = "finance.opportunity"
QUESTION = """
    SELECT StageName AS stage,
           count(*) AS deals,
           sum(try_cast(Amount AS DECIMAL(18, 2))) AS amount
    FROM landed
    WHERE IsDeleted = 'false'
    GROUP BY ALL
    ORDER BY amount DESC NULLS LAST
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


def answer(store: ObjectStore, publications: Sequence[Publication]) -> str:
    """The original ended with a query over the S3 objects; so does this. Empty when that DAG published nothing."""
    asked = [publication for publication in publications if publication.dag_id == ASKED_OF]
    if not asked:
        return ""
    table = query(store, asked[-1], QUESTION)
    sql = "\n".join(line.removeprefix("    ") for line in QUESTION.strip("\n").splitlines())
    return f"SQL over {asked[-1].key.rpartition('/')[0]}/, read from S3:\n\n{sql}\n\n{table}"


def _line(unit: str, dag: str, window: str, rows: str, size: str, seconds: str, calls: str) -> str:
    return f"{unit:<17} {dag:<19} {window:<41} {rows:>9} {size:>12} {seconds:>8} {calls:>10}"
