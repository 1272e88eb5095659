"""Standard objects of sales."""

from sandbox.salesforce.schema.kinds import (
    address,
    boolean,
    currency,
    date,
    email,
    formula,
    integer,
    long_text,
    multipicklist,
    number,
    object_type,
    owner,
    percent,
    person_name,
    phone,
    picklist,
    reference,
    text,
    url,
)

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
STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
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
    owner(),
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
    owner(),
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
    owner(),
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
    owner(),
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
