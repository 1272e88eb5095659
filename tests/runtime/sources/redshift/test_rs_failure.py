"""Bad connections, rights that are missing, a Data API that fails: one sentence each, and no secret in it."""

import pytest
from lake_ingest.errors import FatalError, QuotaError, RetriableError
from lake_ingest.sources.redshift.connection import read_connection
from lake_ingest.sources.redshift.failure import of_statement

from tests.runtime.sources.redshift.marts import ROLE, SECRET, connection_to_a_warehouse

TABLE = "CREATE TABLE deals (id int PRIMARY KEY, at timestamptz); INSERT INTO deals VALUES (1, '2026-11-01')"


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"cluster_identifier": None}, "names no warehouse; write cluster_identifier, or workgroup_name"),
        ({"workgroup_name": "wg"}, "names both cluster_identifier and workgroup_name"),
        ({"region_name": None}, "names no region"),
        ({"database": None}, "extra database is empty"),
        ({"secret_arn": "lake-reader"}, "extra secret_arn is not the ARN of a secret"),
        ({"unload_bucket": "No_Bucket"}, "cannot be the name of a bucket"),
        ({"unload_prefix": None}, "extra unload_prefix is empty; name a folder below the unit's own prefix"),
        ({"unload_prefix": "/"}, "extra unload_prefix is empty"),
        ({"unload_role": None}, "extra unload_role is not the ARN of a role"),
        ({"unload_role": "x' ACCESS_KEY_ID 'y"}, "extra unload_role is not the ARN of a role"),
        ({"unload_kms_key_id": "a' b"}, "extra unload_kms_key_id is not the id"),
        ({"statement_timeout": "soon"}, "extra statement_timeout cannot be read"),
        ({"unload_bukket": "x"}, "extra unload_bukket is not known"),
        (
            {"cluster_identifier": None, "workgroup_name": "wg"},
            "extra db_user has no effect for Redshift Serverless",
        ),
    ],
)
def test_a_connection_that_cannot_be_read(extra, said):
    with pytest.raises(FatalError, match=said) as found:
        read_connection(connection_to_a_warehouse(extra))
    assert "a secret key" not in str(found.value)


ENDPOINT = "northwind.abc123xyz.eu-west-1.redshift.amazonaws.com"
SERVERLESS = "northwind-wg.123456789012.eu-west-1.redshift-serverless.amazonaws.com"
BARE = {"cluster_identifier": None, "region_name": None, "db_user": None}


@pytest.mark.parametrize(
    ("host", "named"),
    [
        (ENDPOINT, {"ClusterIdentifier": "northwind", "DbUser": "lake"}),
        (f"https://{ENDPOINT}:5439/warehouse", {"ClusterIdentifier": "northwind", "DbUser": "lake"}),
        (f"jdbc:redshift://{ENDPOINT}:5439/warehouse", {"ClusterIdentifier": "northwind", "DbUser": "lake"}),
        (SERVERLESS, {"WorkgroupName": "northwind-wg"}),
    ],
)
def test_an_endpoint_that_was_pasted_is_read_as_it_was_meant(host, named):
    access = read_connection(connection_to_a_warehouse(BARE, host=host, login="lake", password=None))
    assert access.warehouse == {"Database": "warehouse", **named}
    assert access.identity.region == "eu-west-1"


def test_a_password_of_the_database_is_refused_with_what_to_do_instead():
    with pytest.raises(FatalError, match="Keep the database's password in Secrets Manager") as found:
        read_connection(connection_to_a_warehouse(BARE, host=ENDPOINT, login="lake", password="hunter2"))
    assert "hunter2" not in str(found.value)


