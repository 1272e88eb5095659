"""The objects of Northwind Energy, the utility group whose org this is."""

from sandbox.salesforce.schema.administration import GROUP, ORGANIZATION, USER
from sandbox.salesforce.schema.automatic import ACCOUNT_SHARE, OPPORTUNITY_FIELD_HISTORY
from sandbox.salesforce.schema.content import CONTENT_DOCUMENT, CONTENT_DOCUMENT_LINK, FEED_ITEM
from sandbox.salesforce.schema.custom import METER_EVENT, METER_READING, SITE_CONTRACT
from sandbox.salesforce.schema.knowledge import KNOWLEDGE, KNOWLEDGE_SELECTION
from sandbox.salesforce.schema.model import Schema
from sandbox.salesforce.schema.sales import (
    ACCOUNT,
    CONTACT,
    LEAD,
    OPPORTUNITY,
    OPPORTUNITY_LINE_ITEM,
    PRODUCT,
)
from sandbox.salesforce.schema.service import ATTACHMENT, CASE, CASE_STATUS, TASK

NORTHWIND = Schema.of(
    USER,
    ACCOUNT,
    CONTACT,
    LEAD,
    PRODUCT,
    OPPORTUNITY,
    OPPORTUNITY_LINE_ITEM,
    CASE,
    TASK,
    METER_READING,
    SITE_CONTRACT,
    ATTACHMENT,
    CASE_STATUS,
    ORGANIZATION,
    GROUP,
    CONTENT_DOCUMENT,
    CONTENT_DOCUMENT_LINK,
    FEED_ITEM,
    METER_EVENT,
    KNOWLEDGE,
    KNOWLEDGE_SELECTION,
    OPPORTUNITY_FIELD_HISTORY,
    ACCOUNT_SHARE,
)
