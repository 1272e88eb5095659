"""Standard objects of service and of work in common."""

from sandbox.salesforce.schema.kinds import (
    boolean,
    date,
    datetime,
    email,
    formula,
    integer,
    long_text,
    object_type,
    owner,
    picklist,
    reference,
    text,
)
from sandbox.salesforce.schema.model import Field

CASE = object_type(
    "Case",
    "500",
    "Case",
    "Cases",
    Field("CaseNumber", "string", length=30, nillable=False, name_field=True, auto_number=True),
    reference("AccountId", "Account", children="Cases"),
    reference("ContactId", "Contact", children="Cases"),
    text("Subject"),
    long_text("Description"),
    picklist("Status", "New", "Working", "Escalated", "Closed", required=True),
    picklist("Priority", "High", "Medium", "Low", required=True),
    picklist("Origin", "Phone", "Email", "Web"),
    picklist("Reason", "Billing", "Outage", "Meter", "Contract", "Other"),
    email("SuppliedEmail"),
    formula("IsClosed", "boolean", "({Status} = 'Closed')"),
    datetime("ClosedDate"),
    owner(queues=True),
)

CASE_STATUS = object_type(
    "CaseStatus",
    "01Z",
    "Case Status Value",
    "Case Status Values",
    text("MasterLabel", required=True, name_field=True),
    text("ApiName", required=True),
    integer("SortOrder"),
    boolean("IsClosed"),
    bulk_supported=False,
    replicateable=False,
)

TASK = object_type(
    "Task",
    "00T",
    "Task",
    "Tasks",
    reference("WhoId", "Contact", "Lead", via="Who"),
    reference("WhatId", "Account", "Opportunity", "Case", via="What"),
    text("Subject"),
    date("ActivityDate"),
    picklist("Status", "Not Started", "In Progress", "Completed", "Deferred", required=True),
    picklist("Priority", "High", "Normal", "Low", required=True),
    long_text("Description"),
    boolean("IsArchived"),
    integer("CallDurationInSeconds"),
    reference("AccountId", "Account", children="Tasks"),
    owner(queues=True),
)

ATTACHMENT = object_type(
    "Attachment",
    "00P",
    "Attachment",
    "Attachments",
    reference("ParentId", "Account", "Case", "Opportunity", via="Parent", required=True),
    text("Name", required=True, name_field=True),
    text("ContentType", 120),
    Field("BodyLength", "int", precision=9, formula="octet_length({Body})"),
    Field("Body", "base64", nillable=False),
    owner(),
)
