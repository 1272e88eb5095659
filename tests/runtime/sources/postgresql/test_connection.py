"""Airflow connections as people type them in."""

from types import SimpleNamespace

import certifi
import pytest
from lake_ingest.errors import FatalError
from lake_ingest.sources.postgresql.connection import read_connection

PEM = "-----BEGIN CERTIFICATE-----\\nMII\\n-----END CERTIFICATE-----"


def connection(**given):
    extra = given.pop("extra", {})
    values = {
        "conn_id": "billing_db",
        "host": "db.example.com",
        "port": None,
        "schema": "billing",
        "login": "lake",
        "password": "s3cret",
        **given,
    }
    return SimpleNamespace(**values, extra_dejson=extra)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ("db.example.com", 5432, "billing", "lake")),
        ({"port": 6432}, ("db.example.com", 6432, "billing", "lake")),
        ({"host": " DB.Example.com\u200b "}, ("db.example.com", 5432, "billing", "lake")),
        ({"host": "db.example.com:6432"}, ("db.example.com", 6432, "billing", "lake")),
        ({"host": "postgresql://db.example.com:6432/ledger?sslmode=require"}, ("db.example.com", 6432, "billing", "lake")),
        ({"host": "jdbc:postgresql://db.example.com/ledger", "schema": None}, ("db.example.com", 5432, "ledger", "lake")),
        ({"host": "postgres://me%40x:p%2Fw@db.example.com/ledger", "schema": "", "login": None}, ("db.example.com", 5432, "ledger", "me@x")),
        ({"host": "2001:db8::1"}, ("2001:db8::1", 5432, "billing", "lake")),
        ({"host": "[2001:db8::1]:6432"}, ("2001:db8::1", 6432, "billing", "lake")),
        ({"schema": None, "extra": {"dbname": "ledger"}}, ("db.example.com", 5432, "ledger", "lake")),
    ],
)  # fmt: skip
def test_values_are_read_as_they_were_meant(given, found):
    access = read_connection(connection(**given))
    assert (access.host, access.port, access.database, access.user) == found


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"host": None}, "host is empty"),
        ({"host": "two hosts"}, "host is not the name or address of one server"),
        ({"host": "db.example.com:6432", "port": 5432}, "port is 5432, and the host names 6432"),
        ({"port": 99999}, "port 99999 is not a port"),
        ({"login": " "}, "login is empty"),
        ({"schema": ""}, r"schema \(the database's name\) is empty"),
        ({"password": None}, "password is empty; fill it in, or write iam: true"),
        ({"extra": {"sslmode": "prefer"}}, "extra sslmode is 'prefer'; write verify-full"),
        ({"extra": {"ssl_mode": "require"}}, "extra ssl_mode is not known; known are"),
        ({"extra": {"statement_timeout": 30}}, "extra statement_timeout cannot be read: '30' is not a length of time"),
        ({"extra": {"statement_timeout": "2 months"}}, "extra statement_timeout is 2 months; write minutes or hours"),
        ({"extra": {"connect_timeout": "soon"}}, "extra connect_timeout is not a number of seconds"),
        ({"extra": {"iam": True}}, "neither region_name nor the host says the AWS region"),
        ({"extra": {"iam": "perhaps"}}, "extra iam is neither true nor false"),
        ({"extra": {"redshift": True}}, "this is a Redshift connection"),
        ({"extra": {"sslrootcert": True}}, "sslrootcert is not a text but of type bool"),
        ({"extra": []}, "its extra is not a JSON object"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(given, why):
    with pytest.raises(FatalError, match=f"connection 'billing_db': .*{why}") as refusal:
        read_connection(connection(**given))
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("host", "extra", "ssl"),
    [
        ("db.example.com", {}, {"sslmode": "verify-full", "sslrootcert": certifi.where()}),
        ("db.example.com", {"sslrootcert": PEM}, {"sslmode": "verify-full", "sslrootcert": PEM}),
        ("db.example.com", {"sslmode": "verify-ca", "sslrootcert": "/ca.pem"}, {"sslmode": "verify-ca", "sslrootcert": "/ca.pem"}),
        ("db.example.com", {"sslmode": "disable"}, {"sslmode": "disable"}),
        ("localhost", {}, {"sslmode": "prefer"}),
        ("localhost.example.com", {}, {"sslmode": "verify-full", "sslrootcert": certifi.where()}),
        ("127.0.0.1", {"sslrootcert": "/ca.pem"}, {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
    ],
)  # fmt: skip
def test_a_server_elsewhere_is_verified_unless_the_connection_says_otherwise(host, extra, ssl):
    assert read_connection(connection(host=host, extra=extra)).ssl == ssl


def test_iam_takes_the_place_of_the_password():
    access = read_connection(
        connection(host="db.abc.eu-west-1.rds.amazonaws.com", password=None, extra={"iam": "true"})
    )
    assert (access.iam, access.password) == ("eu-west-1", None)


def test_a_password_is_not_shown():
    assert "s3cret" not in repr(read_connection(connection()))
