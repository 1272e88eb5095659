"""Queries with joins and aggregates: the rows of a spec's query between its window's ends are those that the DAG read."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from factory.importing.run_windows import NotAWindowError
from factory.importing.sql_select import NotASelectError
from factory.importing.sql_written import written_query
from factory.importing.template_marks import TemplateMarks
from factory.importing.timing import Timing
from factory.importing.values import Place
from factory.model.traits import About

DAILY = Timing(
    "@daily", "UTC", datetime(2026, 1, 1, tzinfo=UTC), True, True, False, True, Place("old.py", 1, 1), ()
)
ABOUT = {"sales.orders": About(key=("id",), dates=frozenset({"sold_on"})), "sales.client": About(key=("id",))}


@pytest.fixture(scope="module")
def shop():
    """Two tables: orders of three days, some without a client."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA sales")
        connection.execute("CREATE TABLE sales.client (id INTEGER, country TEXT, changed TIMESTAMP)")
        connection.execute(
            "INSERT INTO sales.client SELECT i, ['FR', 'DE'][i % 2 + 1], NULL FROM range(4) t(i)"
        )
        connection.execute(
            "CREATE TABLE sales.orders AS SELECT i AS id, i % 6 AS client_id, i * 10 AS amount, i % 3 = 0 AS paid,"
            " TIMESTAMP '2026-03-01' + INTERVAL 90 MINUTE * i AS changed, (DATE '2026-03-01' + CAST(i // 16 AS INTEGER)) AS sold_on FROM range(48) t(i)"
        )
        yield connection


def asked(shop, query):
    return sorted(map(str, shop.execute(query).fetchall()))


