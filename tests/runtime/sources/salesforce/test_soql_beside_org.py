"""The reader beside the sandbox org's own parser, which was written without it: neither may take what the other does not know."""

from hypothesis import given, settings
from hypothesis import strategies as st
from lake_ingest.sources.salesforce.soql.reader import read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError

from sandbox.salesforce.soql.parse import parse
from sandbox.salesforce.soql.soql_error import SoqlError as OrgError

FIELDS = st.sampled_from(
    ["Id", "Name", "Account.Name", "o.Amount", "Opportunity.StageName", "Owner.Profile.Name"]
)
VALUES = st.sampled_from(
    ["'a'", "'it\\'s'", "5", "-3.5", "2026-01-01", "2026-01-01T00:00:00Z", "TODAY", "LAST_N_DAYS:5", "null", "TRUE", "10:30:00Z"]
)  # fmt: skip
SIGNS = st.sampled_from(["=", "!=", "<>", "<", "<=", ">", ">=", "LIKE"])
LEAVES = st.one_of(
    st.builds("{} {} {}".format, FIELDS, SIGNS, VALUES),
    st.builds("{} {} ({}, {})".format, FIELDS, st.sampled_from(["IN", "NOT IN", "INCLUDES", "EXCLUDES"]), VALUES, VALUES),
    st.builds("{} {} (SELECT Id FROM Account WHERE Name = {})".format, FIELDS, st.sampled_from(["IN", "NOT IN"]), VALUES),
)  # fmt: skip


def joined(inner):
    return st.one_of(
        st.builds("NOT ({})".format, inner),
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
    )


CONDITIONS = st.recursive(LEAVES, joined, max_leaves=4)
PLAIN = st.lists(
    st.sampled_from(["Id", "Account.Name", "o.Name", "toLabel(StageName)", "(SELECT Id FROM Cases)", "FORMAT(Amount) f",
                     "TYPEOF What WHEN Account THEN Phone ELSE Name END"]),
    min_size=1, max_size=4, unique=True,
).map(", ".join)  # fmt: skip
GROUPED = st.lists(
    st.sampled_from(["COUNT(Id)", "SUM(Amount) s", "MAX(CloseDate)", "StageName", "CALENDAR_YEAR(CloseDate) y"]),
    min_size=1, max_size=4, unique=True,
).map(", ".join)  # fmt: skip
TAILS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", " ORDER BY Name", " ORDER BY o.Amount DESC NULLS LAST, Id"]),
    st.sampled_from(["", " LIMIT 5"]),
    st.sampled_from(["", " OFFSET 3"]),
)
QUERIES = st.one_of(
    st.builds("SELECT {} FROM Opportunity o WHERE {}{}".format, PLAIN, CONDITIONS, TAILS),
    st.builds("SELECT {} FROM Opportunity o WHERE {} GROUP BY StageName, CALENDAR_YEAR(CloseDate){}".format, GROUPED, CONDITIONS, TAILS),
)  # fmt: skip


def accepted(read, text, refusal):
    try:
        read(text)
    except refusal:
        return False
    return True


@settings(max_examples=150, deadline=None)
@given(QUERIES)
def test_what_is_soql_both_read(text):
    assert accepted(read_query, text, SoqlError)
    assert accepted(parse, text, OrgError)


@settings(max_examples=300, deadline=None)
@given(QUERIES, st.data())
def test_nothing_passes_that_the_org_would_refuse(text, data):
    words = text.split()
    place = data.draw(st.integers(0, len(words) - 1))
    spoilt = data.draw(
        st.sampled_from([[], [words[place]] * 2, [words[place], ","], [words[place], ")"], ["x"]])
    )
    changed = " ".join([*words[:place], *spoilt, *words[place + 1 :]])
    assert not accepted(read_query, changed, SoqlError) or accepted(parse, changed, OrgError), changed