@pytest.mark.parametrize(
    "extra",
    [
        {"secret_arn": SECRET, "db_user": None},
        {"cluster_identifier": None, "workgroup_name": "northwind-wg", "db_user": None},
        {"db_user": None},
    ],
    ids=["secret", "serverless", "iam"],
)
def test_each_way_to_log_in(mart, extra):
    mart.sql(TABLE)
    mart.extra = extra
    assert mart.land()["rows"] == 1


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ({"database": "other"}, 'database "other" does not exist'),
        ({"secret_arn": SECRET + "x", "db_user": None}, "can't find the specified secret"),
        (
            {"unload_role": ROLE + "x"},
            "is not authorized to assume IAM Role .*; the connection's unload_role needs",
        ),
        (
            {"unload_bucket": None},
            "names no place for UNLOAD; write unload_bucket, unload_prefix and unload_role",
        ),
    ],
)
def test_what_somebody_must_change_is_fatal(mart, extra, said):
    mart.sql(TABLE)
    mart.extra = extra
    with pytest.raises(FatalError, match=said):
        mart.land()


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"object": "gone.deals"}, "has no schema gone with tables that the connection's user may see"),
        ({"fields": ["idd"]}, "has no column idd; did you mean id"),
        ({"window": "incremental", "cursor": "id"}, "does not say what it counts"),
        ({"window": "incremental"}, "names no cursor"),
        ({"batch_size": "100 rows"}, "not read in batches of so many rows"),
    ],
)
def test_what_cannot_be_read_says_why(mart, spec, said):
    mart.sql(TABLE)
    spec = {
        key: value.format(schema=mart.schema) if isinstance(value, str) else value
        for key, value in spec.items()
    }
    with pytest.raises(FatalError, match=said):
        mart.land(**spec)


def test_commits_are_not_awaited(mart):
    mart.sql(TABLE)
    with pytest.raises(
        FatalError, match="shown to superusers of Redshift only; write await_commits: false and an overlap"
    ):
        mart.land(window="incremental", cursor="at", await_commits=True)


@pytest.mark.parametrize(
    ("operation", "code", "kind"),
    [
        ("ExecuteStatement", "AccessDeniedException", FatalError),
        ("BatchExecuteStatement", "ActiveStatementsExceededException", RetriableError),
        ("DescribeStatement", "InternalServerException", RetriableError),
        ("GetStatementResult", "AccessDeniedException", FatalError),
    ],
)
def test_a_data_api_that_fails(mart, operation, code, kind):
    mart.sql(TABLE)
    mart.warehouse.fault(operation, code, times=20)
    with pytest.raises(kind, match=code):
        mart.land()
    mart.warehouse.calm()
    assert mart.left_over() == []
    assert mart.land()["rows"] == 1


@pytest.mark.parametrize(
    "operation", ["ExecuteStatement", "BatchExecuteStatement", "DescribeStatement", "GetStatementResult"]
)
def test_a_passing_failure_is_tried_again(mart, operation):
    mart.sql(TABLE)
    mart.warehouse.fault(operation, "InternalServerException", times=2)
    assert mart.land()["rows"] == 1


def test_answers_of_several_pages_are_read_to_their_end(mart):
    mart.warehouse.page_rows = 7
    mart.sql(f"CREATE TABLE deals ({', '.join(f'c{number} int' for number in range(40))})")
    assert len(mart.land()["schema"]) == 40


def test_a_statement_that_is_too_long_says_what_to_do(mart):
    mart.sql(
        f"CREATE TABLE deals ({', '.join(f'{chr(97 + number % 26) * 55}_{number} int' for number in range(900))})"
    )
    with pytest.raises(
        FatalError, match=r"and the Data API takes 100,000; name fewer fields|larger than 100kB"
    ):
        mart.land()


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        ('ERROR: invalid input syntax for integer: "J. Doe"', FatalError, 'integer: "…"'),
        ("ERROR: permission denied for relation deals", FatalError, "SELECT on the table"),
        ("ERROR: 1023 DETAIL: Serializable isolation violation on table", RetriableError, "was in the way"),
        ("Query (1) cancelled by WLM abort action", RetriableError, "a queue of the warehouse"),
        ("ERROR: S3ServiceException:Access Denied,Status 403,Error AccessDenied", FatalError, "s3:PutObject"),
        ("something new", RetriableError, "something new"),
        ("", RetriableError, "it gave no reason"),
    ],
)
def test_what_the_warehouse_says_is_read(said, kind, words):
    found = of_statement("northwind/warehouse", "unload finance.deals", said)
    assert type(found) is kind
    assert words in str(found)
    assert "J. Doe" not in str(found)
    assert not isinstance(found, QuotaError)
