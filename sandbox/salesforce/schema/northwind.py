"""The objects of Northwind Energy, the group whose org this is."""

from sandbox.salesforce.schema.kinds import (
    address,
    boolean,
    currency,
    date,
    datetime,
    email,
    formula,
    geolocation,
    integer,
    long_text,
    multipicklist,
    number,
    object_type,
    percent,
    person_name,
    phone,
    picklist,
    reference,
    text,
    time,
    url,
)
from sandbox.salesforce.schema.model import Field, Schema

INDUSTRIES = ("Energy", "Utilities", "Manufacturing", "Retail", "Public Sector", "Agriculture")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Trade Show", "Other")
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
ZONES = ("Base", "Peak", "Off-Peak", "Night", "Weekend")


def _owner(children: str | None = None) -> Field:
    return reference("OwnerId", "User", children=children, required=True)


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

ACCOUNT = object_type(
    "Account",
    "001",
    "Account",
    "Accounts",
    text("Name", required=True, name_field=True),
    picklist("Type", "Prospect", "Customer - Direct", "Customer - Channel", "Partner", "Other"),
    reference("ParentId", "Account", via="Parent", children="ChildAccounts"),
    address("BillingAddress"),
    phone("Phone"),
    url("Website"),
    text("AccountNumber", 40),
    picklist("Industry", *INDUSTRIES),
    currency("AnnualRevenue", 0),
    integer("NumberOfEmployees"),
    long_text("Description"),
    picklist("Rating", "Hot", "Warm", "Cold"),
    _owner(),
    multipicklist("Markets__c", "Power", "Gas", "Heat", "Water", "Carbon"),
)

CONTACT = object_type(
    "Contact",
    "003",
    "Contact",
    "Contacts",
    reference("AccountId", "Account", children="Contacts"),
    person_name(),
    address("MailingAddress"),
    phone("Phone"),
    phone("MobilePhone"),
    email("Email"),
    text("Title", 128),
    text("Department", 80),
    date("Birthdate"),
    picklist("LeadSource", *SOURCES),
    boolean("DoNotCall"),
    reference("ReportsToId", "Contact", via="ReportsTo"),
    long_text("Description"),
    _owner(),
)

LEAD = object_type(
    "Lead",
    "00Q",
    "Lead",
    "Leads",
    person_name(),
    text("Company", required=True),
    text("Title", 128),
    email("Email"),
    phone("Phone"),
    address("Address"),
    picklist("Status", "Open", "Working", "Qualified", "Unqualified", required=True),
    picklist("LeadSource", *SOURCES),
    picklist("Industry", *INDUSTRIES),
    currency("AnnualRevenue", 0),
    boolean("IsConverted"),
    date("ConvertedDate"),
    long_text("Description"),
    _owner(),
)

OPPORTUNITY = object_type(
    "Opportunity",
    "006",
    "Opportunity",
    "Opportunities",
    reference("AccountId", "Account", children="Opportunities"),
    text("Name", 120, required=True, name_field=True),
    long_text("Description"),
    picklist("StageName", *STAGES, required=True),
    currency("Amount"),
    percent("Probability"),
    currency(
        "ExpectedRevenue", formula="TRY_CAST({Amount}::DECIMAL(30,2) * {Probability} * 0.01 AS DECIMAL(18,2))"
    ),
    date("CloseDate", required=True),
    picklist("Type", "New Business", "Renewal", "Upgrade", "Replacement"),
    text("NextStep"),
    picklist("LeadSource", *SOURCES),
    formula("IsClosed", "boolean", "({StageName} LIKE 'Closed%')"),
    formula("IsWon", "boolean", "({StageName} = 'Closed Won')"),
    picklist("ForecastCategory", "Omitted", "Pipeline", "BestCase", "Forecast", "Closed", required=True),
    _owner(),
)

OPPORTUNITY_LINE_ITEM = object_type(
    "OpportunityLineItem",
    "00k",
    "Opportunity Product",
    "Opportunity Products",
    reference("OpportunityId", "Opportunity", children="OpportunityLineItems", required=True),
    reference("Product2Id", "Product2", children="OpportunityLineItems"),
    text("Name", 376, name_field=True),
    number("Quantity", 12, 2),
    currency("UnitPrice"),
    currency(
        "TotalPrice",
        formula="TRY_CAST({Quantity}::DECIMAL(14,2) * {UnitPrice}::DECIMAL(20,2) AS DECIMAL(18,2))",
    ),
    percent("Discount", 2),
    date("ServiceDate"),
    text("Description"),
    integer("SortOrder"),
)

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
    _owner(),
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
    _owner(),
)

PRODUCT = object_type(
    "Product2",
    "01t",
    "Product",
    "Products",
    text("Name", required=True, name_field=True),
    text("ProductCode"),
    long_text("Description", 4000),
    picklist("Family", "Power", "Gas", "Heat", "Services"),
    boolean("IsActive"),
    text("StockKeepingUnit", 180),
)

METER_READING = object_type(
    "Meter_Reading__c",
    "a01",
    "Meter Reading",
    "Meter Readings",
    Field("Name", "string", length=80, nillable=False, name_field=True, auto_number=True),
    text("Meter_Id__c", 40, required=True),
    number("Reading__c", 18, 6),
    picklist("Unit__c", "kWh", "MWh", "m3", "GJ", required=True),
    datetime("Read_At__c", required=True),
    multipicklist("Tariff_Zone__c", *ZONES),
    reference("Account__c", "Account", children="Meter_Readings__r"),
    long_text("Notes__c"),
    geolocation("Location__c"),
    boolean("Estimated__c"),
    time("Read_Time__c"),
)

SITE_CONTRACT = object_type(
    "Site_Contract__c",
    "a02",
    "Site Contract",
    "Site Contracts",
    text("Name", 80, required=True, name_field=True),
    reference("Account__c", "Account", children="Site_Contracts__r"),
    date("Start_Date__c", required=True),
    date("End_Date__c"),
    number("Annual_Volume__c", 18, 3),
    currency("Price__c", 4),
    picklist("Status__c", "Draft", "Active", "Suspended", "Ended", required=True),
    long_text("Terms__c"),
    email("Email__c"),
    percent(
        "Margin__c", 4, formula="TRY_CAST(({Price__c} - 0.03) / nullif({Price__c}, 0) * 100 AS DECIMAL(18,4))"
    ),
    formula("Account_Industry__c", "string", "{Account__r.Industry}"),
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
    _owner(),
)

# One of the objects that the Bulk API refuses; the list is in Airbyte's source-salesforce, api.py.
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
)
