"""Conditions of SQL: what is one, and where the fault lies in what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factory.sources.relational.sql_text import Refusal, place, read_condition

PIECES = [
    "a", "B", '"Odd"', "= 1", "<> 'x'", " AND ", " OR ", "NOT ", "(", ")", ";", "'", '"', "--", "/*", "*/", "$$", "::int", "IN (1, 2)", "IS NULL",
    "SELECT 1", "WITH x AS (", ",", "\n", "é", "E'\\''", "CASE WHEN a THEN 1 END", "->>'k'", "@> '{}'", "BETWEEN 1 AND 2", ":x", "\x00",
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "status = 'open' AND amount > 0",
        "data->>'k' = 'v' AND tags && ARRAY['a'] AND period @> DATE '2026-01-01'",
        "id IN (SELECT id FROM billing.payment WHERE amount > 0)",
        "name ~* '^a' OR name SIMILAR TO 'b%' -- either",
        "updated_at AT TIME ZONE 'UTC' >= '2026-01-01'",
        "(a, b) IN ((1, 2)) AND c IS DISTINCT FROM d",
    ],
)
def test_what_postgresql_takes_is_read(text):
    assert place(read_condition(text, "postgres")) is not None


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a = 1; DROP TABLE x", "; DROP TABLE x", "`;` ends a statement"),
        ("a = 1;", ";", "`;` ends a statement"),
        ("a = 1) OR (b = 2", ")", "does not belong here"),
        ("a IN (1, 2", "2", "is missing at the end"),
        ("a = 1 AND", "AND", "ends before its condition does"),
        ("WHERE a = 1", "WHERE", "begins behind WHERE"),
        ("AND a = 1", "AND", "begins with its first condition"),
        ("DELETE FROM x", "DELETE", "not a statement"),
        ("a == 1", "==", "compares with one `=`"),
        ("a = 'it's'", "a = 'it's'", "never closed"),
        ("a = 1 ORDER BY a", "ORDER BY", "does not belong here"),
        ("-- nothing", "-- nothing", "has no condition"),
    ],
)
def test_what_is_no_condition_is_told_at_its_place(text, at, message):
    with pytest.raises(Refusal, match=message) as refused:
        read_condition(text, "postgres")
    assert text[refused.value.start : refused.value.end] == at


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map(" ".join))
def test_any_text_is_a_condition_or_refused_within_it(text):
    try:
        found = place(read_condition(text, "postgres")) or (0, 0)
    except Refusal as refusal:
        found = refusal.start, refusal.end
    assert 0 <= found[0] <= found[1] <= len(text)