@pytest.mark.parametrize(
    ("query", "cursor"),
    [
        ("SELECT o.id, o.changed, c.country FROM sales.orders o JOIN sales.client c ON c.id = o.client_id WHERE o.changed >= @ AND o.changed < @", "changed"),
        ("SELECT o.id, o.changed AS moved FROM sales.orders o LEFT JOIN sales.client c ON c.id = o.client_id WHERE o.changed >= @ AND c.id IS NULL AND o.changed < @ ORDER BY 1", "moved"),
        ("SELECT o.*, c.country FROM sales.orders AS o, sales.client AS c WHERE c.id = o.client_id AND (o.changed >= @) AND o.changed < @", "changed"),
        ("SELECT sold_on, count(*) AS n, sum(amount) AS amount FROM sales.orders WHERE paid AND sold_on = '{{ ds }}' GROUP BY 1 HAVING count(*) > 1", "sold_on"),
        ("SELECT o.sold_on AS day, c.country, sum(o.amount) AS amount FROM sales.orders o JOIN sales.client c ON c.id = o.client_id WHERE o.sold_on = '{{ ds }}' -- a day\n GROUP BY o.sold_on, c.country", "day"),
        ("WITH paid AS (SELECT * FROM sales.orders WHERE paid) SELECT p.id, p.changed, c.country FROM paid p JOIN sales.client c ON c.id = p.client_id WHERE @ <= p.changed AND p.changed < @", "changed"),
        ("SELECT DISTINCT client_id, sold_on FROM sales.orders WHERE sold_on BETWEEN '{{ ds }}' AND '{{ ds }}' AND CASE WHEN paid THEN 1 ELSE 0 END = 1", "sold_on"),
        ("SELECT o.id, upper(c.country) AS land, changed_at.changed FROM sales.orders o JOIN sales.orders changed_at USING (id) JOIN sales.client c ON c.id = o.client_id WHERE changed_at.changed >= @ AND changed_at.changed < @ AND (o.paid OR o.amount > 100)", "changed"),
    ],
)  # fmt: skip
def test_the_rows_between_the_window_s_ends_are_those_of_the_dag(shop, query, cursor):
    for template in ("'{{ data_interval_start }}'", "'{{ data_interval_end }}'"):
        query = query.replace("@", template, 1)
    made = written_query(
        TemplateMarks(query), "postgres", DAILY, lambda table: ABOUT.get(table, About(key=("id",)))
    )
    assert made.keys["window"] == "incremental"
    assert made.keys["cursor"] == cursor
    for day in (datetime(2026, 3, 1), datetime(2026, 3, 2), datetime(2026, 3, 9)):
        start, end = day, day + timedelta(days=1)
        old = query.replace("{{ ds }}", f"{day:%Y-%m-%d}")
        old = old.replace("{{ data_interval_start }}", str(start)).replace(
            "{{ data_interval_end }}", str(end)
        )
        new = f"SELECT * FROM (\n{made.keys['query']}\n) WHERE {cursor} >= '{start}' AND {cursor} < '{end}'"
        assert asked(shop, new) == asked(shop, old)
    assert asked(shop, f"SELECT * FROM ({made.keys['query']})"), "the query alone gives all rows"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT o.id FROM sales.orders o JOIN sales.client c USING (id) WHERE o.changed >= @ AND o.changed < @", "`o.changed` bounds the rows of each run, and the query does not select it"),
        ("SELECT o.id, c.changed FROM sales.orders o JOIN sales.client c ON true WHERE o.changed >= @ AND o.changed < @", "does not select it"),
        ("SELECT id, changed FROM sales.orders o JOIN sales.client c USING (id, changed) WHERE o.changed >= @ AND o.changed < @", "does not select it"),
        ("SELECT client_id, sum(amount) AS a FROM sales.orders WHERE changed >= @ AND changed < @ GROUP BY client_id", "rows are summed up over `changed`"),
        ("SELECT max(changed) AS changed FROM sales.orders WHERE changed >= @ AND changed < @", "rows are summed up over `changed`"),
        ("SELECT sold_on, sum(amount) AS a FROM sales.orders WHERE sold_on = '{{ ds }}' GROUP BY ROLLUP (sold_on)", "rows are summed up over `sold_on`"),
        ("SELECT id, changed FROM sales.orders WHERE changed >= @ AND changed < @ ORDER BY amount LIMIT 5", "`LIMIT` chooses or counts the rows of each run"),
        ("SELECT DISTINCT ON (client_id) client_id, changed FROM sales.orders WHERE changed >= @ AND changed < @", "`DISTINCT ON` chooses or counts"),
        ("SELECT changed, row_number() OVER (ORDER BY id) AS n FROM sales.orders WHERE changed >= @ AND changed < @", "`OVER` chooses or counts"),
        ("SELECT o.id, o.changed FROM sales.orders o JOIN sales.client c ON c.id = o.client_id AND o.changed >= @ WHERE o.changed < @", "`changed` is not bounded by one start"),
        ("SELECT o.id, o.changed FROM sales.orders o JOIN sales.client c ON o.changed >= @", "templates elsewhere than in its own condition"),
        ("SELECT id, changed FROM sales.orders WHERE changed >= @ AND changed < @ UNION ALL SELECT id, changed FROM sales.client", "is more than one SELECT"),
        ("SELECT o.id, o.changed FROM sales.orders o, sales.client c WHERE o.changed >= @ OR c.changed >= @", "does not bound a column"),
        ("SELECT o.id, o.changed FROM sales.orders o, sales.client c WHERE o.changed >= @ AND c.changed < @", "more than one column is bounded"),
        ("SELECT o.id, o.changed FROM {{ params.table }} o, sales.client c", "a table is a template|without its schema"),
        ("SELECT o.id FROM orders o JOIN sales.client c USING (id)", "the table `orders` stands without its schema"),
        ("SELECT 1 AS one", "reads no table"),
    ],
)  # fmt: skip
def test_a_query_that_a_window_would_change_is_refused(query, reason):
    for template in ("'{{ data_interval_start }}'", "'{{ data_interval_end }}'"):
        query = query.replace("@", template, 1)
    with pytest.raises((NotAWindowError, NotASelectError), match=reason):
        written_query(TemplateMarks(query), "postgres", DAILY, lambda _: ABOUT["sales.orders"])
