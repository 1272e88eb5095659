"""DynamoDB's tables, under the name that these tests have for them."""

import pytest

from sandbox.dynamodb import Tables


@pytest.fixture
def tables(dynamodb: Tables) -> Tables:
    return dynamodb
