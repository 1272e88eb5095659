"""The org itself and its users."""

from sandbox.salesforce.schema.kinds import (
    boolean,
    datetime,
    email,
    integer,
    object_type,
    person_name,
    picklist,
    reference,
    text,
)

USER = object_type(
    "User",
    "005",
    "User",
    "Users",
    text("Username", 80, required=True),
    person_name(),
    email("Email"),
    text("Title", 80),
    text("Department", 80),
    boolean("IsActive"),
    text("TimeZoneSidKey", 40, required=True),
    text("LocaleSidKey", 40, required=True),
    reference("ManagerId", "User", via="Manager"),
    datetime("LastLoginDate"),
)

GROUP = object_type(
    "Group",
    "00G",
    "Group",
    "Groups",
    text("Name", 40, required=True, name_field=True),
    text("DeveloperName", 80),
    picklist("Type", "Queue", required=True),
    email("Email"),
)

ORGANIZATION = object_type(
    "Organization",
    "00D",
    "Organization",
    "Organizations",
    text("Name", 80, required=True, name_field=True),
    boolean("IsSandbox"),
    text("OrganizationType", 40),
    text("InstanceName", 5),
    text("TimeZoneSidKey", 40),
    text("DefaultLocaleSidKey", 40),
    integer("FiscalYearStartMonth"),
)
